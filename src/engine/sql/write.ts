/**
 * One write for a whole batch. Locks in id order, so that two batches never wait for each other in a ring; what another
 * writer has moved on meanwhile drops out at the version guard, and what lost the race for its key drops out too. Only what
 * comes back was written.
 *
 * `last_tx` never falls for one instance, although transaction ids are given out before locks are: ordering the log by the
 * plain id can show two transitions of one instance in the wrong order.
 *
 * Rows of history, timers and deliveries name their member by its number, and find in `passed` at that place the transaction
 * that it was written by, or null. Joined by instance id instead they were compared each with each, because the plans that are
 * kept may not hash: 143 µs of the database's CPU a member became 100 with 32 of them, 169 became 91 with 64.
 */
export const writeSql = `
with member as (
  select * from unnest($1::uuid[], $2::int[], $3::int[], string_to_array($4, E'\\n'), $5::text[], $6::text[], $7::text[], $8::bigint[],
      $9::uuid[], $10::text[], $11::text[], $12::text[], $13::boolean[], $38::int[], $39::bigint[]) with ordinality
    as m (id, expected, version, snapshot, state, status, head_hash, at_ms, key_principal, key_operation, key, request_hash, key_permanent,
      machine_version, held_ms, n)
), locked as (
  select m.*, i.last_tx from guildhall.instance i join member m on m.id = i.id and m.expected = i.version
  order by i.id for update of i
), keyed as (
  insert into guildhall.idempotency (principal_id, operation, key, request_hash, instance_id, seq, created_at, expires_at)
  select l.key_principal, l.key_operation, l.key, l.request_hash, l.id, l.version, transaction_timestamp(),
    case when l.key_permanent then null else transaction_timestamp() + interval '30 days' end
  from locked l where l.key is not null
  order by l.key_principal, l.key_operation, l.key
  on conflict do nothing
  returning instance_id
), moved as (
  update guildhall.instance i set version = l.version, snapshot = l.snapshot, state = l.state, status = l.status, head_hash = l.head_hash,
    machine_version = l.machine_version, held_since = to_timestamp(l.held_ms / 1000.0),
    last_tx = greatest(pg_current_xact_id(), l.last_tx), updated_at = to_timestamp(l.at_ms / 1000.0),
    ended_at = case when l.status = 'done' then to_timestamp(l.at_ms / 1000.0) end
  from locked l left join keyed k on k.instance_id = l.id
  where i.id = l.id and (l.key is null or k.instance_id is not null)
  returning i.id, i.last_tx, l.n
), passed as (
  select array(select moved.last_tx from generate_series(1, cardinality($1)) n left join moved on moved.n = n.n order by n.n) as tx
), recorded as (
  insert into guildhall.history (instance_id, seq, log_tx, at, source, event_type, event, from_state, state, actor_id, authority, hash)
  select ($1::uuid[])[h.n], h.seq, tx[h.n], to_timestamp(h.at_ms / 1000.0), h.source, h.event_type, h.event, h.from_state, h.state,
    h.actor_id, h.authority, h.hash
  from passed, unnest($14::int[], $15::int[], $16::bigint[], $17::text[], $18::text[], string_to_array($19, E'\\n'), $20::text[], $21::text[], $22::uuid[], $23::text[], $24::text[])
    as h (n, seq, at_ms, source, event_type, event, from_state, state, actor_id, authority, hash)
  where tx[h.n] is not null
  order by h.n, h.seq
), ended as (
  update guildhall.timer t set status = case when e.armed_seq is null then 'cancelled' else 'fired' end, ended_at = guildhall.now(), last_error = null
  from passed, unnest($25::int[], $26::text[], $27::int[]) as e (n, name, armed_seq)
  where tx[e.n] is not null and t.instance_id = ($1::uuid[])[e.n] and t.name = e.name and t.status = 'armed'
    and (e.armed_seq is null or t.armed_seq = e.armed_seq)
), armed as (
  insert into guildhall.timer (instance_id, name, armed_seq, event_type, due_at)
  select ($1::uuid[])[a.n], a.name, a.armed_seq, a.event_type, to_timestamp(a.due_ms / 1000.0)
  from passed, unnest($28::int[], $29::text[], $30::int[], $31::text[], $32::bigint[]) as a (n, name, armed_seq, event_type, due_ms)
  where tx[a.n] is not null
), sent as (
  insert into guildhall.delivery (id, instance_id, seq, type, params, next_attempt_at, created_at)
  select d.id, ($1::uuid[])[d.n], d.seq, d.type, d.params, clock_timestamp(), guildhall.now()
  from passed, unnest($33::uuid[], $34::int[], $35::int[], $36::text[], string_to_array($37, E'\\n')) as d (id, n, seq, type, params)
  where tx[d.n] is not null
), witnessed as (
  insert into guildhall.act (instance_id, seq, body, salt, details, details_hash)
  select ($1::uuid[])[a.n], a.seq, a.body, a.salt, a.details, a.details_hash
  from passed, unnest($40::int[], $41::int[], string_to_array($42, E'\\n'), $43::text[], string_to_array($44, E'\\n'), $45::text[])
    as a (n, seq, body, salt, details, details_hash)
  where tx[a.n] is not null
)
select id from moved`;
