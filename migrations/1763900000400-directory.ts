import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protect, roleNames, SEES_ALL } from './support/protect.js';

const columns = `
alter table guildhall.guild
  add column merged_into_id uuid constraint guild_merged_into_fkey references guildhall.guild (id),
  add column merges_at timestamptz,
  add column owner_last_seen_at timestamptz,
  add column last_activity_at timestamptz,
  add constraint guild_merger_check check ((merged_into_id is null) = (merges_at is null) and merged_into_id <> id);
alter table guildhall.broadcaster
  add column restricted_at timestamptz,
  add column erased_at timestamptz,
  add column payee_changed_at timestamptz;
`;

/**
 * The audit trail, and what a caller sent beside it: key and words are the caller's own and may name somebody, so they stand
 * apart and can be erased, with the salt without which the hash says nothing.
 */
const tables = `
create table guildhall.directory_event (
  id uuid constraint directory_event_pkey primary key,
  at timestamptz not null,
  actor_id uuid constraint directory_event_actor_fkey references guildhall.principal (id),
  authority text not null constraint directory_event_authority_check
    check (authority in ('SUPPORT', 'GUILD_OWNER', 'GUARDIAN', 'SELF', 'OPERATOR')),
  subject_type text not null constraint directory_event_subject_check check (subject_type in ('Principal', 'Guild', 'Broadcaster')),
  subject_id uuid not null,
  action text not null,
  reason_code text not null,
  details jsonb not null,
  constraint directory_event_operator_check check ((actor_id is null) = (authority = 'OPERATOR'))
);
create index directory_event_subject_idx on guildhall.directory_event (subject_type, subject_id, id);
create index directory_event_actor_idx on guildhall.directory_event (actor_id, id);
create table guildhall.directory_command (
  event_id uuid constraint directory_command_pkey primary key
    constraint directory_command_event_fkey references guildhall.directory_event (id),
  actor_id uuid not null,
  action text not null,
  idempotency_key text,
  salt text not null,
  request_hash text,
  comment text,
  erased_at timestamptz,
  constraint directory_command_key unique (actor_id, action, idempotency_key)
);
create table guildhall.activity_month (
  broadcaster_id uuid not null constraint activity_month_broadcaster_fkey references guildhall.broadcaster (id),
  month date not null constraint activity_month_first_check check (month = date_trunc('month', month::timestamp)::date),
  days integer not null constraint activity_month_days_check check (days between 0 and 31),
  minutes integer not null constraint activity_month_minutes_check check (minutes between 0 and 44640),
  income_minor bigint not null,
  currency text not null,
  source text not null,
  line_id text not null,
  reported_at timestamptz not null,
  constraint activity_month_pkey primary key (broadcaster_id, month),
  constraint activity_month_line_key unique (source, line_id)
);
`;

/** Whom bulk work that a change sets off is done by; see `PLATFORM_PRINCIPAL_ID`. No issuer of this name can be configured. */
const platform = `
insert into guildhall.principal (id, issuer, subject, display_name, platform_role)
values ('00000000-0000-7000-8000-000000000001', 'urn:guildhall:internal', 'platform', 'Guildhall', 'SUPPORT');
`;

/**
 * The engine's role gets the columns that the directory's door writes, and no others: nobody's platform role, no guild's region
 * and nobody else's identity can be changed with them. Deletes stay forbidden, but for the inbox of somebody who is erased.
 */
const grants = (engine: string) => `
grant insert (id, issuer, subject, display_name), update (subject, display_name, disabled_at) on guildhall.principal to ${engine};
grant insert (id, name, region_code, member_cap, created_at),
  update (status, member_cap, merged_into_id, merges_at, owner_last_seen_at, last_activity_at) on guildhall.guild to ${engine};
grant insert, update (since, until) on guildhall.guild_staff to ${engine};
grant insert (id, principal_id, handle, region_code, created_at),
  update (handle, identity_verified_at, birth_date, of_age_attested_at, attested_by, banned_at, locked_until, restricted_at, erased_at,
    payee_changed_at) on guildhall.broadcaster to ${engine};
grant insert, update (until) on guildhall.guardian to ${engine};
grant update (salt, body, erased_at) on guildhall.annex to ${engine};
grant delete on guildhall.notification to ${engine};
`;

