import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Bulk work on one target keeps the order of its causes. By a number that is drawn while the cause's lock is held: neither the
 * start of a transaction that waited for that lock nor an id made by the clock of another machine would tell which came first.
 */
export class BulkOrder1763900000800 implements MigrationInterface {
  readonly name = 'BulkOrder1763900000800';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table guildhall.bulk_operation add column seq bigint generated always as identity constraint bulk_operation_seq unique;
      create index guild_merges_idx on guildhall.guild (merges_at) where merges_at is not null;`);
  }

  async down(): Promise<void> {
    throw new Error('A system of record does not drop its records: restore a backup instead.');
  }
}
