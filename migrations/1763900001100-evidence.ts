import type { MigrationInterface, QueryRunner } from 'typeorm';
import { actFunctions, actTable } from './evidence/acts.js';
import { ofVisibleRequest, protect, roleNames } from './support/protect.js';

export class Evidence1763900001100 implements MigrationInterface {
  readonly name = 'Evidence1763900001100';

  async up(runner: QueryRunner): Promise<void> {
    const { app } = await roleNames(runner);
    await runner.query(actTable);
    await protect(runner, { act: { engine: 'select, insert, update (salt, details, erased_at)' } });
    await runner.query(actFunctions(app, ofVisibleRequest('act.instance_id')));
  }

  async down(): Promise<void> {
    throw new Error('A system of record does not drop its records: restore a backup instead.');
  }
}
