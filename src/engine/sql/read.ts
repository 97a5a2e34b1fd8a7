import type { EngineHandlers } from '../types.js';

export interface ReadRow {
  readonly kind: string | null;
  readonly machine_version: number;
  readonly state: string;
  readonly status: string;
  readonly version: number;
  readonly snapshot: string;
  readonly head_hash: string;
  readonly updated_ms: string | null;
  readonly authorities: string[];
  readonly key_hash: string | null;
  readonly key_instance: string | null;
  readonly key_seq: number | null;
  readonly key_state: string | null;
  readonly now_ms: string;
}

/**
 * Everything that a batch is judged by, in one snapshot: instances, authority, stored answers and the time. One row a
 * member, in the order of the arrays. The time is cut to milliseconds, never rounded up: nothing may happen early.
 *
 * The look-up of a key ends in a `limit`, so that it stays one index probe a member. As a plain join its plan, made while the
 * table was small, went through all keys for every batch.
 */
export const readSql = (handlers: Pick<EngineHandlers, 'authoritySql'>): string => `
select i.kind, i.machine_version, i.state, i.status, i.version, i.snapshot, i.head_hash,
  floor(extract(epoch from i.updated_at) * 1000)::bigint as updated_ms,
  coalesce(${handlers.authoritySql}, '{}'::text[]) as authorities,
  k.request_hash as key_hash, k.instance_id as key_instance, k.seq as key_seq, k.state as key_state,
  floor(extract(epoch from (select guildhall.now())) * 1000)::bigint as now_ms
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) with ordinality as q (instance_id, principal_id, operation, key, ord)
left join guildhall.instance i on i.id = q.instance_id
left join lateral (
  select s.request_hash, s.instance_id, s.seq,
    (select h.state from guildhall.history h where h.instance_id = s.instance_id and h.seq = s.seq) as state
  from guildhall.idempotency s where s.principal_id = q.principal_id and s.operation = q.operation and s.key = q.key limit 1
) k on true
order by q.ord`;
