/**
 * What is to be done, one row an item. Counters stand on the operation and are moved by the statement that moves the items,
 * so that progress is one row to read however many items there are.
 */
export const bulkTables = `
create table guildhall.bulk_operation (
  id uuid constraint bulk_operation_pkey primary key,
  type text not null,
  target_type text not null,
  reason_code text not null,
  comment text,
  params jsonb not null,
  created_by uuid not null constraint bulk_operation_creator_fkey references guildhall.principal (id),
  created_at timestamptz not null,
  idempotency_key text,
  request_hash text not null,
  total integer not null default 0,
  done integer not null default 0,
  failed integer not null default 0,
  cancelled integer not null default 0,
  status text not null constraint bulk_operation_status_check check (status in ('RUNNING', 'PAUSED', 'CANCELLED', 'DONE')),
  finished_at timestamptz,
  constraint bulk_operation_once unique (created_by, idempotency_key),
  constraint bulk_operation_counters_check check (done >= 0 and failed >= 0 and cancelled >= 0 and done + failed + cancelled <= total)
) with (fillfactor = 70);
create index bulk_operation_open_idx on guildhall.bulk_operation (id) where finished_at is null;
create index bulk_operation_created_idx on guildhall.bulk_operation (created_at desc, id desc);
create table guildhall.bulk_item (
  operation_id uuid not null constraint bulk_item_operation_fkey references guildhall.bulk_operation (id),
  n integer not null,
  target_id uuid not null,
  status text not null default 'pending' constraint bulk_item_status_check check (status in ('pending', 'done', 'failed', 'cancelled')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  refusal_code text,
  reasons jsonb,
  last_error text,
  result_instance_id uuid,
  finished_at timestamptz,
  constraint bulk_item_pkey primary key (operation_id, n),
  constraint bulk_item_once unique (target_id, operation_id)
) with (fillfactor = 80);
create index bulk_item_pending_idx on guildhall.bulk_item (operation_id, next_attempt_at, n) where status = 'pending';
create index bulk_item_status_idx on guildhall.bulk_item (operation_id, status, n);
`;

/** Beside a request, never in its history: whose case it is, how urgent, and what agents write about it. */
export const deskTables = `
create table guildhall.case_file (
  request_id uuid constraint case_file_pkey primary key constraint case_file_request_fkey references guildhall.request (id),
  assignee_id uuid constraint case_file_assignee_fkey references guildhall.principal (id),
  priority smallint constraint case_file_priority_check check (priority between 0 and 3),
  follow_up_at timestamptz,
  revision integer not null default 0,
  updated_at timestamptz not null
);
create index case_file_assignee_idx on guildhall.case_file (assignee_id) where assignee_id is not null;
create index case_file_follow_up_idx on guildhall.case_file (follow_up_at) where follow_up_at is not null;
create index case_file_priority_idx on guildhall.case_file (priority) where priority is not null;
create table guildhall.case_note (
  id uuid constraint case_note_pkey primary key,
  request_id uuid not null constraint case_note_request_fkey references guildhall.request (id),
  author_id uuid not null constraint case_note_author_fkey references guildhall.principal (id),
  body text constraint case_note_body_check check (char_length(body) between 1 and 4000),
  idempotency_key text,
  created_at timestamptz not null,
  erased_at timestamptz,
  constraint case_note_once unique (author_id, idempotency_key),
  constraint case_note_erased_check check ((body is null) = (erased_at is not null))
);
create index case_note_request_idx on guildhall.case_note (request_id, created_at desc, id desc);

create function guildhall.only_erasure() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.erased_at is null and new.erased_at is not null and new.body is null
    and (to_jsonb(new) - 'body' - 'erased_at') = (to_jsonb(old) - 'body' - 'erased_at') then
    return new;
  end if;
  raise exception '% is append-only but for erasure', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger case_note_append_only before update or delete on guildhall.case_note
  for each row execute function guildhall.only_erasure();
create trigger case_note_no_truncate before truncate on guildhall.case_note
  for each statement execute function guildhall.refuse_change();
`;

/**
 * ILIKE is not leakproof, so under row-level security no index may serve it: the planner must first decide which rows are
 * visible. The function runs as the owner, whose policy is no barrier, and asks itself who is looking. By index at any size: how
 * many rows a pattern finds is a guess that the planner gets wrong.
 */
export const search = `
create extension if not exists pg_trgm with schema guildhall;
create index broadcaster_handle_trgm_idx on guildhall.broadcaster using gin (handle guildhall.gin_trgm_ops);
create index guild_name_trgm_idx on guildhall.guild using gin (name guildhall.gin_trgm_ops);
create index case_note_body_trgm_idx on guildhall.case_note using gin (body guildhall.gin_trgm_ops);
create index annex_body_trgm_idx on guildhall.annex using gin (body guildhall.gin_trgm_ops);

create function guildhall.case_text_matches(pattern text) returns setof uuid
  language plpgsql stable security definer rows 200 set search_path = guildhall, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  if not guildhall.viewer_sees_all() then return; end if;
  return query
    select r.id from guildhall.broadcaster b join guildhall.request r on r.broadcaster_id = b.id where b.handle ilike pattern
    union select r.id from guildhall.guild g join guildhall.request r on r.guild_id = g.id where g.name ilike pattern
    union select n.request_id from guildhall.case_note n where n.body ilike pattern
    union select a.instance_id from guildhall.annex a where a.body ilike pattern;
end $$;

create function guildhall.viewer_is_support() returns boolean language sql stable
  as $$ select coalesce(current_setting('guildhall.viewer_role', true) = 'SUPPORT', false) $$;
`;
