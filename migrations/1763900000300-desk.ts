import type { MigrationInterface, QueryRunner } from 'typeorm';
import { cheaperForStaff, deskAccess } from './desk/access.js';
import { bulkTables, deskTables, search } from './desk/tables.js';
import { protect, roleNames, SEES_ALL } from './support/protect.js';

/** Bulk work as rows, and the support desk: files, notes and the search over cases. */
export class Desk1763900000300 implements MigrationInterface {
  readonly name = 'Desk1763900000300';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [bulkTables, deskTables, search]) await runner.query(statement);
    await protect(runner, {
      bulk_operation: { viewerReads: SEES_ALL, engine: 'select, insert, update' },
      bulk_item: { viewerReads: SEES_ALL, engine: 'select, insert, update' },
      case_file: { viewerReads: SEES_ALL },
      case_note: { viewerReads: SEES_ALL },
    });
    await runner.query(deskAccess(await roleNames(runner)));
    await runner.query(cheaperForStaff);
  }

  async down(): Promise<void> {
    throw new Error('The notes and operations of the desk are records: restore a backup instead.');
  }
}