/**
 * "Every change of the directory is in the audit trail" by the database itself: who writes as the engine must have recorded an event
 * by the time of the commit. Columns that tell what was observed, not decided (a lock that a transfer leaves behind, when an owner
 * was last seen), are outside. The owner is not asked: migrations and seeds have nobody to name.
 */
const guards = (engineLiteral: string) => `
create function guildhall.note_directory_event() returns trigger language plpgsql
  as $$ begin perform set_config('guildhall.directory_event', new.id::text, true); return null; end $$;
create trigger directory_event_noted after insert on guildhall.directory_event
  for each row execute function guildhall.note_directory_event();
create function guildhall.require_directory_event() returns trigger language plpgsql
  as $$ begin
    if current_user = ${engineLiteral} and coalesce(current_setting('guildhall.directory_event', true), '') = '' then
      raise exception 'A change of % needs a row in directory_event.', tg_table_name using errcode = 'restrict_violation';
    end if;
    return null;
  end $$;
create constraint trigger principal_in_trail after insert or update on guildhall.principal
  deferrable initially deferred for each row execute function guildhall.require_directory_event();
create constraint trigger guild_in_trail after insert or update of status, member_cap, merged_into_id, merges_at on guildhall.guild
  deferrable initially deferred for each row execute function guildhall.require_directory_event();
create constraint trigger guild_staff_in_trail after insert or update on guildhall.guild_staff
  deferrable initially deferred for each row execute function guildhall.require_directory_event();
create constraint trigger guardian_in_trail after insert or update on guildhall.guardian
  deferrable initially deferred for each row execute function guildhall.require_directory_event();
create constraint trigger broadcaster_in_trail after insert or update of handle, identity_verified_at, birth_date, of_age_attested_at,
    attested_by, banned_at, restricted_at, erased_at, payee_changed_at on guildhall.broadcaster
  deferrable initially deferred for each row execute function guildhall.require_directory_event();
create constraint trigger activity_month_in_trail after insert or update on guildhall.activity_month
  deferrable initially deferred for each row execute function guildhall.require_directory_event();
create trigger directory_event_append_only before update or delete on guildhall.directory_event
  for each row execute function guildhall.refuse_change();
create trigger directory_event_no_truncate before truncate on guildhall.directory_event
  for each statement execute function guildhall.refuse_change();
`;

/** The directory as support drives it: an audit trail, what broadcasters did by month, and the rights to write through one door. */
export class Directory1763900000400 implements MigrationInterface {
  readonly name = 'Directory1763900000400';

  async up(runner: QueryRunner): Promise<void> {
    const { engine } = await roleNames(runner);
    for (const statement of [columns, tables, platform]) await runner.query(statement);
    await protect(runner, {
      directory_event: {
        viewerReads: `${SEES_ALL} or actor_id = (select guildhall.viewer_id())`,
        engine: 'select, insert',
      },
      directory_command: {
        viewerReads: SEES_ALL,
        engine: 'select, insert, update (idempotency_key, salt, request_hash, comment, erased_at)',
      },
      activity_month: {
        viewerReads: `${SEES_ALL} or broadcaster_id = (select guildhall.viewer_broadcaster())`,
        engine: 'select, insert, update',
      },
    });
    const literal = `'${engine.slice(1, -1).replaceAll('""', '"').replaceAll("'", "''")}'`;
    for (const statement of [grants(engine), guards(literal)]) await runner.query(statement);
  }

  async down(): Promise<void> {
    // A system of record does not drop its records: restore a backup instead.
    throw new Error('The directory migration cannot be reverted.');
  }
}
