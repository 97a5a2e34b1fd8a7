import type { Pool } from 'pg';
import type { BulkItem, BulkOperation, BulkResult } from './types.js';

export interface ClaimedItem extends BulkItem {
  readonly operation: BulkOperation;
  /** This attempt counted. */
  readonly attempts: number;
}

/** Longer than any command takes with all its retries; over it an item is taken for abandoned. */
const LEASE = `interval '30 seconds'`;
/** Of unexpected errors. A refusal is an answer and is not tried again. */
const MAX_BULK_ATTEMPTS = 5;

/**
 * The next attempt's time is the lease, as with deliveries. Every open operation gets a share of the chunk, so that ten
 * thousand releases do not keep one withdrawal waiting. Of a cancelled operation only what was begun before is claimed: its
 * outcome is unknown until somebody asks again with its key. One target is taken in the order of its operations: the end of a
 * ban must not overtake the ban, or what was to go on would be held for good. A paused operation keeps later ones waiting too.
 */
const claimSql = `
with open as materialized (
  select id, status, seq from guildhall.bulk_operation where finished_at is null and status in ('RUNNING', 'CANCELLED')
), claimed as materialized (
  select i.operation_id, i.n from open o cross join lateral (
    select b.operation_id, b.n from guildhall.bulk_item b
    where b.operation_id = o.id and b.status = 'pending' and b.next_attempt_at <= clock_timestamp() and (o.status = 'RUNNING' or b.attempts > 0)
      and not exists (select from guildhall.bulk_item e join guildhall.bulk_operation p on p.id = e.operation_id
        where e.target_id = b.target_id and e.operation_id <> b.operation_id and e.status = 'pending' and p.seq < o.seq)
    order by b.next_attempt_at, b.n limit greatest(1, $1::int / (select count(*) from open)) for update skip locked
  ) i limit $1
)
update guildhall.bulk_item b set attempts = b.attempts + 1, next_attempt_at = clock_timestamp() + ${LEASE}
from claimed c join guildhall.bulk_operation o on o.id = c.operation_id
where b.operation_id = c.operation_id and b.n = c.n
returning b.operation_id, b.n, b.target_id, b.attempts, o.type, o.reason_code, o.params, o.created_by`;

interface ClaimedRow {
  readonly operation_id: string;
  readonly n: number;
  readonly target_id: string;
  readonly attempts: number;
  readonly type: string;
  readonly reason_code: string;
  readonly params: Record<string, unknown>;
  readonly created_by: string;
}

/** Takes up to `limit` items that are due, for this process alone as long as the lease lasts. */
export async function claimItems(pool: Pick<Pool, 'query'>, limit: number): Promise<ClaimedItem[]> {
  const { rows } = await pool.query<ClaimedRow>({ name: 'bulk.claim', text: claimSql, values: [limit] });
  return rows.map((row) => ({
    n: row.n,
    targetId: row.target_id,
    attempts: row.attempts,
    operation: {
      id: row.operation_id,
      type: row.type,
      reasonCode: row.reason_code,
      params: row.params,
      createdBy: row.created_by,
    },
  }));
}

/**
 * Results of one operation: items, counters and the end in one statement. Items are locked in their order, and the
 * operation after them, as everywhere here. What another process has marked meanwhile (its lease was over, its answer is the
 * same) drops out and is not counted twice.
 */
const markSql = `
with result as (
  select * from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[])
    as r (n, kind, code, reasons, error, instance_id)
), locked as (
  select r.*, i.attempts from guildhall.bulk_item i join result r on r.n = i.n
  where i.operation_id = $1 and i.status = 'pending' order by i.n for update of i
), judged as (
  select l.*, case when l.kind = 'done' then 'done' when l.kind = 'refused' or l.attempts >= $8 then 'failed' else 'pending' end as status
  from locked l
), marked as (
  update guildhall.bulk_item i set status = j.status, result_instance_id = j.instance_id, last_error = left(j.error, 500),
    refusal_code = case when j.status = 'failed' then coalesce(j.code, 'UNEXPECTED') end,
    reasons = case when j.status = 'failed' then coalesce(j.reasons,
      '[{"code": "UNEXPECTED", "message": "This could not be carried out; it was tried several times."}]')::jsonb end,
    next_attempt_at = clock_timestamp() + interval '1 second' * power(2, least(j.attempts, 8)),
    finished_at = case when j.status <> 'pending' then guildhall.now() end
  from judged j where i.operation_id = $1 and i.n = j.n
  returning j.status
)
update guildhall.bulk_operation o set done = o.done + c.done, failed = o.failed + c.failed,
  status = case when o.status <> 'CANCELLED' and o.done + c.done + o.failed + c.failed + o.cancelled = o.total then 'DONE' else o.status end,
  finished_at = case when o.done + c.done + o.failed + c.failed + o.cancelled = o.total then guildhall.now() end
from (select count(*) filter (where status = 'done')::int as done, count(*) filter (where status = 'failed')::int as failed from marked) c
where o.id = $1 and c.done + c.failed > 0`;

export async function markItems(pool: Pick<Pool, 'query'>, operationId: string, results: readonly BulkResult[]): Promise<void> {
  await pool.query({
    name: 'bulk.mark',
    text: markSql,
    values: [
      operationId,
      results.map(({ n }) => n),
      results.map(({ kind }) => kind),
      results.map((result) => (result.kind === 'refused' ? result.code : null)),
      results.map((result) => (result.kind === 'refused' ? JSON.stringify(result.reasons) : null)),
      results.map((result) => (result.kind === 'error' ? result.error : null)),
      results.map((result) => (result.kind === 'done' ? result.instanceId : null)),
      MAX_BULK_ATTEMPTS,
    ],
  });
}
