export const policyColumns = `
create function guildhall.viewer_writes_policies() returns boolean language sql stable
  as $$ select coalesce(nullif(current_setting('guildhall.viewer_role', true), '') = 'POLICY', false) $$;

alter table guildhall.policy_version
  alter column effective_from drop not null,
  alter column published_at drop not null,
  add column status text not null default 'DRAFT',
  add column revision integer not null default 1,
  add column summary text,
  add column rules jsonb not null default '{}',
  add column effective tstzrange,
  add column based_on_id uuid constraint policy_version_based_on_fkey references guildhall.policy_version (id),
  add column author_id uuid constraint policy_version_author_fkey references guildhall.principal (id),
  add column reviewer_id uuid constraint policy_version_reviewer_fkey references guildhall.principal (id),
  add column remark text,
  add column creation_key text,
  add column creation_sha256 text,
  add column created_at timestamptz not null default guildhall.now(),
  add column updated_at timestamptz not null default guildhall.now(),
  add column retired_at timestamptz;

-- So far the newest start was in force: what is older ends where it begins. Of two that begin together the older never was.
update guildhall.policy_version v set status = 'PUBLISHED', created_at = v.published_at, updated_at = v.published_at,
  effective = tstzrange(v.effective_from, w.until)
from (select id, lead(effective_from) over (partition by name, region_code order by effective_from, number) as until
  from guildhall.policy_version) w where w.id = v.id;

alter table guildhall.policy_version
  add constraint policy_version_status_check check (status in ('DRAFT', 'IN_REVIEW', 'PUBLISHED', 'RETIRED')),
  add constraint policy_version_published_check check ((status in ('PUBLISHED', 'RETIRED')) = (published_at is not null)),
  add constraint policy_version_effective_check check ((published_at is null) = (effective is null)),
  -- No author: entered with SQL by the owner of the database, who is beyond any second person.
  add constraint policy_version_second_person check (coalesce(reviewer_id <> author_id, true)
    and (published_at is null or author_id is null or reviewer_id is not null)),
  add constraint policy_version_creation_key unique (author_id, creation_key),
  drop constraint policy_version_number_key,
  add constraint policy_version_number_key unique nulls not distinct (name, region_code, number),
  -- Two nulls are never equal, so the versions for everywhere have a key of their own kind.
  add constraint policy_version_no_overlap exclude using gist (name with =, coalesce(region_code, '') with =,
    (case when region_code is null then 1 else 0 end) with =, effective with &&);
create index policy_version_region_idx on guildhall.policy_version (region_code);
`;

export const policyEvents = `
create table guildhall.policy_event (
  policy_version_id uuid not null constraint policy_event_version_fkey references guildhall.policy_version (id),
  revision integer not null,
  at timestamptz not null,
  actor_id uuid constraint policy_event_actor_fkey references guildhall.principal (id),
  action text not null constraint policy_event_action_check check (action in
    ('CREATED', 'UPDATED', 'SUBMITTED', 'REJECTED', 'PUBLISHED', 'PERIOD_CHANGED', 'RETIRED')),
  remark text,
  constraint policy_event_pkey primary key (policy_version_id, revision)
);
insert into guildhall.policy_event (policy_version_id, revision, at, action, remark)
  select id, revision, published_at, 'PUBLISHED', 'Entered before there was a review.' from guildhall.policy_version;
create trigger policy_event_append_only before update or delete on guildhall.policy_event
  for each row execute function guildhall.refuse_change();
create trigger policy_event_no_truncate before truncate on guildhall.policy_event
  for each statement execute function guildhall.refuse_change();
`;

export const policyGuards = `
create function guildhall.guard_policy_version() returns trigger language plpgsql as $$
declare
  actor uuid := guildhall.viewer_id();
  past tstzrange := tstzrange(null, guildhall.now());
begin
  if tg_op = 'UPDATE' then
    if (old.status, new.status) not in (('DRAFT', 'DRAFT'), ('DRAFT', 'IN_REVIEW'), ('IN_REVIEW', 'DRAFT'), ('IN_REVIEW', 'PUBLISHED'),
      ('PUBLISHED', 'PUBLISHED'), ('PUBLISHED', 'RETIRED')) then
      raise exception 'a policy version does not go from % to %', old.status, new.status using errcode = 'restrict_violation';
    end if;
    if (old.id, old.name, old.region_code, old.number, old.author_id, old.based_on_id, old.creation_key, old.creation_sha256, old.created_at)
      is distinct from
      (new.id, new.name, new.region_code, new.number, new.author_id, new.based_on_id, new.creation_key, new.creation_sha256, new.created_at)
      or (new.status <> 'DRAFT' or old.status <> 'DRAFT')
        and (old.parameters, old.rules, old.summary) is distinct from (new.parameters, new.rules, new.summary)
      or old.published_at is not null and (old.published_at, old.reviewer_id) is distinct from (new.published_at, new.reviewer_id) then
      raise exception 'policy version % is immutable', old.id using errcode = 'restrict_violation';
    end if;
    -- What was in force stays so for good; of what is to come only the end may move, or all of it be called off.
    if old.published_at is not null and (old.effective * past <> new.effective * past
      or not isempty(new.effective) and lower(old.effective) is distinct from lower(new.effective)) then
      raise exception 'policy version % was in force at times that cannot be changed', old.id using errcode = 'restrict_violation';
    end if;
    if old.published_at is null and new.published_at is not null and coalesce(lower(new.effective), '-infinity') < guildhall.now() then
      raise exception 'a policy version does not come into force in the past' using errcode = 'restrict_violation';
    end if;
    -- Whoever writes a draft is not the one who reviews it; nobody else writes in it, so that this says enough.
    if actor is not null and (old.status = 'DRAFT' and actor is distinct from old.author_id
      or old.status = 'IN_REVIEW' and (actor is not distinct from old.author_id
        or new.status = 'PUBLISHED' and new.reviewer_id is distinct from actor)) then
      raise exception 'this step of policy version % is another person''s', old.id using errcode = 'restrict_violation';
    end if;
    new.revision := old.revision + 1;
    new.updated_at := guildhall.now();
  end if;
  new.effective_from := lower(new.effective);
  return new;
end $$;
create trigger policy_version_guard before insert or update on guildhall.policy_version
  for each row execute function guildhall.guard_policy_version();
create trigger policy_version_no_delete before delete on guildhall.policy_version
  for each row execute function guildhall.refuse_change();
create trigger policy_version_no_truncate before truncate on guildhall.policy_version
  for each statement execute function guildhall.refuse_change();

-- Runs as the owner: no serving role may write the trail itself, and no step can be taken without it.
create function guildhall.record_policy_event() returns trigger language plpgsql
  security definer set search_path = guildhall, pg_temp as $$
begin
  insert into guildhall.policy_event (policy_version_id, revision, at, actor_id, action, remark)
  values (new.id, new.revision, guildhall.now(), guildhall.viewer_id(), case
    when tg_op = 'INSERT' then case new.status when 'DRAFT' then 'CREATED' else 'PUBLISHED' end
    when old.status = 'IN_REVIEW' and new.status = 'DRAFT' then 'REJECTED'
    when old.status = new.status then case new.status when 'DRAFT' then 'UPDATED' else 'PERIOD_CHANGED' end
    when new.status = 'IN_REVIEW' then 'SUBMITTED'
    else new.status end, new.remark);
  return null;
end $$;
create trigger policy_version_trail after insert or update on guildhall.policy_version
  for each row execute function guildhall.record_policy_event();
`;
