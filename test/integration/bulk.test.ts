import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createBulk, steerBulk, type BulkControl } from '../../src/bulk/index.js';
import type { ViewerTransaction } from '../../src/database/index.js';
import { begun, endLeases, prepareBulk, progressOf, someIds, toyBulk, toyBulkTypes, type ToyBulk } from '../support/bulk.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { gate, idOf, OTHER_USER, prepareToy, until, USER } from '../support/engine.js';
import { assertInvariants } from '../support/invariants.js';
import { toyInput, toyKind } from '../support/toy-kind.js';

let db: TestDatabase;
let admin: pg.Pool;
let toy: ToyBulk;
const others: ToyBulk[] = [];

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser', 8);
  await prepareToy(db);
  await prepareBulk(admin);
  toy = await toyBulk({ url: db.url, rolePrefix: db.rolePrefix });
});

afterEach(async () => {
  await Promise.all(others.splice(0).map((one) => one.stop()));
  await admin.query(`update guildhall.bulk_operation set status = 'CANCELLED', finished_at = now() where finished_at is null`);
});

afterAll(async () => {
  await assertInvariants(admin, [toyKind]);
  await toy.stop();
  await db.dispose();
});

const another = async (more: Partial<Parameters<typeof toyBulk>[0]> = {}): Promise<ToyBulk> => {
  const one = await toyBulk({ url: db.url, rolePrefix: db.rolePrefix, ...more });
  others.push(one);
  return one;
};
const toys = (count: number, input: object = toyInput): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => toy.started(input)));
const versionsOf = async (ids: readonly string[]): Promise<number[]> =>
  (await admin.query<{ version: number }>('select version from guildhall.instance where id = any ($1)', [ids])).rows.map(
    ({ version }) => version,
  );
const itemsOf = async (id: string) =>
  (
    await admin.query<{
      n: number;
      status: string;
      attempts: number;
      refusal_code: string | null;
      reasons: { code: string }[] | null;
    }>('select n, status, attempts, refusal_code, reasons from guildhall.bulk_item where operation_id = $1 order by n', [id])
  ).rows;
/** As the API steers, but for the viewer. */
const steer = (control: BulkControl, id: string): Promise<boolean> =>
  steerBulk(
    {
      query: async (text: string, values: unknown[]) => (await admin.query<object>(text, values)).rows,
    } as unknown as ViewerTransaction,
    control,
    id,
  );

