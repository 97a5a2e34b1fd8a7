/**
 * A request may concern a second guild, a membership and another request; some kinds have no text of an agreement. No foreign
 * key to the membership, which itself points to the request that began it: the opener reads it, and memberships are never deleted.
 */
export const requestColumns = `
alter table guildhall.request
  alter column template_version_id drop not null,
  add column gaining_guild_id uuid constraint request_gaining_guild_fkey references guildhall.guild (id),
  add column membership_id uuid,
  add column parent_id uuid constraint request_parent_fkey references guildhall.request (id),
  add column relation text constraint request_relation_check check (relation in ('DISPUTES', 'REOPENS', 'REVERSES', 'PAYS', 'FOLLOWS')),
  add constraint request_parent_check check ((parent_id is null) = (relation is null)),
  drop constraint request_initiator_check,
  add constraint request_initiator_check
    check (initiator in ('BROADCASTER', 'GUARDIAN', 'GUILD', 'GAINING_GUILD', 'PLATFORM'));
create index request_gaining_guild_idx on guildhall.request (gaining_guild_id, created_at desc, id desc) where gaining_guild_id is not null;
create index request_membership_idx on guildhall.request (membership_id) where membership_id is not null;
create index request_parent_idx on guildhall.request (parent_id) where parent_id is not null;
alter table guildhall.instance add column held_since timestamptz;
create index instance_held_idx on guildhall.instance (held_since) where held_since is not null;
alter table guildhall.history
  drop constraint history_source_check,
  add constraint history_source_check check (source in ('start', 'outside', 'timer', 'effect', 'link'));
`;

/**
 * How a membership ended, and whether it counts at all: one that was annulled by a reversal keeps its row, and no longer
 * stands in the way of another.
 */
export const membershipColumns = `
alter table guildhall.membership
  add column ended_by_request_id uuid constraint membership_ended_by_fkey references guildhall.request (id),
  add column end_kind text constraint membership_end_kind_check
    check (end_kind in ('VOLUNTARY', 'GUILD_INITIATED', 'ENFORCED', 'EXPIRY', 'TRANSFER')),
  add column end_cause text,
  add column at_fault text constraint membership_at_fault_check check (at_fault in ('GUILD', 'BROADCASTER')),
  add column annulled_at timestamptz,
  add column annulled_by_request_id uuid constraint membership_annulled_by_fkey references guildhall.request (id),
  drop constraint membership_period_check,
  add constraint membership_period_check check (ends_at >= starts_at),
  drop constraint membership_one_active,
  add constraint membership_one_active
    exclude using gist (broadcaster_id with =, tstzrange(starts_at, ends_at) with &&) where (annulled_at is null);
alter table guildhall.membership drop constraint membership_request_key;
create unique index membership_request_key on guildhall.membership (request_id) where annulled_at is null;
create index membership_ended_by_idx on guildhall.membership (ended_by_request_id) where ended_by_request_id is not null;
create table guildhall.membership_terms (
  membership_id uuid not null constraint membership_terms_membership_fkey references guildhall.membership (id),
  request_id uuid not null constraint membership_terms_request_fkey references guildhall.request (id),
  effective_from timestamptz not null,
  terms jsonb not null,
  constraint membership_terms_pkey primary key (membership_id, request_id)
);
insert into guildhall.membership_terms (membership_id, request_id, effective_from, terms)
  select id, request_id, starts_at, terms from guildhall.membership;
create table guildhall.guardian (
  broadcaster_id uuid not null constraint guardian_broadcaster_fkey references guildhall.broadcaster (id),
  principal_id uuid not null constraint guardian_principal_fkey references guildhall.principal (id),
  since timestamptz not null,
  until timestamptz,
  constraint guardian_pkey primary key (broadcaster_id, principal_id, since),
  constraint guardian_period_check check (until >= since)
);
create unique index guardian_current_key on guildhall.guardian (broadcaster_id) where until is null;
create index guardian_principal_idx on guildhall.guardian (principal_id) where until is null;
create table guildhall.statement (
  id uuid constraint statement_pkey primary key,
  request_id uuid not null constraint statement_request_key unique constraint statement_request_fkey references guildhall.request (id),
  membership_id uuid constraint statement_membership_fkey references guildhall.membership (id),
  currency text not null,
  lines jsonb not null,
  total_minor bigint not null,
  note text not null,
  issued_at timestamptz not null
);
`;

/** The viewer's wards come with the viewer, so that a guardian sees what the minor sees. */
export const viewerFunctions = (app: string) => `
create function guildhall.viewer_wards() returns uuid[] language sql stable
  as $$ select coalesce(nullif(current_setting('guildhall.viewer_wards', true), '')::uuid[], '{}'::uuid[]) $$;
drop function guildhall.open_viewer(text, text);
-- Runs as the owner, so that a viewer can be recognised before there is a viewer. No row: unknown or disabled.
create function guildhall.open_viewer(issuer text, subject text)
  returns table (principal_id uuid, platform_role text, broadcaster_id uuid, guild_ids uuid[], guild_roles text[], ward_ids uuid[])
  language plpgsql security definer set search_path = guildhall, pg_temp
as $$
begin
  perform set_config('guildhall.viewer_id', '', true), set_config('guildhall.viewer_role', '', true),
    set_config('guildhall.viewer_broadcaster', '', true), set_config('guildhall.viewer_guilds', '', true),
    set_config('guildhall.viewer_wards', '', true);
  select p.id, p.platform_role, b.id,
    array(select s.guild_id from guildhall.guild_staff s where s.principal_id = p.id and s.until is null order by s.guild_id, s.role),
    array(select s.role from guildhall.guild_staff s where s.principal_id = p.id and s.until is null order by s.guild_id, s.role),
    array(select g.broadcaster_id from guildhall.guardian g where g.principal_id = p.id and g.until is null order by 1)
  into principal_id, platform_role, broadcaster_id, guild_ids, guild_roles, ward_ids
  from guildhall.principal p left join guildhall.broadcaster b on b.principal_id = p.id
  where p.issuer = open_viewer.issuer and p.subject = open_viewer.subject and p.disabled_at is null;
  if found then
    perform set_config('guildhall.viewer_id', principal_id::text, true),
      set_config('guildhall.viewer_role', coalesce(platform_role, ''), true),
      set_config('guildhall.viewer_broadcaster', coalesce(broadcaster_id::text, ''), true),
      set_config('guildhall.viewer_guilds', guild_ids::text, true),
      set_config('guildhall.viewer_wards', ward_ids::text, true);
    return next;
  end if;
end $$;
revoke all on function guildhall.open_viewer(text, text) from public;
grant execute on function guildhall.open_viewer(text, text) to ${app};
`;
