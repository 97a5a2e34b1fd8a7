import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { canonicalText } from '../engine/index.js';

/** The engine's transaction, or a viewer's that writes: whoever has the cause open can put the consequence into it. */
export interface BulkTransaction {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly object[] }>;
}

export interface NewBulk {
  /** One of the registered types, e.g. `VOID_REQUEST`. */
  readonly type: string;
  /** What the targets are, for their global ids: `Request` (default), `Membership` … */
  readonly targetType?: string;
  readonly reasonCode: string;
  /** Words of a person; they stay here, in no chain, and can be erased. */
  readonly comment?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Principal in whose name the items are carried out. */
  readonly createdBy: string;
  /** Same key and creator: the first operation again. Kept for good. */
  readonly idempotencyKey?: string | undefined;
  /**
   * Ids, or a SELECT of one uuid column, in the order in which they are to be taken. A target stands once in an operation:
   * the SELECT gives it once, ids are made distinct.
   */
  readonly targets: readonly string[] | { readonly sql: string; readonly values: readonly unknown[] };
}

export type CreatedBulk =
  | { readonly outcome: 'created' | 'replayed'; readonly id: string; readonly total: number }
  /** The key was used with another body. */
  | { readonly outcome: 'keyReused' };

/** What a repeated call must be equal in; a SELECT counts with its values, not with what it finds. */
const hashOf = ({ createdBy: _who, idempotencyKey: _key, ...body }: NewBulk): string =>
  createHash('sha256')
    .update(canonicalText(JSON.parse(JSON.stringify(body))))
    .digest('hex');

/**
 * Writes down what is to be done, in the caller's transaction: it is there when the cause is, and otherwise not. From the
 * commit on any process may work it off.
 */
export async function createBulk(tx: BulkTransaction, bulk: NewBulk): Promise<CreatedBulk> {
  const { type, targetType = 'Request', reasonCode, comment, params = {}, createdBy, idempotencyKey, targets } = bulk;
  const id = uuidv7();
  const hash = hashOf(bulk);
  const { rows: created } = await tx.query(
    `insert into guildhall.bulk_operation (id, type, target_type, reason_code, comment, params, created_by, created_at, idempotency_key,
       request_hash, status)
     values ($1, $2, $3, $4, $5, $6, $7, date_trunc('milliseconds', guildhall.now()), $8, $9, 'RUNNING')
     on conflict on constraint bulk_operation_once do nothing returning id`,
    [id, type, targetType, reasonCode, comment ?? null, JSON.stringify(params), createdBy, idempotencyKey ?? null, hash],
  );
  if (created.length === 0) return firstOf(tx, createdBy, idempotencyKey, hash);
  const { sql, values } =
    'sql' in targets
      ? targets
      : { sql: 'select unnest($1::uuid[])', values: [[...new Set(targets.map((target) => target.toLowerCase()))]] };
  const place = `$${String(values.length + 1)}::uuid`;
  const { rows } = await tx.query(
    `with items as (
       insert into guildhall.bulk_item (operation_id, n, target_id, next_attempt_at)
       select ${place}, row_number() over (), t.target_id, clock_timestamp() from (${sql}) as t (target_id)
       returning n
     )
     update guildhall.bulk_operation o set total = c.total, status = case when c.total = 0 then 'DONE' else o.status end,
       finished_at = case when c.total = 0 then guildhall.now() end
     from (select count(*)::int as total from items) c where o.id = ${place} returning o.total`,
    [...values, id],
  );
  return { outcome: 'created', id, total: (rows[0] as { total: number }).total };
}

async function firstOf(tx: BulkTransaction, createdBy: string, key: string | undefined, hash: string): Promise<CreatedBulk> {
  const { rows } = await tx.query(
    'select id, total, request_hash from guildhall.bulk_operation where created_by = $1 and idempotency_key = $2',
    [createdBy, key],
  );
  const [first] = rows as { id: string; total: number; request_hash: string }[];
  if (first?.request_hash !== hash) return { outcome: 'keyReused' };
  return { outcome: 'replayed', id: first.id, total: first.total };
}
