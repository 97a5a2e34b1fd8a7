import type { MigrationInterface, QueryRunner } from 'typeorm';
import { actFunctions, actTable } from './evidence/acts.js';
import { erasureGuards } from './evidence/erasure.js';
import { holdAccess, holdReads, holdTable } from './evidence/holds.js';
import { retentionAccess, retentionTable } from './evidence/retention.js';
import { sealGuards, sealTables } from './evidence/seals.js';
import { KNOWN_VIEWER, ofVisibleRequest, protect, roleNames, SEES_ALL } from './support/protect.js';

/** Who sees every request sees what belongs to one without looking that up row by row. */
const visible = (column: string): string => `${SEES_ALL} or ${ofVisibleRequest(column)}`;

export class Evidence1763900001100 implements MigrationInterface {
  readonly name = 'Evidence1763900001100';

  async up(runner: QueryRunner): Promise<void> {
    const roles = await roleNames(runner);
    await runner.query(actTable + sealTables + holdTable + retentionTable);
    await protect(runner, {
      act: { engine: 'select, insert, update (salt, details, erased_at)' },
      platform_key: { viewerReads: KNOWN_VIEWER, engine: 'select, insert' },
      seal: { viewerReads: visible('seal.instance_id'), engine: 'select, insert' },
      seal_progress: { engine: 'select, update' },
      checkpoint: { viewerReads: KNOWN_VIEWER, engine: 'select, insert' },
      checkpoint_timestamp: { viewerReads: KNOWN_VIEWER, engine: 'select, insert' },
      erasure: { viewerReads: visible('erasure.request_id'), engine: 'select, insert' },
      legal_hold: { viewerReads: holdReads, engine: 'select' },
    });
    await runner.query(
      actFunctions(roles.app, visible('act.instance_id')) +
        sealGuards +
        holdAccess(roles) +
        erasureGuards(roles) +
        retentionAccess(roles),
    );
  }

  async down(): Promise<void> {
    throw new Error('A system of record does not drop its records: restore a backup instead.');
  }
}
