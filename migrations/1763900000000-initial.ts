import type { MigrationInterface, QueryRunner } from 'typeorm';
import { directoryTables, engineTables, featureTables } from './initial/tables.js';
import { functions } from './initial/functions.js';
import { accessRules } from './initial/access.js';

/**
 * The first schema. Written as SQL, because row-level security, exclusion constraints, append-only triggers and `xid8`
 * have no form in TypeORM. Runs as `<prefix>_owner`; the roles that it grants to are `<prefix>_app` and `<prefix>_engine`.
 */
export class Initial1763900000000 implements MigrationInterface {
  readonly name = 'Initial1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    const [{ prefix }] = (await runner.query(`select regexp_replace(current_user, '_owner$', '') as prefix`)) as [
      { prefix: string },
    ];
    for (const statement of [directoryTables, featureTables, engineTables, functions, accessRules(prefix)]) {
      await runner.query(statement);
    }
  }

  async down(): Promise<void> {
    // A system of record does not drop its records: restore a backup instead.
    throw new Error('The initial migration cannot be reverted.');
  }
}
