import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protect, SEES_ALL } from './support/protect.js';

/**
 * One-time codes and the attempts to redeem one. Of a code only a salted hash is kept: `selector` is the part by which the row is
 * found, and no secret. At most one code of a broadcaster is good at a time, which the database sees to.
 */
const codes = `
create table guildhall.transfer_code (
  id uuid constraint transfer_code_pkey primary key,
  broadcaster_id uuid not null constraint transfer_code_broadcaster_fkey references guildhall.broadcaster (id),
  membership_id uuid not null constraint transfer_code_membership_fkey references guildhall.membership (id),
  selector text not null,
  salt text not null,
  hash text not null,
  created_at timestamptz not null,
  created_by uuid not null constraint transfer_code_creator_fkey references guildhall.principal (id),
  expires_at timestamptz not null,
  voided_at timestamptz,
  used_at timestamptz,
  used_by_request_id uuid constraint transfer_code_request_fkey references guildhall.request (id),
  constraint transfer_code_use_check check ((used_at is null) = (used_by_request_id is null) and (used_at is null or voided_at is null))
);
create unique index transfer_code_current_key on guildhall.transfer_code (broadcaster_id) where voided_at is null and used_at is null;
create index transfer_code_broadcaster_idx on guildhall.transfer_code (broadcaster_id, created_at desc);
create index transfer_code_selector_idx on guildhall.transfer_code (selector);
create table guildhall.transfer_code_attempt (
  id uuid constraint transfer_code_attempt_pkey primary key,
  principal_id uuid not null constraint transfer_code_attempt_principal_fkey references guildhall.principal (id),
  guild_id uuid not null constraint transfer_code_attempt_guild_fkey references guildhall.guild (id),
  at timestamptz not null,
  succeeded_at timestamptz
);
create index transfer_code_attempt_principal_idx on guildhall.transfer_code_attempt (principal_id, at desc) where succeeded_at is null;
create index transfer_code_attempt_guild_idx on guildhall.transfer_code_attempt (guild_id, at desc) where succeeded_at is null;
`;

/** A version may have a text for each guild: what the broadcaster is offered is none of the losing guild's business. */
const audiences = `
alter table guildhall.agreement_version
  add column audience text not null default 'ALL' constraint agreement_version_audience_check check (audience in ('ALL', 'GUILD', 'GAINING_GUILD')),
  drop constraint agreement_version_number_key,
  add constraint agreement_version_number_key unique (request_id, version, audience);
alter policy viewer_reads on guildhall.agreement_version using (exists (
  select from guildhall.request r where r.id = agreement_version.request_id and (agreement_version.audience = 'ALL' or ${SEES_ALL}
    or r.broadcaster_id = (select guildhall.viewer_broadcaster())
    or r.broadcaster_id = any ((select guildhall.viewer_wards())::uuid[])
    or case agreement_version.audience when 'GUILD' then r.guild_id else r.gaining_guild_id end = any ((select guildhall.viewer_guilds())::uuid[]))));
`;

export class TransferCodes1763900000600 implements MigrationInterface {
  readonly name = 'TransferCodes1763900000600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(codes);
    await runner.query(audiences);
    // No viewer reads either: a code is shown once, when it is made.
    await protect(runner, {
      transfer_code: { engine: 'select, insert, update (voided_at, used_at, used_by_request_id)' },
      transfer_code_attempt: { engine: 'select, insert, update (succeeded_at)' },
    });
  }

  async down(): Promise<void> {
    throw new Error('A system of record does not drop its records: restore a backup instead.');
  }
}
