import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { ClockControl } from '../../src/database/index.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { clockOf, gate, holding, prepareToy, toyEngine, until, waiters, type ToyEngine } from '../support/engine.js';
import { assertInvariants } from '../support/invariants.js';
import { toyDefinition, toyKind } from '../support/toy-kind.js';

/** Machines whose timer does what the toy's does not: it ends in an effect, or it throws. */
const recordsAtTheEnd = toyDefinition({
  initial: 'waiting',
  states: {
    waiting: {
      meta: { title: 'Waiting', description: 'Time itself moves it on.' },
      after: { patience: { target: 'recording' } },
    },
  },
  definition: { version: 2 },
});
const throws = toyDefinition({
  initial: 'waiting',
  states: {
    waiting: {
      meta: { title: 'Waiting', description: 'Time itself breaks it.' },
      after: { patience: { target: 'finished', actions: { type: 'unknown' } } },
    },
  },
  definition: { version: 3 },
});
const registry = [toyKind, recordsAtTheEnd, throws];
const noon = Date.parse('2026-03-01T12:00:00.000Z');
const minute = 60_000;
const patient = { limit: 1000, patienceMs: minute };

let db: TestDatabase;
let admin: pg.Pool;
let clock: ClockControl;
let one: ToyEngine;
let two: ToyEngine;
let recording: ToyEngine;
let throwing: ToyEngine;

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser');
  await prepareToy(db);
  clock = clockOf(db);
  await clock.set(new Date(noon));
  [one, two, recording, throwing] = await Promise.all([
    toyEngine({ ...shared(), registry }),
    toyEngine({ ...shared(), registry }),
    // The first of a kind is the one that new instances get.
    toyEngine({ ...shared(), registry: [recordsAtTheEnd, toyKind, throws] }),
    toyEngine({ ...shared(), registry: [throws, toyKind, recordsAtTheEnd] }),
  ]);
});

beforeEach(async () => {
  await clock.set(new Date(noon));
});

afterEach(async () => {
  await assertInvariants(admin, registry);
});

afterAll(async () => {
  await Promise.all([one, two, recording, throwing].map((engine) => engine?.stop()));
  await clock?.close();
  await db?.dispose();
});

const shared = () => ({ url: db.url, rolePrefix: db.rolePrefix });
const at = (milliseconds: number) => clock.set(new Date(noon + milliseconds));

interface TimerRow {
  readonly armed_seq: number;
  readonly status: string;
  readonly due_at: Date;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly next_attempt_at: Date | null;
}
const timersOf = async (id: string): Promise<TimerRow[]> =>
  (await admin.query<TimerRow>('select * from guildhall.timer where instance_id = $1 order by armed_seq', [id])).rows;
const eventsOf = async (id: string): Promise<{ type: string; at: string; dueAt?: string; source: string }[]> => {
  const { rows } = await admin.query<{ event: string; source: string }>(
    'select event, source from guildhall.history where instance_id = $1 order by seq',
    [id],
  );
  return rows.map(({ event, source }) => ({ ...(JSON.parse(event) as { type: string; at: string; dueAt?: string }), source }));
};
const stateOf = async (id: string): Promise<string> =>
  (await admin.query<{ state: string }>('select state from guildhall.instance where id = $1', [id])).rows[0]!.state;

