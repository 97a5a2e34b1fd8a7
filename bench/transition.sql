-- The reference: what the second SIGN_AGREEMENT of a JOIN writes, as a multi-statement transaction. The bench passes every
-- value from a row that the engine itself has written, so the sizes are the real ones, and checks that the number of rows of
-- each table is. Instances are taken in random order, as by the engine's callers; other ids grow with time, as UUIDv7 does.
\set taken :taken + 1
\set turn :taken * :clients + :client_id
\set n :first + permute(:turn, :slice, 4711)
begin;
select kind, machine_version, state, status, version, snapshot, head_hash, last_tx, updated_at, guildhall.now() from guildhall.instance where id = (:idprefix || lpad(:n::text, 12, '0'))::uuid for update;
insert into guildhall.idempotency (principal_id, operation, key, request_hash, instance_id, seq, created_at, expires_at) values (:principal::uuid, :operation, gen_random_uuid()::text, :hash, (:idprefix || lpad(:n::text, 12, '0'))::uuid, :version::int, transaction_timestamp(), transaction_timestamp() + interval '30 days');
update guildhall.instance set version = :version::int, snapshot = :snapshot, state = :state, head_hash = :hash, last_tx = greatest(pg_current_xact_id(), last_tx), updated_at = transaction_timestamp() where id = (:idprefix || lpad(:n::text, 12, '0'))::uuid and version = :version::int - 1;
insert into guildhall.history (instance_id, seq, log_tx, at, source, event_type, event, from_state, state, actor_id, authority, hash) values ((:idprefix || lpad(:n::text, 12, '0'))::uuid, :version::int, pg_current_xact_id(), transaction_timestamp(), 'outside', 'SIGN_AGREEMENT', :event, :fromstate, :state, :principal::uuid, :authority, :hash);
insert into guildhall.act (instance_id, seq, body, details_hash, salt, details) values ((:idprefix || lpad(:n::text, 12, '0'))::uuid, :version::int, :actbody, :actdetailshash, :actsalt, :actdetails);
update guildhall.timer set status = 'cancelled', ended_at = transaction_timestamp(), last_error = null where instance_id = (:idprefix || lpad(:n::text, 12, '0'))::uuid and name = :cancelled and status = 'armed';
insert into guildhall.timer (instance_id, name, armed_seq, event_type, due_at) values ((:idprefix || lpad(:n::text, 12, '0'))::uuid, :armed, :version::int, :timerevent, transaction_timestamp() + interval '14 days');
insert into guildhall.delivery (id, instance_id, seq, type, params, next_attempt_at, created_at) values ((:deliveryprefix || lpad((2 * :turn)::text, 12, '0'))::uuid, (:idprefix || lpad(:n::text, 12, '0'))::uuid, :version::int, :deliverytype1, :params1, clock_timestamp(), transaction_timestamp()), ((:deliveryprefix || lpad((2 * :turn + 1)::text, 12, '0'))::uuid, (:idprefix || lpad(:n::text, 12, '0'))::uuid, :version::int, :deliverytype2, :params2, clock_timestamp(), transaction_timestamp());
commit;
