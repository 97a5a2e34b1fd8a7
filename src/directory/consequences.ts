import { arrowsOf } from '../../workflows/kernel/index.js';
import { registry } from '../../workflows/registry.js';
import type { Transaction } from '../engine/index.js';

export type ConsequenceType =
  'VOID_REQUEST' | 'HOLD_REQUEST' | 'RESUME_REQUEST' | 'STAND_IN' | 'MOVE_MEMBERSHIP' | 'RELEASE_MEMBERSHIP';

/** The requests, or memberships, that a change concerns: a statement that gives their ids as `id`. */
export interface Targets {
  readonly sql: string;
  readonly values: readonly unknown[];
}

export interface Consequence extends Targets {
  readonly type: ConsequenceType;
  /** Goes into each request's history with the event. */
  readonly reasonCode: string;
  /** What the event carries beside its type. */
  readonly params: Readonly<Record<string, unknown>>;
  /** In whose name the requests get it: the platform's own, never the actor's. */
  readonly createdBy: string;
  /** What the targets are; `Request` when left out. */
  readonly targetType?: string;
  /** The same key again is the same operation. */
  readonly idempotencyKey?: string;
}

/**
 * The platform itself, as the migration enters it: support by role, and no issuer's token can speak for it. Consequences are its
 * acts: a guardian who revokes may hold no request, and an agent may have left before the last one is held. Who caused them
 * stands in the audit trail, beside the ids of the operations.
 */
export const PLATFORM_PRINCIPAL_ID = '00000000-0000-7000-8000-000000000001';

/**
 * How the directory sets off work on requests. Cause and consequence commit together; the work itself is done one request at a
 * time through the engine's one door, by whichever process is free. Answers with the id of the bulk operation.
 */
export interface Consequences {
  create(tx: Transaction, consequence: Consequence): Promise<string>;
}

/** Kinds by which somebody comes into a guild, or which bind anew; exits are in neither list and go on whatever happens. */
const INBOUND = ['TRANSFER_AGREED', 'TRANSFER_PORTABLE'];
export const ENTRIES = ['JOIN', ...INBOUND];
/** What a minor's guardian consents to. */
export const CONSENTED = [...ENTRIES, 'AMEND', 'RENEW'];

const open = `select r.id from guildhall.request r join guildhall.instance i on i.id = r.id and i.status = 'active'`;

/** What would bring somebody into this guild: joins, and transfers that it gains by. */
export const entriesInto = (guildId: string): Targets => ({
  sql: `${open} where (r.kind = 'JOIN' and r.guild_id = $1) or (r.kind = any ($2::text[]) and r.gaining_guild_id = $1)`,
  values: [guildId, INBOUND],
});

/** Where a kind lets the platform stand in: by its machine, so that a new one is in the list by itself. */
const standingIn = registry.flatMap((definition) =>
  arrowsOf(definition)
    .filter(({ event }) => event === 'STAND_IN')
    .map(({ source }) => ({ kind: definition.kind, state: source })),
);

/** Exits that wait for this guild, transfers away from it among them: while it is suspended, the platform acts in its place. */
export const exitsAwaiting = (guildId: string): Targets => ({
  sql: `${open} where r.guild_id = $1 and (r.kind, i.state) in (select kind, state from unnest($2::text[], $3::text[]) as s (kind, state))`,
  values: [guildId, standingIn.map(({ kind }) => kind), standingIn.map(({ state }) => state)],
});

export type HoldCode = 'BAN' | 'GUARDIAN_REVOKED';

const ofKinds = (broadcasterId: string, kinds: readonly string[]): Targets => ({
  sql: `${open} where r.broadcaster_id = $1 and r.kind = any ($2::text[])`,
  values: [broadcasterId, kinds],
});

/**
 * Those that may go on when the reason for a hold is gone. What is held for another reason stays held; what is not held yet is
 * in the list, because the hold may still be under way.
 */
const heldFor = ({ sql, values }: Targets, code: HoldCode): Targets => ({
  sql: `${sql} and coalesce(i.snapshot::jsonb #>> '{kernel,held,reasonCode}', $${String(values.length + 1)}) = $${String(values.length + 1)}`,
  values: [...values, code],
});

export const entriesOf = (broadcasterId: string): Targets => ofKinds(broadcasterId, ENTRIES);
export const consentedOf = (broadcasterId: string): Targets => ofKinds(broadcasterId, CONSENTED);
export const heldByBan = (broadcasterId: string): Targets => heldFor(entriesOf(broadcasterId), 'BAN');
export const heldForGuardian = (broadcasterId: string): Targets => heldFor(consentedOf(broadcasterId), 'GUARDIAN_REVOKED');
