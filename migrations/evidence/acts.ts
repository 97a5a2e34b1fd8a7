/**
 * Evidence of each act of a person, beside the chain: the event holds its hash. No foreign key to the history, whose row the same
 * statement writes.
 */
export const actTable = `
create table guildhall.act (
  instance_id uuid not null,
  seq integer not null,
  body text not null,
  details_hash text not null,
  salt text,
  details text,
  erased_at timestamptz,
  constraint act_pkey primary key (instance_id, seq),
  constraint act_erased_check check ((details is null) = (erased_at is not null) and (salt is null) = (details is null))
);
`;

/**
 * Nothing of an act changes, but that its personal half is taken out once. All who see the request read the open half; the
 * personal one is no column that the viewers' role may read, and comes by a function: to the person itself and to the platform.
 */
export const actFunctions = (app: string, visible: string) => `
grant select (instance_id, seq, body, details_hash, erased_at) on guildhall.act to ${app};
create policy viewer_reads on guildhall.act for select to ${app} using (${visible});

create function guildhall.allow_erasure() returns trigger language plpgsql
as $$ begin
  if tg_op = 'UPDATE' and old.erased_at is null and new.erased_at is not null
    and to_jsonb(new) - array['salt', 'details', 'erased_at'] = to_jsonb(old) - array['salt', 'details', 'erased_at']
    and new.details is null and new.salt is null
  then return new; end if;
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger act_append_only before update or delete on guildhall.act
  for each row execute function guildhall.allow_erasure();
create trigger act_no_truncate before truncate on guildhall.act
  for each statement execute function guildhall.refuse_change();

create function guildhall.act_details(instances uuid[], seqs integer[])
  returns table (instance_id uuid, seq integer, salt text, details text)
  language sql stable security definer set search_path = guildhall, pg_temp
as $$
  select a.instance_id, a.seq, a.salt, a.details
  from unnest(instances, seqs) as q (instance_id, seq)
  join guildhall.act a on a.instance_id = q.instance_id and a.seq = q.seq
  join guildhall.history h on h.instance_id = a.instance_id and h.seq = a.seq
  where a.details is not null and (h.actor_id = (select guildhall.viewer_id()) or (select guildhall.viewer_sees_all()))
$$;
revoke all on function guildhall.act_details(uuid[], integer[]) from public;
grant execute on function guildhall.act_details(uuid[], integer[]) to ${app};
`;
