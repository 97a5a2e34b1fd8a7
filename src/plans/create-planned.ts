import type { Pool } from 'pg';
import { MIGRATORS } from '../../workflows/kernel/index.js';
import { createBulk, type BulkTypes, type CreatedBulk, type NewBulk } from '../bulk/index.js';
import { inTransaction } from '../engine/index.js';

export type PlannedBulk = Omit<NewBulk, 'createdBy' | 'targets'> & { readonly targets: readonly string[] };

/** The event of each item: its parameters are the operation's, so that a crash and another process make the same one. */
export const planBulkTypes: BulkTypes = Object.fromEntries(
  ['MIGRATE_POLICY', 'MIGRATE_MACHINE'].map((type) => [
    type,
    ({ targetId }, { params, reasonCode }) => ({ send: { instanceId: targetId, event: { ...params, type, reasonCode } } }),
  ]),
);

/**
 * Bulk work for policy staff too, who see no request and so cannot create it as viewers: as the engine, after the role was read in
 * the same transaction. Every item is judged again, with the authority that its creator has then.
 */
export const createPlanned = (pool: Pool, principalId: string, bulk: PlannedBulk): Promise<CreatedBulk | 'FORBIDDEN'> =>
  inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ platform_role: string | null }>(
      'select platform_role from guildhall.principal where id = $1 and disabled_at is null',
      [principalId],
    );
    const role = rows[0]?.platform_role ?? '';
    const mayMigrate = MIGRATORS.some((migrator) => migrator === role);
    return mayMigrate ? createBulk(tx, { ...bulk, createdBy: principalId }) : 'FORBIDDEN';
  });
