/** Who exists: regions, people, guilds, and the versioned texts and numbers that requests pin. */
export const directoryTables = `
create extension if not exists btree_gist with schema guildhall;
create table guildhall.region (
  code text constraint region_pkey primary key,
  name text not null,
  time_zone text not null,
  currency text not null
);
create table guildhall.principal (
  id uuid constraint principal_pkey primary key,
  issuer text not null,
  subject text not null,
  display_name text not null,
  platform_role text constraint principal_platform_role_check check (platform_role in ('SUPPORT', 'POLICY', 'AUDITOR')),
  disabled_at timestamptz,
  constraint principal_subject_key unique (issuer, subject)
);
create table guildhall.guild (
  id uuid constraint guild_pkey primary key,
  name text not null,
  region_code text not null constraint guild_region_fkey references guildhall.region (code),
  status text not null default 'ACTIVE' constraint guild_status_check check (status in ('ACTIVE', 'SUSPENDED', 'CLOSED')),
  member_cap integer constraint guild_member_cap_check check (member_cap >= 0),
  created_at timestamptz not null
);
create table guildhall.guild_staff (
  guild_id uuid not null constraint guild_staff_guild_fkey references guildhall.guild (id),
  principal_id uuid not null constraint guild_staff_principal_fkey references guildhall.principal (id),
  role text not null constraint guild_staff_role_check check (role in ('OWNER', 'AGENT', 'FINANCE')),
  since timestamptz not null,
  until timestamptz,
  constraint guild_staff_pkey primary key (guild_id, principal_id, role)
);
create index guild_staff_principal_idx on guildhall.guild_staff (principal_id);
create table guildhall.broadcaster (
  id uuid constraint broadcaster_pkey primary key,
  principal_id uuid constraint broadcaster_principal_key unique constraint broadcaster_principal_fkey references guildhall.principal (id),
  handle text not null constraint broadcaster_handle_key unique,
  region_code text not null constraint broadcaster_region_fkey references guildhall.region (code),
  identity_verified_at timestamptz,
  birth_date date,
  of_age_attested_at timestamptz,
  attested_by text,
  banned_at timestamptz,
  locked_until timestamptz,
  created_at timestamptz not null
);
create table guildhall.policy_version (
  id uuid constraint policy_version_pkey primary key,
  name text not null,
  region_code text constraint policy_version_region_fkey references guildhall.region (code),
  number integer not null,
  effective_from timestamptz not null,
  parameters jsonb not null,
  published_at timestamptz not null,
  constraint policy_version_number_key unique (name, region_code, number)
);
create table guildhall.template_version (
  id uuid constraint template_version_pkey primary key,
  name text not null,
  number integer not null,
  body text not null,
  published_at timestamptz not null,
  constraint template_version_number_key unique (name, number)
);
`;

/** What the features keep beside an instance. A request has the id of its instance. */
export const featureTables = `
create table guildhall.request (
  id uuid constraint request_pkey primary key,
  kind text not null,
  broadcaster_id uuid not null constraint request_broadcaster_fkey references guildhall.broadcaster (id),
  guild_id uuid not null constraint request_guild_fkey references guildhall.guild (id),
  region_code text not null constraint request_region_fkey references guildhall.region (code),
  initiator text not null constraint request_initiator_check check (initiator in ('BROADCASTER', 'GUILD')),
  policy_version_id uuid not null constraint request_policy_version_fkey references guildhall.policy_version (id),
  template_version_id uuid not null constraint request_template_version_fkey references guildhall.template_version (id),
  created_at timestamptz not null,
  created_by uuid not null
);
create index request_guild_idx on guildhall.request (guild_id, created_at desc, id desc);
create index request_broadcaster_idx on guildhall.request (broadcaster_id, created_at desc, id desc);
create index request_created_idx on guildhall.request (created_at desc, id desc);
create table guildhall.agreement_version (
  id uuid constraint agreement_version_pkey primary key,
  request_id uuid not null constraint agreement_version_request_fkey references guildhall.request (id),
  version integer not null,
  terms jsonb not null,
  body text not null,
  sha256 text not null,
  created_at timestamptz not null,
  constraint agreement_version_number_key unique (request_id, version)
);
create table guildhall.membership (
  id uuid constraint membership_pkey primary key,
  request_id uuid not null constraint membership_request_key unique constraint membership_request_fkey references guildhall.request (id),
  broadcaster_id uuid not null constraint membership_broadcaster_fkey references guildhall.broadcaster (id),
  guild_id uuid not null constraint membership_guild_fkey references guildhall.guild (id),
  starts_at timestamptz not null,
  ends_at timestamptz,
  terms jsonb not null,
  constraint membership_period_check check (ends_at > starts_at),
  constraint membership_one_active exclude using gist (broadcaster_id with =, tstzrange(starts_at, ends_at) with &&)
);
create index membership_guild_idx on guildhall.membership (guild_id, starts_at desc, id desc);
create table guildhall.notification (
  id uuid constraint notification_pkey primary key,
  delivery_id uuid not null,
  principal_id uuid not null constraint notification_principal_fkey references guildhall.principal (id),
  request_id uuid not null constraint notification_request_fkey references guildhall.request (id),
  template text not null,
  created_at timestamptz not null,
  read_at timestamptz,
  constraint notification_once unique (delivery_id, principal_id)
);
create index notification_principal_idx on guildhall.notification (principal_id, created_at desc, id desc);
`;

