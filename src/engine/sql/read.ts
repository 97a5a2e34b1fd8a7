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
 */
export const readSql = (handlers: Pick<EngineHandlers, 'authoritySql'>): string => `
select i.kind, i.machine_version, i.state, i.status, i.version, i.snapshot, i.head_hash,
  floor(extract(epoch from i.updated_at) * 1000)::bigint as updated_ms,
  coalesce(${handlers.authoritySql}, '{}'::text[]) as authorities,
  k.request_hash as key_hash, k.instance_id as key_instance, k.seq as key_seq, h.state as key_state,
  floor(extract(epoch from guildhall.now()) * 1000)::bigint as now_ms
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) with ordinality as q (instance_id, principal_id, operation, key, ord)
left join guildhall.instance i on i.id = q.instance_id
left join guildhall.idempotency k on k.principal_id = q.principal_id and k.operation = q.operation and k.key = q.key
left join guildhall.history h on h.instance_id = k.instance_id and h.seq = k.seq
order by q.ord`;
