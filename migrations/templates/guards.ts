/**
 * Versions of clauses and templates go from draft to review to publication, and then never change: by triggers, so that the database's
 * owner meets them as well.
 */
export const templateGuards = `
create function guildhall.guard_reviewed_version() returns trigger language plpgsql as $$
declare
  actor uuid := guildhall.viewer_id();
  movable text[] := '{status, revision, remark, updated_at, retired_at, effective}';
begin
  if (old.status, new.status) not in (('DRAFT', 'DRAFT'), ('DRAFT', 'IN_REVIEW'), ('IN_REVIEW', 'DRAFT'), ('IN_REVIEW', 'PUBLISHED'),
    ('PUBLISHED', 'PUBLISHED'), ('PUBLISHED', 'RETIRED')) then
    raise exception 'a version of % does not go from % to %', tg_table_name, old.status, new.status using errcode = 'restrict_violation';
  end if;
  if old.status = 'DRAFT' and new.status = 'DRAFT' then
    movable := movable || '{content, summary}'::text[];
  end if;
  if old.published_at is null then
    movable := movable || '{published_at, reviewer_id}'::text[];
  end if;
  if to_jsonb(old) - movable is distinct from to_jsonb(new) - movable then
    raise exception '% % is immutable', tg_table_name, old.id using errcode = 'restrict_violation';
  end if;
  -- Whoever writes a draft is not the one who reviews it; nobody else writes in it, so that this says enough.
  if actor is not null and (old.status = 'DRAFT' and actor is distinct from old.author_id
    or old.status = 'IN_REVIEW' and (actor is not distinct from old.author_id
      or new.status = 'PUBLISHED' and new.reviewer_id is distinct from actor)) then
    raise exception 'this step of % % is another person''s', tg_table_name, old.id using errcode = 'restrict_violation';
  end if;
  new.revision := old.revision + 1;
  new.updated_at := guildhall.now();
  return new;
end $$;

create function guildhall.guard_template_period() returns trigger language plpgsql as $$
declare
  past tstzrange := tstzrange(null, guildhall.now());
begin
  -- What was in force stays so for good; of what is to come only the end may move, or all of it be called off.
  if tg_op = 'UPDATE' and old.published_at is not null and (old.effective * past <> new.effective * past
    or not isempty(new.effective) and lower(old.effective) is distinct from lower(new.effective)) then
    raise exception 'template version % was in force at times that cannot be changed', old.id using errcode = 'restrict_violation';
  end if;
  if tg_op = 'UPDATE' and old.published_at is null and new.published_at is not null
    and coalesce(lower(new.effective), '-infinity') < guildhall.now() then
    raise exception 'a template version does not come into force in the past' using errcode = 'restrict_violation';
  end if;
  -- A draft may name drafts. What is published is published with all of its clauses.
  if new.content is not null and new.status = 'PUBLISHED' and exists (select from jsonb_array_elements_text(new.content -> 'clauses') c
    left join guildhall.clause_version v on v.id = c.value::uuid where v.published_at is null) then
    raise exception 'template version % has clauses that are not published', new.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- Runs as the owner: no serving role may write the trail itself, and no step can be taken without it.
create function guildhall.record_template_event() returns trigger language plpgsql
  security definer set search_path = guildhall, pg_temp as $$
begin
  insert into guildhall.template_event (clause_version_id, template_version_id, revision, at, actor_id, action, remark)
  values (case when tg_table_name = 'clause_version' then new.id end, case when tg_table_name = 'template_version' then new.id end,
    new.revision, guildhall.now(), guildhall.viewer_id(), case
    when tg_op = 'INSERT' then case new.status when 'DRAFT' then 'CREATED' else 'PUBLISHED' end
    when old.status = 'IN_REVIEW' and new.status = 'DRAFT' then 'REJECTED'
    when old.status = new.status then case new.status when 'DRAFT' then 'UPDATED' else 'PERIOD_CHANGED' end
    when new.status = 'IN_REVIEW' then 'SUBMITTED'
    else new.status end, new.remark);
  return null;
end $$;

create trigger template_version_period before insert or update on guildhall.template_version
  for each row execute function guildhall.guard_template_period();
${['clause_version', 'template_version']
  .map(
    (table) => `
create trigger ${table}_guard before update on guildhall.${table} for each row execute function guildhall.guard_reviewed_version();
create trigger ${table}_no_delete before delete on guildhall.${table} for each row execute function guildhall.refuse_change();
create trigger ${table}_no_truncate before truncate on guildhall.${table} for each statement execute function guildhall.refuse_change();
create trigger ${table}_trail after insert or update on guildhall.${table} for each row execute function guildhall.record_template_event();`,
  )
  .join('\n')}
`;
