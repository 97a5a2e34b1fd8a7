import type { ViewerTransaction } from '../database/index.js';

/**
 * What support does to an operation as a whole. Each is one statement that locks items before their operation, as the worker
 * does, and answers whether there was anything to do.
 */
export type BulkControl = 'pause' | 'resume' | 'cancel' | 'retryFailed';

const statements: Readonly<Record<BulkControl, string>> = {
  /** Items in hand are finished; no further ones are taken. */
  pause: `update guildhall.bulk_operation set status = 'PAUSED' where id = $1 and status = 'RUNNING' returning id`,
  resume: `update guildhall.bulk_operation set status = 'RUNNING' where id = $1 and status = 'PAUSED' returning id`,
  /** What was begun is not cancelled: it may have been carried out already, and is brought to its end. */
  cancel: `with stopped as (
      update guildhall.bulk_item i set status = 'cancelled', finished_at = guildhall.now()
      where i.operation_id = $1 and i.status = 'pending' and i.attempts = 0
        and exists (select from guildhall.bulk_operation o where o.id = $1 and o.status in ('RUNNING', 'PAUSED'))
      returning i.n
    )
    update guildhall.bulk_operation o set status = 'CANCELLED', cancelled = o.cancelled + c.n,
      finished_at = case when o.done + o.failed + o.cancelled + c.n = o.total then guildhall.now() end
    from (select count(*)::int as n from stopped) c
    where o.id = $1 and o.status in ('RUNNING', 'PAUSED') returning o.id`,
  /** Under their old keys: a refused command has not used one up. */
  retryFailed: `with again as (
      update guildhall.bulk_item i set status = 'pending', attempts = 0, next_attempt_at = clock_timestamp(), refusal_code = null,
        reasons = null, last_error = null, finished_at = null
      where i.operation_id = $1 and i.status = 'failed'
        and exists (select from guildhall.bulk_operation o where o.id = $1 and o.status <> 'CANCELLED')
      returning i.n
    )
    update guildhall.bulk_operation o set failed = o.failed - c.n, finished_at = null,
      status = case when o.status = 'DONE' then 'RUNNING' else o.status end
    from (select count(*)::int as n from again) c
    where o.id = $1 and o.status <> 'CANCELLED' and c.n > 0 returning o.id`,
};

/** False: the operation is not in a state for it, or there is none of this id. */
export async function steerBulk(tx: ViewerTransaction, control: BulkControl, operationId: string): Promise<boolean> {
  return (await tx.query(statements[control], [operationId])).length > 0;
}
