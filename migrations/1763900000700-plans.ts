import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SEES_ALL } from './support/protect.js';

/** Who has set off bulk work sees how it goes: policy staff move running requests, and see none of them. */
export class Plans1763900000700 implements MigrationInterface {
  readonly name = 'Plans1763900000700';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter policy viewer_reads on guildhall.bulk_operation
        using (${SEES_ALL} or (created_by = (select guildhall.viewer_id()) and type in ('MIGRATE_POLICY', 'MIGRATE_MACHINE')));
      alter policy viewer_reads on guildhall.bulk_item
        using (exists (select from guildhall.bulk_operation o where o.id = bulk_item.operation_id));`);
  }

  async down(): Promise<void> {
    throw new Error('A system of record does not drop its records: restore a backup instead.');
  }
}
