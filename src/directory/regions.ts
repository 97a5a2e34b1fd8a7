import type { Reason } from '../../workflows/kernel/index.js';
import type { Transaction } from '../engine/index.js';

/** Objects to a region that there is not. */
export async function knownRegion(tx: Transaction, code: string): Promise<Reason | undefined> {
  const { rows } = await tx.query('select from guildhall.region where code = $1', [code]);
  return rows.length > 0
    ? undefined
    : { code: 'REGION_UNKNOWN', message: 'There is no region of this code.', field: 'regionCode' };
}
