/**
 * One write for a whole batch. Locks in id order, so that two batches never wait for each other in a ring; what another
 * writer has moved on meanwhile drops out at the version guard, and what lost the race for its key drops out too. Only what
 * comes back was written.
 *
 * `last_tx` never falls for one instance, although transaction ids are given out before locks are: ordering the log by the
 * plain id can show two transitions of one instance in the wrong order.
 */
export const writeSql = `
with member as (
  select * from unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
      $9::uuid[], $10::text[], $11::text[], $12::text[], $13::boolean[])
    as m (id, expected, version, snapshot, state, status, head_hash, at_ms, key_principal, key_operation, key, request_hash, key_permanent)
), locked as (
  select i.id, i.last_tx from guildhall.instance i join member m on m.id = i.id and m.expected = i.version
  order by i.id for update of i
), keyed as (
  insert into guildhall.idempotency (principal_id, operation, key, request_hash, instance_id, seq, created_at, expires_at)
  select m.key_principal, m.key_operation, m.key, m.request_hash, m.id, m.version, transaction_timestamp(),
    case when m.key_permanent then null else transaction_timestamp() + interval '30 days' end
  from member m join locked l on l.id = m.id where m.key is not null
  order by m.key_principal, m.key_operation, m.key
  on conflict do nothing
  returning instance_id
), moved as (
  update guildhall.instance i set version = m.version, snapshot = m.snapshot, state = m.state, status = m.status, head_hash = m.head_hash,
    last_tx = greatest(pg_current_xact_id(), l.last_tx), updated_at = to_timestamp(m.at_ms / 1000.0),
    ended_at = case when m.status = 'done' then to_timestamp(m.at_ms / 1000.0) end
  from member m join locked l on l.id = m.id left join keyed k on k.instance_id = m.id
  where i.id = m.id and (m.key is null or k.instance_id is not null)
  returning i.id, i.last_tx
), recorded as (
  insert into guildhall.history (instance_id, seq, log_tx, at, source, event_type, event, from_state, state, actor_id, authority, hash)
  select h.instance_id, h.seq, moved.last_tx, to_timestamp(h.at_ms / 1000.0), h.source, h.event_type, h.event, h.from_state, h.state, h.actor_id,
    h.authority, h.hash
  from unnest($14::uuid[], $15::int[], $16::bigint[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::uuid[], $23::text[], $24::text[])
    as h (instance_id, seq, at_ms, source, event_type, event, from_state, state, actor_id, authority, hash)
  join moved on moved.id = h.instance_id
  order by h.instance_id, h.seq
), ended as (
  update guildhall.timer t set status = case when e.armed_seq is null then 'cancelled' else 'fired' end, ended_at = guildhall.now(), last_error = null
  from unnest($25::uuid[], $26::text[], $27::int[]) as e (instance_id, name, armed_seq) join moved on moved.id = e.instance_id
  where t.instance_id = e.instance_id and t.name = e.name and t.status = 'armed' and (e.armed_seq is null or t.armed_seq = e.armed_seq)
), armed as (
  insert into guildhall.timer (instance_id, name, armed_seq, event_type, due_at)
  select a.instance_id, a.name, a.armed_seq, a.event_type, to_timestamp(a.due_ms / 1000.0)
  from unnest($28::uuid[], $29::text[], $30::int[], $31::text[], $32::bigint[]) as a (instance_id, name, armed_seq, event_type, due_ms)
  join moved on moved.id = a.instance_id
), sent as (
  insert into guildhall.delivery (id, instance_id, seq, type, params, next_attempt_at, created_at)
  select d.id, d.instance_id, d.seq, d.type, d.params, clock_timestamp(), guildhall.now()
  from unnest($33::uuid[], $34::uuid[], $35::int[], $36::text[], $37::text[]) as d (id, instance_id, seq, type, params)
  join moved on moved.id = d.instance_id
)
select id from moved`;