describe('A timer', () => {
  it('is a row with an absolute due time, and does not fire a millisecond early', async () => {
    const id = await one.started(patient);
    expect(await timersOf(id)).toMatchObject([{ armed_seq: 1, status: 'armed', due_at: new Date(noon + minute) }]);
    await at(minute - 1);
    await one.workers.drain();
    expect(await stateOf(id)).toBe('counting');
    await at(minute);
    await one.workers.drain();
    expect(await stateOf(id)).toBe('expired');
    expect((await eventsOf(id)).at(-1)).toMatchObject({ source: 'timer', at: new Date(noon + minute).toISOString() });
  });

  it('that fires late carries the real time and the time when it was due', async () => {
    const id = await one.started(patient);
    await at(5 * minute);
    await two.workers.drain();
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      at: new Date(noon + 5 * minute).toISOString(),
      dueAt: new Date(noon + minute).toISOString(),
    });
  });

  it('that was left is cancelled and never fires', async () => {
    const id = await one.started(patient);
    await one.send(id, 'PAUSE');
    expect(await timersOf(id)).toMatchObject([{ armed_seq: 1, status: 'cancelled' }]);
    await at(10 * minute);
    await Promise.all([one.workers.drain(), two.workers.drain()]);
    expect(await stateOf(id)).toBe('paused');
    expect(await eventsOf(id)).toHaveLength(2);
  });

  it('that is armed again is another one, with a due time of its own', async () => {
    const id = await one.started(patient);
    await one.send(id, 'PAUSE');
    await at(30_000);
    await one.send(id, 'RESUME');
    expect(await timersOf(id)).toMatchObject([
      { armed_seq: 1, status: 'cancelled' },
      { armed_seq: 3, status: 'armed', due_at: new Date(noon + 90_000) },
    ]);
    await at(minute);
    await one.workers.drain();
    expect(await stateOf(id)).toBe('counting');
    await at(90_000);
    await one.workers.drain();
    expect(await stateOf(id)).toBe('expired');
    expect((await timersOf(id)).map(({ status }) => status)).toEqual(['cancelled', 'fired']);
  });

  it('is neither cancelled nor armed by an event that stays in its state', async () => {
    const id = await one.started(patient);
    await at(30_000);
    await one.send(id, 'STEP');
    expect(await timersOf(id)).toMatchObject([{ armed_seq: 1, status: 'armed', due_at: new Date(noon + minute) }]);
  });

  it('fires once each, when the workers of two engines go for two hundred of them', async () => {
    const ids = await Promise.all(Array.from({ length: 200 }, () => one.started(patient)));
    await at(minute);
    await Promise.all([one, two, one, two].map(({ workers }) => workers.drainTimers()));
    const { rows } = await admin.query<{ timers: number; instances: number }>(
      `select count(*)::int as timers, count(distinct instance_id)::int as instances from guildhall.history
       where instance_id = any ($1) and source = 'timer'`,
      [ids],
    );
    expect(rows[0]).toEqual({ timers: 200, instances: 200 });
  });

  it('does not wait for one that another process has in hand', async () => {
    const [held, free] = [await one.started(patient), await one.started(patient)];
    await at(minute);
    await holding(admin, [held], () => one.workers.drainTimers());
    expect(await Promise.all([held, free].map(stateOf))).toEqual(['counting', 'expired']);
    await one.workers.drainTimers();
    expect(await stateOf(held)).toBe('expired');
  });

  it('whose transition has a transaction effect commits with it, and the effect learns when it was due', async () => {
    const id = await recording.started(patient);
    await at(2 * minute);
    await Promise.all([one.workers.drain(), two.workers.drain()]);
    expect((await eventsOf(id)).map(({ type, source }) => [source, type])).toMatchObject([
      ['start', 'START'],
      ['timer', expect.stringContaining('patience')],
      ['effect', 'RECORDED'],
    ]);
    const { rows } = await admin.query('select at, due_at from toy.record where instance_id = $1', [id]);
    expect(rows).toEqual([{ at: new Date(noon + 2 * minute).toISOString(), due_at: new Date(noon + minute).toISOString() }]);
  });
});

describe('Time', () => {
  it('does not run backwards within one instance, even when the clock does', async () => {
    const id = await one.started(patient);
    await at(-minute);
    expect(await one.send(id, 'STEP')).toMatchObject({ outcome: 'accepted' });
    expect((await eventsOf(id)).at(-1)!.at).toBe(new Date(noon).toISOString());
  });
});

