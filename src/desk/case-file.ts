import { v7 as uuidv7 } from 'uuid';
import type { ViewerTransaction } from '../database/index.js';
import type { CaseNoteRow } from './case.type.js';

/** Why nothing was written; a refusal of the API is made of it. */
export interface DeskRefusal {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

export interface CaseChange {
  readonly assigneeId?: string | null;
  readonly priority?: number | null;
  readonly followUpAt?: Date | null;
}

export const NOT_FOUND: DeskRefusal = { code: 'NOT_FOUND', message: 'There is no such request, or you may not see it.' };
const FORBIDDEN: DeskRefusal = { code: 'FORBIDDEN', message: 'Only support does this.' };

/**
 * All of this is written as the viewer, in a short transaction under row-level security: it is no part of a request's
 * history, and no workflow hears of it.
 */
export async function mayWrite(tx: ViewerTransaction, requestId: string | undefined): Promise<DeskRefusal | undefined> {
  if (tx.viewer.platformRole !== 'SUPPORT') return FORBIDDEN;
  if (requestId === undefined) return NOT_FOUND;
  const found = await tx.query('select from guildhall.request where id = $1', [requestId]);
  return found.length > 0 ? undefined : NOT_FOUND;
}

/** Opens the file when there is none. Only what is given changes; `expectedRevision` guards against what the agent has not seen. */
export async function changeCase(
  tx: ViewerTransaction,
  requestId: string,
  change: CaseChange,
  expectedRevision: number | null,
): Promise<DeskRefusal | undefined> {
  if (change.assigneeId != null && !(await isAgent(tx, change.assigneeId)))
    return { code: 'NOT_AN_AGENT', message: 'A case can be assigned to support only.', field: 'agentId' };
  await tx.query(
    'insert into guildhall.case_file (request_id, updated_at) values ($1, guildhall.now()) on conflict (request_id) do nothing',
    [requestId],
  );
  const changed = await tx.query(
    `update guildhall.case_file set revision = revision + 1, updated_at = guildhall.now(),
       assignee_id = case when $3 then $4::uuid else assignee_id end, priority = case when $5 then $6::smallint else priority end,
       follow_up_at = case when $7 then $8::timestamptz else follow_up_at end
     where request_id = $1 and ($2::int is null or revision = $2) returning request_id`,
    [
      requestId,
      expectedRevision,
      change.assigneeId !== undefined,
      change.assigneeId ?? null,
      change.priority !== undefined,
      change.priority ?? null,
      change.followUpAt !== undefined,
      change.followUpAt ?? null,
    ],
  );
  if (changed.length > 0) return undefined;
  return { code: 'STALE_REVISION', message: 'The case has been changed since you looked.', field: 'expectedRevision' };
}

const isAgent = async (tx: ViewerTransaction, principalId: string): Promise<boolean> =>
  (
    await tx.query(`select from guildhall.principal where id = $1 and platform_role = 'SUPPORT' and disabled_at is null`, [
      principalId,
    ])
  ).length > 0;

const noteColumns = 'id, request_id, author_id, body, created_at, erased_at';

/** A repeated call with its key gives the first note again. */
export async function addNote(
  tx: ViewerTransaction,
  requestId: string,
  body: string,
  idempotencyKey: string | null,
): Promise<CaseNoteRow | DeskRefusal> {
  const author = tx.viewer.principalId;
  const [note] = await tx.query<CaseNoteRow>(
    `insert into guildhall.case_note (id, request_id, author_id, body, idempotency_key, created_at)
     values ($1, $2, $3, $4, $5, date_trunc('milliseconds', guildhall.now()))
     on conflict on constraint case_note_once do nothing returning ${noteColumns}`,
    [uuidv7(), requestId, author, body, idempotencyKey],
  );
  if (note) return note;
  const [first] = await tx.query<CaseNoteRow>(
    `select ${noteColumns} from guildhall.case_note where author_id = $1 and idempotency_key = $2`,
    [author, idempotencyKey],
  );
  if (first?.request_id === requestId && (first.body === body || first.erased_at !== null)) return first;
  return { code: 'KEY_REUSED', message: 'This idempotency key was used with another body.', field: 'idempotencyKey' };
}