describe('Bulk work', () => {
  it('does 340 items, records each refusal with its reasons, and goes on', async () => {
    const able = await toys(300);
    const full = await toys(20, { ...toyInput, limit: 0 });
    const unknown = someIds(20);
    const targets = [...able.slice(0, 150), ...full, ...unknown, ...able.slice(150)];
    const id = await begun(admin, { type: 'STEP', targets });
    await toy.bulk.drain();
    expect(await progressOf(admin, id)).toEqual({
      status: 'DONE',
      total: 340,
      done: 300,
      failed: 40,
      cancelled: 0,
      finished: true,
    });
    expect(new Set(await versionsOf(able))).toEqual(new Set([2]));
    expect(new Set(await versionsOf(full))).toEqual(new Set([1]));
    const items = await itemsOf(id);
    expect(items.every(({ attempts }) => attempts === 1)).toBe(true);
    expect(items[150]).toMatchObject({ status: 'failed', refusal_code: 'NOT_ALLOWED', reasons: [{ code: 'LIMIT_REACHED' }] });
    expect(items[170]).toMatchObject({ status: 'failed', refusal_code: 'NOT_FOUND', reasons: [{ code: 'NOT_FOUND' }] });
  });

  it('starts instances as well, each once, and tells which one an item has made', async () => {
    const id = await begun(admin, { type: 'START', targets: someIds(60) });
    await toy.bulk.drain();
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 60, failed: 0 });
    const { rows } = await admin.query<{ n: number; made: number }>(
      `select i.n, (t.snapshot::jsonb #>> '{context,limit}')::int as made
       from guildhall.bulk_item i join guildhall.instance t on t.id = i.result_instance_id where i.operation_id = $1`,
      [id],
    );
    expect(rows).toHaveLength(60);
    expect(rows.every(({ n, made }) => n === made)).toBe(true);
  });

  it('is there when its cause is, and otherwise not', async () => {
    const client = await admin.connect();
    await client.query('begin');
    const created = await createBulk(client, { type: 'STEP', reasonCode: 'TEST', createdBy: USER, targets: someIds(3) });
    await client.query('rollback');
    client.release();
    expect(created).toMatchObject({ outcome: 'created', total: 3 });
    expect(
      (await admin.query('select from guildhall.bulk_operation where id = $1', ['id' in created ? created.id : ''])).rows,
    ).toEqual([]);
  });

  it('takes its targets from a SELECT in the order of that, and has ended when there are none', async () => {
    const ids = await toys(3);
    const sql = 'select t.id from unnest($1::uuid[]) with ordinality as t (id, n) order by t.n desc';
    const id = await begun(admin, { type: 'STEP', targets: { sql, values: [ids] } });
    const { rows } = await admin.query<{ target_id: string }>(
      'select target_id from guildhall.bulk_item where operation_id = $1 order by n',
      [id],
    );
    expect(rows.map(({ target_id: target }) => target)).toEqual([...ids].reverse());
    const nothing = await begun(admin, { type: 'STEP', targets: { sql, values: [[]] } });
    expect(await progressOf(admin, nothing)).toMatchObject({ status: 'DONE', total: 0, finished: true });
  });

  it('gives the first operation for the same key, and refuses the key for anything else', async () => {
    const bulk = { type: 'STEP', reasonCode: 'TEST', createdBy: USER, idempotencyKey: 'once', targets: await toys(2) };
    const first = await createBulk(admin, bulk);
    expect(await createBulk(admin, bulk)).toEqual({ ...first, outcome: 'replayed' });
    expect(await createBulk(admin, { ...bulk, reasonCode: 'OTHER' })).toEqual({ outcome: 'keyReused' });
  });

  it('is judged by what its creator may do when an item is done, not when it was created', async () => {
    const ids = await toys(2);
    const id = await begun(admin, { type: 'STEP', targets: ids });
    await admin.query('delete from toy.authority where principal_id = $1', [USER]);
    await toy.bulk.drain();
    await admin.query(`insert into toy.authority values ($1, 'USER')`, [USER]);
    expect((await itemsOf(id)).map(({ refusal_code: code }) => code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    expect(await steer('retryFailed', id)).toBe(true);
    await toy.bulk.drain();
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 2, failed: 0 });
  });

  it('is never in two hands at once: what one process holds, another leaves alone', async () => {
    const ids = await toys(64);
    const held = gate();
    const claimed = gate();
    const slow = await another({
      onBulkStep: async (step) => {
        if (step !== 'claimed') return;
        claimed.open();
        await held.passed;
      },
    });
    const id = await begun(admin, { type: 'STEP', targets: ids });
    const working = slow.bulk.drain();
    await claimed.passed;
    await toy.bulk.drain();
    held.open();
    await working;
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 64 });
    expect((await itemsOf(id)).filter(({ attempts }) => attempts !== 1)).toEqual([]);
  });

  it('is shared by two processes at work at the same time, each item once', async () => {
    const ids = await toys(300);
    const other = await another();
    const id = await begun(admin, { type: 'STEP', targets: ids });
    await Promise.all([toy.bulk.drain(), other.bulk.drain()]);
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 300 });
    expect((await itemsOf(id)).every(({ attempts }) => attempts === 1)).toBe(true);
    expect(new Set(await versionsOf(ids))).toEqual(new Set([2]));
  });

  it('waits for no other session that holds an item: it takes the others', async () => {
    const ids = await toys(3);
    const id = await begun(admin, { type: 'STEP', targets: ids });
    const holder = await admin.connect();
    await holder.query('begin');
    await holder.query('select from guildhall.bulk_item where operation_id = $1 and n = 1 for update', [id]);
    await toy.bulk.drain();
    expect((await itemsOf(id)).map(({ status }) => status)).toEqual(['pending', 'done', 'done']);
    await holder.query('rollback');
    holder.release();
    await toy.bulk.drain();
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 3 });
  });

  it('tries the unexpected again, five times, and then gives that item up', async () => {
    const [good, bad] = await toys(2);
    const types = {
      ...toyBulkTypes,
      STEP: (item: { n: number; targetId: string }) => {
        if (item.targetId === bad) throw new Error('broken for good');
        return { send: { instanceId: item.targetId, event: { type: 'STEP' } } };
      },
    };
    const worker = await another({ types });
    const id = await begun(admin, { type: 'STEP', targets: [bad!, good!] });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await worker.bulk.drain();
      expect((await itemsOf(id))[0]).toMatchObject({ attempts: attempt, status: attempt < 5 ? 'pending' : 'failed' });
      await endLeases(admin);
    }
    expect((await itemsOf(id))[0]).toMatchObject({ refusal_code: 'UNEXPECTED', reasons: [{ code: 'UNEXPECTED' }] });
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 1, failed: 1 });
  });

  it('leaves a type that this process does not know to one that does', async () => {
    const [target] = await toys(1);
    const id = await begun(admin, { type: 'NEWER', targets: [target!] });
    await toy.bulk.drain();
    expect(await progressOf(admin, id)).toMatchObject({ status: 'RUNNING', done: 0, failed: 0 });
    await endLeases(admin);
    const newer = await another({ types: { NEWER: toyBulkTypes['STEP']! } });
    await newer.bulk.drain();
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 1 });
  });

  it('takes nothing further while paused, and goes on when resumed', async () => {
    const ids = await toys(40);
    const id = await begun(admin, { type: 'STEP', targets: ids });
    expect(await steer('pause', id)).toBe(true);
    expect(await steer('pause', id)).toBe(false);
    await toy.bulk.drain();
    expect(await progressOf(admin, id)).toMatchObject({ status: 'PAUSED', done: 0 });
    expect(await steer('resume', id)).toBe(true);
    await toy.bulk.drain();
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 40 });
  });

  it('cancels what was not begun, and brings to its end what was', async () => {
    const ids = await toys(100);
    const held = gate();
    const claimed = gate();
    let lanes = 0;
    const slow = await another({
      onBulkStep: async (step) => {
        if (step !== 'claimed') return;
        if ((lanes += 1) === 2) claimed.open();
        await held.passed;
      },
    });
    const id = await begun(admin, { type: 'STEP', targets: ids });
    const working = slow.bulk.drain();
    await claimed.passed;
    expect(await steer('cancel', id)).toBe(true);
    expect(await progressOf(admin, id)).toMatchObject({ status: 'CANCELLED', cancelled: 36, finished: false });
    held.open();
    await working;
    expect(await progressOf(admin, id)).toMatchObject({ status: 'CANCELLED', done: 64, cancelled: 36, finished: true });
    expect((await versionsOf(ids)).filter((version) => version === 2)).toHaveLength(64);
    expect(await steer('cancel', id)).toBe(false);
    expect(await steer('retryFailed', id)).toBe(false);
  });

  it('of a cancelled operation picks up what a dead process had begun', async () => {
    const ids = await toys(3);
    const id = await begun(admin, { type: 'STEP', targets: ids });
    await admin.query('update guildhall.bulk_item set attempts = 1 where operation_id = $1 and n = 2', [id]);
    expect(await steer('cancel', id)).toBe(true);
    await toy.bulk.drain();
    expect((await itemsOf(id)).map(({ status }) => status)).toEqual(['cancelled', 'done', 'cancelled']);
    expect(await progressOf(admin, id)).toMatchObject({ status: 'CANCELLED', done: 1, cancelled: 2, finished: true });
  });

  it('shares a chunk among operations, so that a small one does not wait for a large one', async () => {
    const ids = await toys(201);
    const large = await begun(admin, { type: 'STEP', targets: ids.slice(0, 200) });
    const small = await begun(admin, { type: 'STEP', targets: ids.slice(200) });
    const seen: number[] = [];
    const worker = await another({
      onBulkStep: async (step) => {
        if (step === 'marked' && (await progressOf(admin, small)).status === 'DONE')
          seen.push((await progressOf(admin, large)).done);
      },
    });
    await worker.bulk.drain();
    expect(seen[0]).toBeLessThan(100);
    expect(await progressOf(admin, large)).toMatchObject({ status: 'DONE', done: 200 });
  });

  it('begins as soon as it is told, and tells of its progress', async () => {
    const worker = await another();
    const ids = await toys(5);
    const id = await begun(admin, { type: 'STEP', targets: ids });
    let told = 0;
    worker.signal.onProgress(id, () => void (told += 1));
    worker.bulk.start();
    worker.signal.work();
    await until(async () => (await progressOf(admin, id)).status === 'DONE', 'the end of the operation');
    await until(async () => told > 0, 'a call');
  });

  it('acts in the name of its creator, also on what somebody else has started', async () => {
    const id = idOf(await toy.start(toyInput, { principalId: OTHER_USER }));
    const operation = await begun(admin, { type: 'STEP', targets: [id] });
    await toy.bulk.drain();
    const { rows } = await admin.query<{ actor_id: string }>(
      `select actor_id from guildhall.history where instance_id = $1 and event_type = 'STEP'`,
      [id],
    );
    expect(rows).toEqual([{ actor_id: USER }]);
    expect(await progressOf(admin, operation)).toMatchObject({ done: 1 });
  });
});
