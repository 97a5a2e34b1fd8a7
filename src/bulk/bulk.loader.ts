import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/index.js';
import { byParent, encodeGlobalId, pageLoader } from '../schema/index.js';
import { BulkItemType, BulkOperationType, type BulkItemRow, type BulkOperationRow } from './bulk.type.js';
import type { BulkItemStatus } from './types.js';

export const bulkColumns =
  'id, type, target_type, reason_code, comment, params, created_by, created_at, total, done, failed, cancelled, status, finished_at';

export const bulkId = (uuid: string): string => encodeGlobalId('BulkOperation', uuid);

export const toBulkOperation = (row: BulkOperationRow): BulkOperationType =>
  Object.assign(new BulkOperationType(), {
    id: bulkId(row.id),
    type: row.type,
    reasonCode: row.reason_code,
    comment: row.comment,
    params: row.params,
    status: row.status,
    total: row.total,
    done: row.done,
    failed: row.failed,
    cancelled: row.cancelled,
    pending: row.total - row.done - row.failed - row.cancelled,
    startedAt: row.created_at,
    finishedAt: row.finished_at,
    row,
  });

/** Operations by uuid, one statement a batch; undefined for one that the viewer may not see. */
export const bulkOperationLoader = (context: ViewerContext) =>
  new DataLoader<string, BulkOperationType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<BulkOperationRow>(
      `select ${bulkColumns} from guildhall.bulk_operation where id = any ($1::uuid[])`,
      [ids],
    );
    const found = new Map(rows.map((row) => [row.id, toBulkOperation(row)]));
    return ids.map((id) => found.get(id));
  });

export const toBulkItem = (row: BulkItemRow): BulkItemType =>
  Object.assign(new BulkItemType(), {
    number: row.n,
    targetId: encodeGlobalId(row.target_type, row.target_id),
    status: row.status.toUpperCase(),
    attempts: row.attempts,
    refusalCode: row.refusal_code,
    reasons: row.reasons ?? [],
    requestId: row.result_instance_id === null ? null : encodeGlobalId('Request', row.result_instance_id),
    finishedAt: row.finished_at,
  });

/** Items by operation, in their order, those in one of the states only. */
export const bulkItemLoader = (context: ViewerContext) =>
  pageLoader<BulkItemRow, readonly BulkItemStatus[] | null>(async (ids, page, statuses) => {
    const tx = await context.viewer();
    const rows = await tx.query<BulkItemRow>(
      `select i.operation_id, i.n, i.target_id, o.target_type, i.status, i.attempts, i.refusal_code, i.reasons, i.result_instance_id, i.finished_at
       from guildhall.bulk_operation o cross join lateral (
         select * from guildhall.bulk_item i where i.operation_id = o.id and i.n > $2 and ($3::text[] is null or i.status = any ($3))
         order by i.n limit $4) i
       where o.id = any ($1::uuid[]) order by i.operation_id, i.n`,
      [ids, page.after?.[0] ?? 0, statuses, page.limit],
    );
    return byParent(rows, (row) => row.operation_id);
  });
