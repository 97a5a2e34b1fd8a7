import { z } from 'zod';
import type { Reason } from '../../workflows/kernel/index.js';
import type { Links, Transaction } from '../engine/index.js';
import { decodeGlobalId } from '../schema/index.js';
import type { ConsequenceType, Targets } from './consequences.js';
import type { ReasonCode } from './reason-codes.js';

/** Who acts, as the database knows them in the transaction of the change. */
export interface DirectoryActor {
  readonly principalId: string;
  readonly platformRole: string | null;
  readonly broadcasterId: string | null;
  readonly ownedGuildIds: readonly string[];
}

export type DirectoryAuthority = 'SUPPORT' | 'GUILD_OWNER' | 'GUARDIAN' | 'SELF';
export type SubjectType = 'Principal' | 'Guild' | 'Broadcaster';

/** What an action tells the audit trail: ids, codes, numbers and instants only, never a name, a date of birth or an account. */
export interface DirectoryChange {
  readonly subject: { readonly type: SubjectType; readonly id: string };
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface DirectoryWork {
  readonly tx: Transaction;
  /** ISO instant of the change. */
  readonly at: string;
  readonly actor: DirectoryActor;
  readonly authority: DirectoryAuthority;
  readonly reasonCode: ReasonCode;
  /** Sets off bulk work on the requests that the change concerns, in the same transaction. Nothing is made for no request. */
  readonly causes: (type: ConsequenceType, reasonCode: string, targets: Targets) => Promise<void>;
  /** Reaches single requests in the same transaction: for what they must not learn later than the change itself. */
  readonly links: Links;
}

/** One thing that can be done to the directory. `carryOut` throws DirectoryRefused; then nothing of it stays. */
export interface DirectoryAction<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly input: Schema;
  /** What the actor may do this as, or undefined. Reads more only where the guild or the person decides. */
  readonly authority: (
    actor: DirectoryActor,
    input: z.output<Schema>,
    tx: Transaction,
  ) => Promise<DirectoryAuthority | undefined>;
  readonly carryOut: (work: DirectoryWork, input: z.output<Schema>) => Promise<DirectoryChange>;
}

export const defineAction = <Schema extends z.ZodType>(action: DirectoryAction<Schema>): DirectoryAction<Schema> => action;

/** Understood and not carried out, with every objection. */
export class DirectoryRefused extends Error {
  override readonly name = 'DirectoryRefused';

  constructor(
    readonly code: string,
    readonly reasons: readonly Reason[],
  ) {
    super(code);
  }
}

/** Refuses when anything is objected; what is false or undefined objects nothing. The first reason gives the code. */
export function refuseFor(...objections: readonly (Reason | false | undefined)[]): void {
  const reasons = objections.filter((objection) => objection !== false && objection !== undefined);
  if (reasons[0]) throw new DirectoryRefused(reasons[0].code, reasons);
}

export function notFound(what: string, field: string): never {
  throw new DirectoryRefused('NOT_FOUND', [{ code: 'NOT_FOUND', message: `There is no such ${what}.`, field }]);
}

export const bySupport = async ({ platformRole }: DirectoryActor): Promise<'SUPPORT' | undefined> =>
  platformRole === 'SUPPORT' ? 'SUPPORT' : undefined;

/** Nobody has this id: what cannot be decoded and what does not exist are one to the caller. */
const NOWHERE = '00000000-0000-0000-0000-000000000000';

/** A global id of the API, as the uuid behind it. */
export const idOf = (type: SubjectType) => z.string().transform((id) => decodeGlobalId(type, id) ?? NOWHERE);

const hasControlCharacter = (text: string) => /\p{Cc}/u.test(text);

/** One line of text that somebody typed. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !hasControlCharacter(text), 'must hold no control characters');
