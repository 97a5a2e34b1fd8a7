import { z } from 'zod';
import type { Actor, Check, CheckArgs, PartySpec, Reason } from '../kernel/index.js';

export const partySchema = z.enum(['BROADCASTER', 'GUILD']);
export type Party = z.infer<typeof partySchema>;

/** Finance sees the guild's requests, but does not commit the guild. */
export const GUILD_SIGNATORIES = ['GUILD_OWNER', 'GUILD_AGENT'] as const;
export const EITHER_PARTY = ['BROADCASTER', ...GUILD_SIGNATORIES] as const;

export const parties: Readonly<Record<Party, PartySpec>> = {
  BROADCASTER: { title: 'the broadcaster', authorities: ['BROADCASTER'] },
  GUILD: { title: 'the guild', authorities: GUILD_SIGNATORIES },
};

/** Part of every act of a party: needed only from a person who is on both sides, and refused without a word otherwise. */
export const actingAs = { as: partySchema.exactOptional() };

export const otherParty = (party: Party): Party => (party === 'GUILD' ? 'BROADCASTER' : 'GUILD');

export const partiesOf = (actor: Actor): Party[] =>
  partySchema.options.filter((party) => parties[party].authorities.some((authority) => actor.authorities.includes(authority)));

/** The party that a permitted act counts for. */
export function actingParty({ actor, as }: { readonly actor: Actor; readonly as?: Party }): Party {
  const party = as ?? partiesOf(actor)[0];
  if (!party) throw new Error('An act of nobody passed its guard.');
  return party;
}

/**
 * A rule about the party that acts. Who is on both sides (an owner who broadcasts) must say for whom: guessing would let one
 * click count for the side that the person did not mean. Somebody who only asks is told what holds for whichever side can.
 */
export function forParty<Context>(rule: (party: Party, args: CheckArgs<Context>) => readonly Reason[]): Check<Context> {
  return (args) => {
    const able = partiesOf(args.actor);
    const named = args.payload?.['as'] as Party | undefined;
    if (named) return able.includes(named) ? rule(named, args) : [NOT_YOUR_PARTY];
    if (able.length === 0) return [NOT_YOUR_PARTY];
    if (able.length > 1 && args.payload) return [AMBIGUOUS_PARTY];
    const objections = able.map((party) => rule(party, args));
    return objections.find((reasons) => reasons.length === 0) ?? objections[0] ?? [];
  };
}

const NOT_YOUR_PARTY: Reason = { code: 'NOT_YOUR_PARTY', message: 'You do not act for this party of the request.', field: 'as' };
const AMBIGUOUS_PARTY: Reason = {
  code: 'AMBIGUOUS_PARTY',
  message: 'You act for both parties of this request: say for which one, in the field "as".',
  field: 'as',
};
