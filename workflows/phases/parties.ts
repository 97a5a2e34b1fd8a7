import { z } from 'zod';
import type { Actor, Check, CheckArgs, PartySpec, Reason } from '../kernel/index.js';

/** Of a transfer, GUILD is the guild that is left, GAINING_GUILD the one that is joined. */
export const partySchema = z.enum(['BROADCASTER', 'GUILD', 'GUARDIAN', 'GAINING_GUILD', 'PLATFORM']);
export type Party = z.infer<typeof partySchema>;

/** Finance sees the guild's requests, but does not commit the guild. */
export const GUILD_SIGNATORIES = ['GUILD_OWNER', 'GUILD_AGENT'] as const;
export const GAINING_SIGNATORIES = ['GAINING_GUILD_OWNER', 'GAINING_GUILD_AGENT'] as const;
/** A minor acts, and so does the minor's guardian. */
export const BROADCASTER_SIDE = ['BROADCASTER', 'GUARDIAN'] as const;
export const EITHER_PARTY = ['BROADCASTER', ...GUILD_SIGNATORIES] as const;
export const EVERY_PARTY = [...BROADCASTER_SIDE, ...GUILD_SIGNATORIES, ...GAINING_SIGNATORIES] as const;

export const parties: Readonly<Record<Party, PartySpec>> = {
  BROADCASTER: { title: 'the broadcaster', authorities: ['BROADCASTER'] },
  GUILD: { title: 'the guild', authorities: GUILD_SIGNATORIES },
  GUARDIAN: { title: 'the guardian', authorities: ['GUARDIAN'] },
  GAINING_GUILD: { title: 'the gaining guild', authorities: GAINING_SIGNATORIES },
  PLATFORM: { title: 'the platform', authorities: ['SUPPORT'] },
};

/** Part of every act of a party: needed only from a person who is on both sides, and refused without a word otherwise. */
export const actingAs = { as: partySchema.exactOptional() };

export const otherParty = (party: Party): Party => (party === 'GUILD' ? 'BROADCASTER' : 'GUILD');

/** Broadcaster and guild, and the guardian of a minor. */
export const memberParties = (minor: boolean): readonly Party[] =>
  minor ? ['BROADCASTER', 'GUARDIAN', 'GUILD'] : ['BROADCASTER', 'GUILD'];
/** The same with the guild that is to be joined. */
export const transferParties = (minor: boolean): readonly Party[] => [...memberParties(minor), 'GAINING_GUILD'];

/** Guardian and minor stand on one side: what one proposes, the other does not answer. */
export const sideOf = (party: Party): Party => (party === 'GUARDIAN' ? 'BROADCASTER' : party);

/** Who takes part in a request. Contexts that name nobody are from before there were others than these two. */
export interface WithParties {
  readonly parties?: readonly Party[];
  /** The guild cannot act (it is suspended), so the platform acts in its place. */
  readonly platformStandsIn?: boolean;
  /** The guild's finance acts for it too: about money, never about who is bound. */
  readonly financeActs?: boolean;
}

/** What support is to a request only while its guild is suspended: looked at again for every act, as every authority is. */
export const STAND_IN = 'STAND_IN';

const TWO: readonly Party[] = ['BROADCASTER', 'GUILD'];

export const partiesIn = (context: unknown): readonly Party[] => (context as WithParties).parties ?? TWO;

/** The parties of this request for which an actor can act. */
export function partiesOf(actor: Actor, context: unknown): Party[] {
  const { platformStandsIn = false, financeActs = false } = context as WithParties;
  return partiesIn(context).filter((party) => {
    const standIn = party === 'GUILD' && platformStandsIn ? [STAND_IN] : [];
    const finance = party === 'GUILD' && financeActs ? ['GUILD_FINANCE'] : [];
    return [...parties[party].authorities, ...standIn, ...finance].some((authority) => actor.authorities.includes(authority));
  });
}

/** The party that a permitted act counts for. */
export function actingParty({ actor, as }: { readonly actor: Actor; readonly as?: Party }, context: unknown): Party {
  const party = as ?? partiesOf(actor, context)[0];
  if (!party) throw new Error('An act of nobody passed its guard.');
  return party;
}

/**
 * A rule about the party that acts. Who is on both sides (an owner who broadcasts) must say for whom: guessing would let one
 * click count for the side that the person did not mean. Somebody who only asks is told what holds for whichever side can.
 */
export function forParty<Context>(
  rule: (party: Party, args: CheckArgs<Context>) => readonly Reason[],
  ableOf: (actor: Actor, context: unknown) => Party[] = partiesOf,
): Check<Context> {
  return (args) => {
    const able = ableOf(args.actor, args.context);
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
  message: 'You act for several parties of this request: say for which one, in the field "as".',
  field: 'as',
};
