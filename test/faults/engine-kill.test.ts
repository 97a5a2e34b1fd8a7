import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { ClockControl } from '../../src/database/index.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { clockOf, idOf, prepareToy } from '../support/engine.js';
import { engineChild, type EngineChild } from '../support/engine-child.js';
import type { KillPoint } from '../support/engine-process.js';
import { assertInvariants } from '../support/invariants.js';
import { toyInput, toyKind } from '../support/toy-kind.js';

const noon = Date.parse('2026-03-01T12:00:00.000Z');
let db: TestDatabase;
let admin: pg.Pool;
let clock: ClockControl;
/** Lives through the whole file and finishes what the killed ones have left. */
let survivor: EngineChild;
const children: EngineChild[] = [];

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser');
  await prepareToy(db);
  clock = clockOf(db);
  await clock.set(new Date(noon));
  survivor = await child();
});

afterEach(async () => {
  await assertInvariants(admin, [toyKind]);
});

afterAll(async () => {
  for (const one of children) one.kill();
  await Promise.all(children.map(({ ended }) => ended));
  await clock?.close();
  await db?.dispose();
});

async function child(): Promise<EngineChild> {
  const one = await engineChild(db);
  children.push(one);
  return one;
}

/** Sends the victim to its death at the point; says by what it ended. */
async function dieAt(point: KillPoint, victim: EngineChild, work: Parameters<EngineChild['call']>[0]): Promise<void> {
  await victim.call({ call: 'killAt', point });
  await expect(victim.call(work)).rejects.toThrow('SIGKILL');
  expect(await victim.ended).toBe('SIGKILL');
}

async function started(input: object = toyInput): Promise<string> {
  return idOf((await survivor.call({ call: 'start', input }))!);
}
const versionOf = async (id: string): Promise<number> =>
  (await admin.query<{ version: number }>('select version from guildhall.instance where id = $1', [id])).rows[0]!.version;
const recordsOf = async (id: string): Promise<number> =>
  (await admin.query('select from toy.record where instance_id = $1', [id])).rowCount!;

describe('A process that is killed', () => {
  it.each([
    { point: 'read', there: false },
    { point: 'committed', there: true },
  ] as const)(
    'at "$point" in a plain command leaves it $there, and the same key brings it exactly once',
    async ({ point, there }) => {
      const id = await started();
      const send = { call: 'send', instanceId: id, type: 'STEP', more: { idempotencyKey: point } } as const;
      await dieAt(point, await child(), send);
      expect(await versionOf(id)).toBe(there ? 2 : 1);
      expect(await survivor.call(send)).toMatchObject({ outcome: 'accepted', version: 2, replayed: there });
      expect(await survivor.call(send)).toMatchObject({ outcome: 'accepted', version: 2, replayed: true });
      expect(await versionOf(id)).toBe(2);
    },
  );

  it.each([
    { point: 'read', there: false },
    { point: 'effect', there: false },
    { point: 'written', there: false },
    { point: 'committed', there: true },
  ] as const)('at "$point" in a command with a transaction effect leaves all of it or nothing', async ({ point, there }) => {
    const id = await started();
    await survivor.call({ call: 'send', instanceId: id, type: 'STEP' });
    const send = { call: 'send', instanceId: id, type: 'RECORD', more: { idempotencyKey: `record-${point}` } } as const;
    await dieAt(point, await child(), send);
    expect({ version: await versionOf(id), records: await recordsOf(id) }).toEqual(
      there ? { version: 4, records: 1 } : { version: 2, records: 0 },
    );
    expect(await survivor.call(send)).toMatchObject({ outcome: 'accepted', version: 4, replayed: there });
    expect(await recordsOf(id)).toBe(1);
  });

  it.each([
    { point: 'read', there: false },
    { point: 'written', there: false },
    { point: 'committed', there: true },
  ] as const)('at "$point" in a start leaves one instance or none, and the same key gives one', async ({ point, there }) => {
    const start = { call: 'start', input: toyInput, idempotencyKey: `start-${point}` } as const;
    const count = async () => (await admin.query('select from guildhall.instance')).rowCount!;
    const before = await count();
    await dieAt(point, await child(), start);
    expect(await count()).toBe(before + (there ? 1 : 0));
    expect(await survivor.call(start)).toMatchObject({ outcome: 'accepted', version: 1, replayed: there });
    expect(await count()).toBe(before + 1);
  });

  it.each(['claimed', 'committed'] as const)(
    'at "%s" while it fires timers leaves each of them to fire exactly once',
    async (point) => {
      await clock.set(new Date(noon));
      const ids = await Promise.all(Array.from({ length: 10 }, () => started({ limit: 10, patienceMs: 60_000 })));
      await clock.set(new Date(noon + 60_000));
      await dieAt(point, await child(), { call: 'drainTimers' });
      await survivor.call({ call: 'drainTimers' });
      const { rows } = await admin.query<{ fired: number; instances: number }>(
        `select count(*)::int as fired, count(distinct instance_id)::int as instances from guildhall.history
       where source = 'timer' and instance_id = any ($1)`,
        [ids],
      );
      expect(rows).toEqual([{ fired: 10, instances: 10 }]);
    },
  );

  it.each(['told', 'delivered'] as const)('at "%s" in a delivery leaves it to be delivered, with the one id', async (point) => {
    const id = await started();
    await survivor.call({ call: 'drain' });
    await survivor.call({ call: 'send', instanceId: id, type: 'STEP' });
    await dieAt(point, await child(), { call: 'drain' });
    // The lease of the dead runs out.
    await admin.query(`update guildhall.delivery set next_attempt_at = clock_timestamp() where status = 'pending'`);
    await survivor.call({ call: 'drain' });
    const { rows } = await admin.query<{ delivery_id: string; times: number; status: string }>(
      `select t.delivery_id, count(*)::int as times, d.status from toy.told t join guildhall.delivery d on d.id = t.delivery_id
       where t.instance_id = $1 group by 1, 3`,
      [id],
    );
    expect(rows).toMatchObject([{ status: 'delivered', times: point === 'told' ? 2 : 1 }]);
  });

  it('among others takes nothing with it that was acknowledged: two processes, many senders, one of them killed', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => started()));
    const victim = await child();
    const acknowledged = new Set<string>();
    const all: { key: string; id: string }[] = Array.from({ length: 120 }, (_, index) => ({
      key: `many-${index}`,
      id: ids[index % 4]!,
    }));
    const sending = all.map(async ({ key, id }, index) => {
      const process = index % 2 === 0 ? victim : survivor;
      const outcome = await process.call({ call: 'send', instanceId: id, type: 'STEP', more: { idempotencyKey: key } });
      if (outcome?.outcome === 'accepted') acknowledged.add(key);
      if (acknowledged.size === 20) victim.kill();
    });
    await Promise.allSettled(sending);
    expect(await victim.ended).toBe('SIGKILL');
    const { rows } = await admin.query<{ key: string }>(`select key from guildhall.idempotency where key like 'many-%'`);
    const stored = new Set(rows.map(({ key }) => key));
    expect([...acknowledged].filter((key) => !stored.has(key))).toEqual([]);
    // The clients of the dead one try again, not knowing what has happened.
    await Promise.all(
      all.map(({ key, id }) => survivor.call({ call: 'send', instanceId: id, type: 'STEP', more: { idempotencyKey: key } })),
    );
    expect(await Promise.all(ids.map(versionOf))).toEqual([31, 31, 31, 31]);
  });
});
