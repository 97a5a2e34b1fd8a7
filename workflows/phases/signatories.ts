import type { Actor, Reason } from '../kernel/index.js';
import { parties, partiesIn, partiesOf, STAND_IN, type Party } from './parties.js';

/**
 * In whose name somebody signs. A signatory of a guild may leave signing to a colleague; both authorities are read with the command,
 * and reach a check as `GUILD_DELEGATE` and, for each who has delegated, `FOR:<person>:<authority>`. A delegate signs, and takes such a
 * signature back; nothing else of the party's is theirs to do.
 */

export const DELEGATES = ['GUILD_DELEGATE', 'GAINING_GUILD_DELEGATE'] as const;

/** Who signs: in person, or in the name of somebody. */
export interface Signer {
  /** Whose signature it is. */
  readonly person: string;
  /** Who gives it. */
  readonly hand: string;
  readonly authorities: readonly string[];
}

function delegatorsOf(actor: Actor, party: Party): Signer[] {
  const held = new Map<string, string[]>();
  for (const authority of actor.authorities) {
    const [, person, of] = /^FOR:([0-9a-f-]{36}):([A-Z_]+)$/.exec(authority) ?? [];
    if (person && of && parties[party].authorities.includes(of)) held.set(person, [...(held.get(person) ?? []), of]);
  }
  return [...held].map(([person, authorities]) => ({ person, hand: actor.id, authorities }));
}

/** Nearly nobody: the rest is not looked for then, in what every signature goes through several times. */
export const isDelegate = ({ authorities }: Actor): boolean => authorities.some((authority) => authority.startsWith('FOR:'));

/** The parties of this request for which an actor can sign. */
export function signingPartiesOf(actor: Actor, context: unknown): Party[] {
  const own = partiesOf(actor, context);
  if (!isDelegate(actor)) return own;
  return partiesIn(context).filter((party) => own.includes(party) || delegatorsOf(actor, party).length > 0);
}

const NOT_DELEGATED: Reason = {
  code: 'NOT_DELEGATED',
  message: 'This person has not left signing to you, or cannot sign any more.',
  field: 'for',
};
const DELEGATOR_NEEDED: Reason = {
  code: 'DELEGATOR_NEEDED',
  message: 'Several people have left signing to you: say in whose name you sign, in the field "for".',
  field: 'for',
};

/** The signer, or why there is none. Without a payload somebody only asks. */
export function signerOf(
  actor: Actor,
  party: Party,
  context: unknown,
  payload: Readonly<Record<string, unknown>> | undefined,
): Signer | Reason {
  const named = payload?.['for'];
  if (named !== undefined) return delegatorsOf(actor, party).find(({ person }) => person === named) ?? NOT_DELEGATED;
  if (partiesOf(actor, context).includes(party)) return { person: actor.id, hand: actor.id, authorities: actor.authorities };
  const [first, second] = delegatorsOf(actor, party);
  if (!first || (second && payload)) return first ? DELEGATOR_NEEDED : NOT_DELEGATED;
  return first;
}

export const isSigner = (found: Signer | Reason): found is Signer => 'person' in found;

/** Whether a group that asks for certain authorities takes this signer; the platform stands in for whomever a suspended guild has. */
export const isTakenBy = ({ by }: { readonly by?: readonly string[] }, { authorities }: Signer): boolean =>
  !by || authorities.some((authority) => authority === STAND_IN || by.includes(authority));
