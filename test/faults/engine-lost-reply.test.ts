import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { ClockControl } from '../../src/database/index.js';
import { cuttingProxy, type CuttingProxy } from '../support/cutting-proxy.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { clockOf, holding, idOf, prepareToy, toyEngine, until, waiters, type ToyEngine } from '../support/engine.js';
import { assertInvariants } from '../support/invariants.js';
import { toyInput, toyKind } from '../support/toy-kind.js';

let db: TestDatabase;
let admin: pg.Pool;
let clock: ClockControl;
let proxy: CuttingProxy;
let toy: ToyEngine;

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser');
  await prepareToy(db);
  clock = clockOf(db);
  proxy = await cuttingProxy(db.url);
  toy = await toyEngine({ url: proxy.url, rolePrefix: db.rolePrefix });
});

afterEach(async () => {
  await assertInvariants(admin, [toyKind]);
});

afterAll(async () => {
  await toy?.stop();
  await proxy?.close();
  await clock?.close();
  await db?.dispose();
});

const versionOf = async (id: string): Promise<number> =>
  (await admin.query<{ version: number }>('select version from guildhall.instance where id = $1', [id])).rows[0]!.version;
const recordsOf = async (id: string): Promise<number> =>
  (await admin.query('select from toy.record where instance_id = $1', [id])).rowCount!;

/** A write that hangs at the database behind a lock, its client cut off; the lock is opened while the engine tries again. */
async function inFlight(id: string, marker: string, work: () => Promise<unknown>): Promise<unknown> {
  let working: Promise<unknown> | undefined;
  await holding(admin, [id], async () => {
    const before = proxy.cuts;
    proxy.abandon(marker);
    working = work();
    await until(
      async () => proxy.cuts > before && (await waiters(admin)) === 2,
      'a write without a client, and the second attempt behind it',
    );
  });
  return working;
}

describe.each([{ key: undefined }, { key: 'a-key' }])('When the reply to a COMMIT is lost (idempotency key: $key)', ({ key }) => {
  const more = (name: string) => (key === undefined ? {} : { idempotencyKey: `${key}-${name}` });

  it('a plain command is answered as accepted, and has happened once', async () => {
    const id = await toy.started();
    const before = proxy.cuts;
    proxy.cutReplyTo('engine.write');
    expect(await toy.send(id, 'STEP', more('plain'))).toMatchObject({ outcome: 'accepted', version: 2 });
    expect(proxy.cuts).toBe(before + 1);
    expect(await versionOf(id)).toBe(2);
  });

  it('every member of its batch is answered, and has happened once', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => toy.started()));
    proxy.cutReplyTo('engine.write');
    const outcomes = await Promise.all(ids.map((id, index) => toy.send(id, 'STEP', more(`batch-${index}`))));
    expect(outcomes.map((outcome) => outcome.version)).toEqual(ids.map(() => 2));
    expect(await Promise.all(ids.map(versionOf))).toEqual(ids.map(() => 2));
  });

  it('a command with a transaction effect is answered as accepted, and its effect is there once', async () => {
    const id = await toy.started();
    await toy.send(id, 'STEP');
    const before = proxy.cuts;
    proxy.cutReplyTo('commit');
    expect(await toy.send(id, 'RECORD', more('record'))).toMatchObject({ outcome: 'accepted', version: 4, state: 'counting' });
    expect(proxy.cuts).toBe(before + 1);
    expect({ version: await versionOf(id), records: await recordsOf(id) }).toEqual({ version: 4, records: 1 });
  });

  it('a start gives one instance', async () => {
    const count = async () => (await admin.query('select from guildhall.instance')).rowCount!;
    const before = await count();
    proxy.cutReplyTo('commit');
    const outcome = await toy.start(toyInput, more('start'));
    expect(outcome).toMatchObject({ outcome: 'accepted', version: 1, replayed: false });
    expect(await versionOf(idOf(outcome))).toBe(1);
    expect(await count()).toBe(before + 1);
  });

  it('while the write itself is still running in the database, the command happens once all the same', async () => {
    const id = await toy.started();
    const outcome = await inFlight(id, 'engine.write', () => toy.send(id, 'STEP', more('flight')));
    expect(outcome).toMatchObject({ outcome: 'accepted', version: 2 });
    expect(await versionOf(id)).toBe(2);
  });
});

describe('When the connection is lost', () => {
  it('before the write arrives, the command is sent again and happens once', async () => {
    const id = await toy.started();
    proxy.cutReplyTo('engine.read');
    expect(await toy.send(id, 'STEP')).toMatchObject({ outcome: 'accepted', version: 2 });
    expect(await versionOf(id)).toBe(2);
  });

  it('with the reply to a round of timers, each of them has fired once', async () => {
    await clock.set(new Date('2026-03-01T12:00:00.000Z'));
    const ids = await Promise.all(Array.from({ length: 5 }, () => toy.started({ limit: 1, patienceMs: 1000 })));
    await clock.set(new Date('2026-03-01T12:00:01.000Z'));
    proxy.cutReplyTo('commit');
    await toy.workers.drainTimers();
    await toy.workers.drainTimers();
    expect(await Promise.all(ids.map(versionOf))).toEqual([2, 2, 2, 2, 2]);
    await clock.reset();
  });

  it('while an effect waits for something else, the process lives on and the command happens once', async () => {
    let times = 0;
    const own = await toyEngine({
      url: db.url,
      rolePrefix: db.rolePrefix,
      onStep: async (step) => {
        if (step !== 'effect' || (times += 1) > 1) return;
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and pid <> pg_backend_pid()`,
        );
        await until(async () => (await recordsHeld()) === 0, 'the end of the session');
      },
    });
    const recordsHeld = async () =>
      (await admin.query(`select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`))
        .rowCount!;
    const id = await own.started();
    await own.send(id, 'STEP');
    expect(await own.send(id, 'RECORD')).toMatchObject({ outcome: 'accepted', version: 4 });
    expect(await recordsOf(id)).toBe(1);
    await own.stop();
  });
});