/**
 * The durable runtime. No foreign keys from history, timers and deliveries to the instance: they are written by the same
 * statement that has just locked it, and each key would cost one more look-up a row on the hottest path.
 */
export const engineTables = `
create table guildhall.instance (
  id uuid constraint instance_pkey primary key,
  kind text not null,
  machine_version integer not null,
  state text not null,
  status text not null constraint instance_status_check check (status in ('active', 'done')),
  version integer not null,
  snapshot text not null,
  head_hash text not null,
  last_tx xid8 not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  ended_at timestamptz
) with (fillfactor = 70);
create index instance_active_idx on guildhall.instance (kind, machine_version) where status = 'active';
create table guildhall.history (
  instance_id uuid not null,
  seq integer not null,
  log_tx xid8 not null,
  log_id bigint not null generated always as identity,
  at timestamptz not null,
  source text not null constraint history_source_check check (source in ('start', 'outside', 'timer', 'effect')),
  event_type text not null,
  event text not null,
  from_state text,
  state text not null,
  actor_id uuid not null,
  authority text not null,
  hash text not null,
  constraint history_pkey primary key (instance_id, seq)
);
create index history_log_idx on guildhall.history (log_tx, log_id);
create table guildhall.timer (
  instance_id uuid not null,
  name text not null,
  armed_seq integer not null,
  event_type text not null,
  due_at timestamptz not null,
  status text not null default 'armed' constraint timer_status_check check (status in ('armed', 'fired', 'cancelled')),
  ended_at timestamptz,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  last_error text,
  constraint timer_pkey primary key (instance_id, name, armed_seq)
) with (fillfactor = 80);
create index timer_due_idx on guildhall.timer (due_at) where status = 'armed';
create table guildhall.idempotency (
  principal_id uuid not null,
  operation text not null,
  key text not null,
  request_hash text not null,
  instance_id uuid not null,
  seq integer not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  constraint idempotency_pkey primary key (principal_id, operation, key)
);
create index idempotency_expiry_idx on guildhall.idempotency (expires_at) where expires_at is not null;
create table guildhall.delivery (
  id uuid constraint delivery_pkey primary key,
  instance_id uuid not null,
  seq integer not null,
  type text not null,
  params text not null,
  status text not null default 'pending' constraint delivery_status_check check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  last_error text,
  created_at timestamptz not null,
  delivered_at timestamptz
) with (fillfactor = 80);
create index delivery_pending_idx on guildhall.delivery (next_attempt_at) where status = 'pending';
create index delivery_instance_idx on guildhall.delivery (instance_id);
create table guildhall.annex (
  id uuid constraint annex_pkey primary key,
  instance_id uuid not null,
  seq integer not null,
  kind text not null,
  salt text not null,
  body text,
  erased_at timestamptz
);
create index annex_instance_idx on guildhall.annex (instance_id);
create table guildhall.clock (
  singleton boolean default true constraint clock_pkey primary key constraint clock_singleton_check check (singleton),
  at timestamptz,
  shift interval not null default '0'
);
create table guildhall.log_epoch (
  singleton boolean default true constraint log_epoch_pkey primary key constraint log_epoch_singleton_check check (singleton),
  id uuid not null
);
insert into guildhall.log_epoch (id) values (gen_random_uuid());
`;
