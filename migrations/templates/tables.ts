/** What versions that are written by one and published by another have in common. */
const reviewed = (table: string) => `
  summary text,
  content jsonb,
  based_on_id uuid constraint ${table}_based_on_fkey references guildhall.${table} (id),
  author_id uuid constraint ${table}_author_fkey references guildhall.principal (id),
  reviewer_id uuid constraint ${table}_reviewer_fkey references guildhall.principal (id),
  remark text,
  creation_key text,
  creation_sha256 text,
  created_at timestamptz not null default guildhall.now(),
  updated_at timestamptz not null default guildhall.now(),
  retired_at timestamptz`;

const added = (table: string) =>
  reviewed(table)
    .split(',\n')
    .map((column) => `add column ${column.trim()}`)
    .join(',\n  ');

const checks = (table: string) => `
  constraint ${table}_status_check check (status in ('DRAFT', 'IN_REVIEW', 'PUBLISHED', 'RETIRED')),
  constraint ${table}_published_check check ((status in ('PUBLISHED', 'RETIRED')) = (published_at is not null)),
  -- No author: entered with SQL by the owner of the database, who is beyond any second person.
  constraint ${table}_second_person check (coalesce(reviewer_id <> author_id, true)
    and (published_at is null or author_id is null or reviewer_id is not null)),
  constraint ${table}_creation_key unique (author_id, creation_key)`;

export const clauseTable = `
create table guildhall.clause_version (
  id uuid constraint clause_version_pkey primary key,
  key text not null,
  number integer not null,
  status text not null default 'DRAFT',
  revision integer not null default 1,${reviewed('clause_version')},
  published_at timestamptz,
  constraint clause_version_number_key unique (key, number),
  constraint clause_version_content_check check (content is not null),${checks('clause_version')}
);
`;

/**
 * A template's version was a text; from here on it is one put together from clauses. Those of before stay what they are, because running
 * requests have pinned them.
 */
export const templateColumns = `
alter table guildhall.template_version
  alter column body drop not null,
  alter column published_at drop not null,
  add column region_code text constraint template_version_region_fkey references guildhall.region (code),
  add column status text not null default 'DRAFT',
  add column revision integer not null default 1,
  add column effective tstzrange,
  ${added('template_version')};

-- So far the greatest number that was published was in force.
update guildhall.template_version v set status = 'PUBLISHED', created_at = v.published_at, updated_at = v.published_at, effective = w.effective
from (select t.id, case when exists (select from guildhall.template_version o where o.name = t.name and o.number > t.number and o.published_at <= t.published_at)
    then 'empty'::tstzrange
    else tstzrange(t.published_at, (select min(o.published_at) from guildhall.template_version o where o.name = t.name and o.number > t.number)) end as effective
  from guildhall.template_version t) w where w.id = v.id;

alter table guildhall.template_version
  ${checks('template_version')
    .split('\n')
    .map((line) => line.replace(/^ {2}constraint/, '  add constraint'))
    .join('\n')},
  add constraint template_version_content_check check ((body is null) <> (content is null)),
  add constraint template_version_effective_check check ((published_at is null) = (effective is null)),
  drop constraint template_version_number_key,
  add constraint template_version_number_key unique nulls not distinct (name, region_code, number),
  -- Two nulls are never equal, so the versions for everywhere have a key of their own kind.
  add constraint template_version_no_overlap exclude using gist (name with =, coalesce(region_code, '') with =,
    (case when region_code is null then 1 else 0 end) with =, effective with &&);
create index template_version_region_idx on guildhall.template_version (region_code);
`;

/** What an agreement was made of, so that it can be read in another language; and the language that holds. */
export const agreementColumns = `
alter table guildhall.region add column locale text not null default 'en';
update guildhall.region set locale = 'zh-CN' where code = 'CN';
alter table guildhall.request add column locale text;
alter table guildhall.agreement_version
  add column document text,
  add column filled_with jsonb,
  add constraint agreement_version_document_check check ((document is null) = (filled_with is null));
`;

export const templateEvents = `
create table guildhall.template_event (
  id uuid constraint template_event_pkey primary key default gen_random_uuid(),
  clause_version_id uuid constraint template_event_clause_fkey references guildhall.clause_version (id),
  template_version_id uuid constraint template_event_template_fkey references guildhall.template_version (id),
  revision integer not null,
  at timestamptz not null,
  actor_id uuid constraint template_event_actor_fkey references guildhall.principal (id),
  action text not null constraint template_event_action_check check (action in
    ('CREATED', 'UPDATED', 'SUBMITTED', 'REJECTED', 'PUBLISHED', 'PERIOD_CHANGED', 'RETIRED')),
  remark text,
  constraint template_event_subject_check check (num_nonnulls(clause_version_id, template_version_id) = 1),
  constraint template_event_revision_key unique nulls not distinct (clause_version_id, template_version_id, revision)
);
insert into guildhall.template_event (template_version_id, revision, at, action, remark)
  select id, revision, published_at, 'PUBLISHED', 'Entered before there was a review.' from guildhall.template_version;
create trigger template_event_append_only before update or delete on guildhall.template_event
  for each row execute function guildhall.refuse_change();
create trigger template_event_no_truncate before truncate on guildhall.template_event
  for each statement execute function guildhall.refuse_change();
`;