describe('A timer and a person at the same instant', () => {
  it('the person comes first: the timer is skipped while it is held, and then cancelled', async () => {
    const id = await one.started(patient);
    await at(minute);
    const pass = gate();
    const read = gate();
    const slow = await toyEngine({
      ...shared(),
      registry,
      onStep: async (step) => {
        if (step !== 'effect') return;
        read.open();
        await pass.passed;
      },
    });
    await one.send(id, 'STEP');
    const sending = slow.send(id, 'RECORD');
    await read.passed;
    await two.workers.drainTimers();
    expect(await stateOf(id)).toBe('counting');
    pass.open();
    expect(await sending).toMatchObject({ outcome: 'accepted', state: 'counting' });
    // Recording has left the state and entered it again: a new timer, of which none is due.
    await two.workers.drainTimers();
    expect((await timersOf(id)).map(({ status }) => status)).toEqual(['cancelled', 'armed']);
    await slow.stop();
  });

  it('the timer comes first: the person is told that it has ended', async () => {
    const id = await one.started(patient);
    await at(minute);
    const claimed = gate();
    const pass = gate();
    const slow = await toyEngine({
      ...shared(),
      registry,
      onStep: async (step) => {
        if (step !== 'claimed') return;
        claimed.open();
        await pass.passed;
      },
    });
    const firing = slow.workers.drainTimers();
    await claimed.passed;
    const sending = one.send(id, 'FINISH');
    await until(async () => (await waiters(admin)) === 1, 'the person behind the timer');
    pass.open();
    await firing;
    expect(await sending).toMatchObject({ outcome: 'refused', code: 'FINAL', instanceId: id, version: 2, state: 'expired' });
    await slow.stop();
  });

  it('one of both wins, whoever it is, in forty races', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => one.started(patient)));
    await at(minute);
    const [outcomes] = await Promise.all([
      Promise.all(ids.map((id) => two.send(id, 'FINISH'))),
      one.workers.drainTimers(),
      two.workers.drainTimers(),
    ]);
    await one.workers.drainTimers();
    const states = await Promise.all(ids.map(stateOf));
    expect(
      outcomes.map((outcome) =>
        outcome.outcome === 'accepted' ? 'finished' : outcome.code === 'FINAL' ? 'expired' : outcome.code,
      ),
    ).toEqual(states);
  });
});

describe('A timer that cannot be fired', () => {
  it('keeps what went wrong, waits longer each time, and does not stand in the way of others', async () => {
    const broken = await throwing.started(patient);
    const good = await one.started(patient);
    await at(minute);
    await one.workers.drainTimers();
    expect(await stateOf(good)).toBe('expired');
    const [first] = await timersOf(broken);
    expect(first).toMatchObject({ status: 'armed', attempts: 1, last_error: expect.stringContaining('"unknown" has no effect') });
    // Not tried again before its time.
    await one.workers.drainTimers();
    expect((await timersOf(broken))[0]!.attempts).toBe(1);
    const waits: number[] = [];
    while (waits.length < 3) {
      await admin.query('update guildhall.timer set next_attempt_at = clock_timestamp() where instance_id = $1', [broken]);
      await one.workers.drainTimers();
      const { rows } = await admin.query<{ ms: number }>(
        'select extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000 as ms from guildhall.timer where instance_id = $1',
        [broken],
      );
      waits.push(rows[0]!.ms);
    }
    expect(waits[0]!).toBeLessThanOrEqual(1000);
    expect(waits[2]!).toBeGreaterThan(1500);
    expect((await timersOf(broken))[0]!.attempts).toBe(4);
    await admin.query(`update guildhall.timer set next_attempt_at = 'infinity' where instance_id = $1`, [broken]);
  });

  it('because the database refuses its write fails alone', async () => {
    const ids = [await one.started(patient), await one.started(patient), await one.started(patient)];
    await admin.query(`alter table guildhall.history add constraint refuses_one check (instance_id <> '${ids[1]!}' or seq = 1)`);
    await at(minute);
    try {
      await one.workers.drainTimers();
      expect(await Promise.all(ids.map(stateOf))).toEqual(['expired', 'counting', 'expired']);
      expect(await timersOf(ids[1]!)).toMatchObject([
        { status: 'armed', attempts: 1, last_error: expect.stringContaining('refuses_one') },
      ]);
    } finally {
      await admin.query('alter table guildhall.history drop constraint refuses_one');
    }
    await admin.query('update guildhall.timer set next_attempt_at = null where instance_id = $1', [ids[1]]);
    await one.workers.drainTimers();
    expect(await stateOf(ids[1]!)).toBe('expired');
  });
});

describe('The loops of a process', () => {
  it('fire and deliver by themselves, and stop after the round under way', async () => {
    const own = await toyEngine({ ...shared(), registry });
    own.workers.start();
    const id = await own.started(patient);
    await own.send(id, 'STEP');
    await at(minute);
    await until(async () => (await stateOf(id)) === 'expired', 'the timer');
    await until(async () => {
      const { rows } = await admin.query<{ status: string }>('select status from guildhall.delivery where instance_id = $1', [
        id,
      ]);
      return rows[0]?.status === 'delivered';
    }, 'the delivery');
    await own.stop();
  });
});
