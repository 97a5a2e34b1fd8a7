import DataLoader from 'dataloader';
import { v7 as uuidv7 } from 'uuid';
import type { ViewerTransaction } from '../database/index.js';
import { mayWrite, NOT_FOUND, type DeskRefusal } from '../desk/case-file.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { encodeGlobalId } from '../schema/index.js';
import { LegalHoldType, type LegalHoldReason } from './legal-hold.type.js';
import { RETENTION_LOCK } from './retention.js';

interface HoldRow {
  readonly id: string;
  readonly request_id: string;
  readonly reason_code: LegalHoldReason;
  readonly remark: string;
  readonly set_at: Date;
  readonly set_by: string;
  readonly lifted_at: Date | null;
  readonly lifted_by: string | null;
  readonly lift_remark: string | null;
}

const columns = 'id, request_id, reason_code, remark, set_at, set_by, lifted_at, lifted_by, lift_remark';
const MAX_REMARK = 2_000;

const toHold = (row: HoldRow): LegalHoldType =>
  Object.assign(new LegalHoldType(), {
    id: encodeGlobalId('LegalHold', row.id),
    requestId: encodeGlobalId('Request', row.request_id),
    reasonCode: row.reason_code,
    remark: row.remark,
    setAt: row.set_at,
    setBy: encodeGlobalId('Principal', row.set_by),
    liftedAt: row.lifted_at,
    liftedBy: row.lifted_by === null ? null : encodeGlobalId('Principal', row.lifted_by),
    liftRemark: row.lift_remark,
  });

export const remarkProblem = (remark: string): DeskRefusal | undefined => {
  const { length } = Array.from(remark);
  return length < 1 || length > MAX_REMARK || remark.includes('\0')
    ? { code: 'INVALID_INPUT', message: `A remark has 1 to ${String(MAX_REMARK)} characters.`, field: 'remark' }
    : undefined;
};

/** A repeated call with its key gives the first hold again. */
export async function setHold(
  tx: ViewerTransaction,
  requestId: string | undefined,
  hold: { readonly reasonCode: LegalHoldReason; readonly remark: string; readonly idempotencyKey: string | null },
): Promise<LegalHoldType | DeskRefusal> {
  const refused = (await mayWrite(tx, requestId)) ?? remarkProblem(hold.remark);
  if (refused) return refused;
  await tx.query(RETENTION_LOCK, [requestId]);
  const by = tx.viewer.principalId;
  const [first] = await tx.query<HoldRow>(
    `select ${columns} from guildhall.legal_hold where set_by = $1 and idempotency_key = $2`,
    [by, hold.idempotencyKey],
  );
  if (first && (first.request_id !== requestId || first.reason_code !== hold.reasonCode || first.remark !== hold.remark))
    return { code: 'KEY_REUSED', message: 'This idempotency key was used with another body.', field: 'idempotencyKey' };
  if (first) return toHold(first);
  if ((await tx.query('select from guildhall.erasure where request_id = $1', [requestId])).length > 0)
    return { code: 'ALREADY_ERASED', message: 'Its retention is over: the personal data are erased.', field: 'requestId' };
  const [row] = await tx.query<HoldRow>(
    `insert into guildhall.legal_hold (id, request_id, reason_code, remark, idempotency_key, set_at, set_by)
     values ($1, $2, $3, $4, $5, guildhall.now(), $6) returning ${columns}`,
    [uuidv7(), requestId, hold.reasonCode, hold.remark, hold.idempotencyKey, by],
  );
  return toHold(row!);
}

export async function liftHold(
  tx: ViewerTransaction,
  id: string | undefined,
  remark: string,
): Promise<LegalHoldType | DeskRefusal> {
  if (tx.viewer.platformRole !== 'SUPPORT') return { code: 'FORBIDDEN', message: 'Only support does this.' };
  const problem = remarkProblem(remark);
  if (problem) return problem;
  const [row] = await tx.query<HoldRow>(
    `update guildhall.legal_hold set lifted_at = guildhall.now(), lifted_by = $2, lift_remark = $3
     where id = $1 and lifted_at is null returning ${columns}`,
    [id ?? null, tx.viewer.principalId, remark],
  );
  if (row) return toHold(row);
  const there = id !== undefined && (await tx.query('select from guildhall.legal_hold where id = $1', [id])).length > 0;
  return there ? { code: 'ALREADY_LIFTED', message: 'This hold stands no more.' } : NOT_FOUND;
}

/** By request, the newest first; for parties none, which row-level security sees to. */
export const legalHoldLoader = (context: ViewerContext) =>
  new DataLoader<string, LegalHoldType[]>(async (requestIds) => {
    const tx = await context.viewer();
    const rows = await tx.query<HoldRow>(
      `select ${columns} from guildhall.legal_hold where request_id = any ($1::uuid[]) order by set_at desc, id desc`,
      [requestIds],
    );
    return requestIds.map((id) => rows.filter((row) => row.request_id === id).map(toHold));
  });
