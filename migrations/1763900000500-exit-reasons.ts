import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protect, SEES_ALL } from './support/protect.js';

/**
 * Why somebody left, in each one's view, and from when an amended term counts. What a broadcaster gives as the reason is not for
 * the guild: its staff see what the guild itself and the platform have said.
 */
export class ExitReasons1763900000500 implements MigrationInterface {
  readonly name = 'ExitReasons1763900000500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table guildhall.exit_reason (
        id uuid constraint exit_reason_pkey primary key,
        request_id uuid not null constraint exit_reason_request_fkey references guildhall.request (id),
        source text not null constraint exit_reason_source_check check (source in ('BROADCASTER', 'GUILD', 'PLATFORM')),
        primary_reason text not null constraint exit_reason_primary_check check (primary_reason ~ '^[A-Z][A-Z_]{0,39}$'),
        secondary_reason text constraint exit_reason_secondary_check check (secondary_reason ~ '^[A-Z][A-Z_]{0,39}$'),
        recorded_at timestamptz not null,
        recorded_by uuid not null
      );
      create index exit_reason_request_idx on guildhall.exit_reason (request_id, source, id);
      create trigger exit_reason_append_only before update or delete on guildhall.exit_reason
        for each row execute function guildhall.refuse_change();
      create trigger exit_reason_no_truncate before truncate on guildhall.exit_reason
        for each statement execute function guildhall.refuse_change();
      alter table guildhall.membership_terms add column term_from timestamptz;`);
    await protect(runner, {
      exit_reason: {
        viewerReads: `exists (select from guildhall.request r where r.id = exit_reason.request_id and (${SEES_ALL}
          or r.broadcaster_id = (select guildhall.viewer_broadcaster())
          or r.broadcaster_id = any ((select guildhall.viewer_wards())::uuid[])
          or (exit_reason.source <> 'BROADCASTER' and r.guild_id = any ((select guildhall.viewer_guilds())::uuid[]))))`,
        engine: 'select, insert',
      },
    });
  }

  async down(): Promise<void> {
    throw new Error('A system of record does not drop its records: restore a backup instead.');
  }
}
