import { randomBytes } from 'node:crypto';
import type { Transaction } from '../engine/index.js';
import { sha256 } from '../engine/chain.js';
import type { SubjectType } from './action.js';
import type { ReasonCode } from './reason-codes.js';

/** As an entry of the audit trail is told. */
export interface DirectoryEventValue {
  readonly id: string;
  readonly at: Date;
  readonly actorId: string | null;
  readonly authority: string;
  readonly subjectType: SubjectType;
  readonly subjectId: string;
  readonly action: string;
  readonly reasonCode: ReasonCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly comment: string | null;
}

export interface EventRow {
  readonly id: string;
  readonly at: Date;
  readonly actor_id: string | null;
  readonly authority: string;
  readonly subject_type: SubjectType;
  readonly subject_id: string;
  readonly action: string;
  readonly reason_code: ReasonCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly comment: string | null;
}

interface EarlierRow extends EventRow {
  readonly salt: string;
  readonly request_hash: string | null;
}

/** Whoever sends the same key at the same time waits here, and then finds what the first has done. */
export async function readEarlier(tx: Transaction, principalId: string, action: string, key: string) {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`directory:${principalId}:${action}:${key}`]);
  const { rows } = await tx.query<EarlierRow>({
    name: 'directory.earlier',
    text: `select e.id, e.at, e.actor_id, e.authority, e.subject_type, e.subject_id, e.action, e.reason_code, e.details,
        c.comment, c.salt, c.request_hash
      from guildhall.directory_command c join guildhall.directory_event e on e.id = c.event_id
      where c.actor_id = $1 and c.action = $2 and c.idempotency_key = $3`,
    values: [principalId, action, key],
  });
  const row = rows[0];
  return row && { event: eventOf(row), salt: row.salt, requestHash: row.request_hash };
}

export const eventOf = (row: EventRow): DirectoryEventValue => ({
  id: row.id,
  at: row.at,
  actorId: row.actor_id,
  authority: row.authority,
  subjectType: row.subject_type,
  subjectId: row.subject_id,
  action: row.action,
  reasonCode: row.reason_code,
  details: row.details,
  comment: row.comment,
});

export async function insertEvent(tx: Transaction, event: DirectoryEventValue): Promise<void> {
  await tx.query({
    name: 'directory.event',
    text: `insert into guildhall.directory_event (id, at, actor_id, authority, subject_type, subject_id, action, reason_code, details)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      event.id,
      event.at,
      event.actorId,
      event.authority,
      event.subjectType,
      event.subjectId,
      event.action,
      event.reasonCode,
      JSON.stringify(event.details),
    ],
  });
}

/** Salted like an annex: what was sent may hold a name or a birthday, and a bare hash of those can be guessed. */
export async function insertCommand(tx: Transaction, event: DirectoryEventValue, key: string, text: string): Promise<void> {
  const salt = randomBytes(16).toString('hex');
  await tx.query({
    name: 'directory.command',
    text: `insert into guildhall.directory_command (event_id, actor_id, action, idempotency_key, salt, request_hash, comment)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [event.id, event.actorId, event.action, key, salt, sha256(salt + text), event.comment],
  });
}
