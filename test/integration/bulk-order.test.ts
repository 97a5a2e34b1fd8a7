import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { claimItems, markItems } from '../../src/bulk/claim.js';
import { begun, prepareBulk, someIds } from '../support/bulk.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let db: TestDatabase;
let admin: pg.Pool;

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser', 2);
  await prepareBulk(admin);
});
afterAll(() => db.dispose());

const claimed = async () => (await claimItems(admin, 64)).map(({ operation, n }) => [operation.id, n]);
const done = (id: string, n: number, instanceId: string) => markItems(admin, id, [{ n, kind: 'done', instanceId }]);

describe('Bulk work on one target', () => {
  test('is done in the order of its causes: what is set off later waits, and other targets do not', async () => {
    const [target, other] = someIds(2) as [string, string];
    const hold = await begun(admin, { type: 'HOLD_REQUEST', targets: [target] });
    const resume = await begun(admin, { type: 'RESUME_REQUEST', targets: [target, other] });
    expect((await claimed()).sort()).toEqual(
      [
        [hold, 1],
        [resume, 2],
      ].sort(),
    );
    // In hand and not marked: its outcome is not known yet.
    expect(await claimed()).toEqual([]);
    await done(hold, 1, target);
    expect(await claimed()).toEqual([[resume, 1]]);
  });

  test('waits for an earlier one that is paused, and not for one that was cancelled', async () => {
    const [target] = someIds(1) as [string];
    const hold = await begun(admin, { type: 'HOLD_REQUEST', targets: [target] });
    await admin.query(`update guildhall.bulk_operation set status = 'PAUSED' where id = $1`, [hold]);
    const resume = await begun(admin, { type: 'RESUME_REQUEST', targets: [target] });
    expect(await claimed()).toEqual([]);
    await admin.query(`update guildhall.bulk_item set status = 'cancelled' where operation_id = $1`, [hold]);
    expect(await claimed()).toEqual([[resume, 1]]);
  });
});
