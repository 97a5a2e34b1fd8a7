import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { MAX_DELIVERY_ATTEMPTS } from '../../src/engine/deliveries.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { BROKEN_COUNT, prepareToy, toyEngine, UNLUCKY_COUNT, type ToyEngine } from '../support/engine.js';
import { assertInvariants } from '../support/invariants.js';
import { toyKind } from '../support/toy-kind.js';

let db: TestDatabase;
let admin: pg.Pool;
let one: ToyEngine;
let two: ToyEngine;
let telling: () => void = () => undefined;

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser');
  await prepareToy(db);
  [one, two] = await Promise.all([toyEngine({ ...db, onTold: () => telling() }), toyEngine(db)]);
});

afterEach(async () => {
  telling = () => undefined;
  await assertInvariants(admin, [toyKind]);
});

afterAll(async () => {
  await Promise.all([one, two].map((engine) => engine?.stop()));
  await db?.dispose();
});

async function counted(count: number): Promise<string> {
  const id = await one.started();
  await one.send(id, 'STEP', { payload: { by: count } });
  return id;
}
const recordsOf = async (id: string) =>
  (await admin.query<{ count: number }>('select count from toy.record where instance_id = $1', [id])).rows;
const historyOf = async (id: string) =>
  (
    await admin.query<{ seq: number; event_type: string; event: string; source: string; log_tx: string }>(
      'select * from guildhall.history where instance_id = $1 order by seq',
      [id],
    )
  ).rows;

describe('A transaction effect', () => {
  it('is committed with the transition that asked for it, and its answer is the next event of the same send', async () => {
    const id = await counted(5);
    expect(await one.send(id, 'RECORD')).toEqual({
      outcome: 'accepted',
      instanceId: id,
      version: 4,
      state: 'counting',
      replayed: false,
    });
    expect(await recordsOf(id)).toEqual([{ count: 5 }]);
    const rows = (await historyOf(id)).slice(2);
    expect(rows.map(({ source, event_type: type }) => [source, type])).toEqual([
      ['outside', 'RECORD'],
      ['effect', 'RECORDED'],
    ]);
    expect(new Set(rows.map(({ log_tx: tx }) => tx)).size).toBe(1);
  });

  it('that meets an expected refusal is undone alone, and the refusal becomes the event that the kind has named', async () => {
    const id = await counted(UNLUCKY_COUNT);
    expect(await one.send(id, 'RECORD')).toMatchObject({ outcome: 'accepted', version: 4, state: 'counting' });
    expect(await recordsOf(id)).toEqual([]);
    const last = (await historyOf(id)).at(-1)!;
    expect(last).toMatchObject({ event_type: 'RECORD_REFUSED', source: 'effect' });
    expect(JSON.parse(last.event)).toMatchObject({ reasons: [{ code: 'UNLUCKY', message: 'Thirteen is not recorded.' }] });
  });

  it('that breaks undoes everything, the transition and its key included, and rejects', async () => {
    const id = await counted(BROKEN_COUNT);
    await expect(one.send(id, 'RECORD', { idempotencyKey: 'broken' })).rejects.toThrow('The record broke.');
    expect(await recordsOf(id)).toEqual([]);
    expect(await historyOf(id)).toHaveLength(2);
    expect((await admin.query(`select from guildhall.idempotency where key = 'broken'`)).rowCount).toBe(0);
    expect(await one.send(id, 'STEP')).toMatchObject({ outcome: 'accepted', version: 3 });
  });
});

describe('A batch', () => {
  it('fails for its one bad member alone', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => one.started()));
    const bad = ids[3]!;
    await admin.query(`alter table guildhall.history add constraint refuses_one check (instance_id <> '${bad}' or seq = 1)`);
    try {
      const results = await Promise.allSettled(ids.map((id) => one.send(id, 'STEP')));
      expect(results.map(({ status }) => status)).toEqual(ids.map((id) => (id === bad ? 'rejected' : 'fulfilled')));
    } finally {
      await admin.query('alter table guildhall.history drop constraint refuses_one');
    }
    expect(await one.send(bad, 'STEP')).toMatchObject({ outcome: 'accepted', version: 2 });
  });

  it('fails alone for a member whose own text the database cannot hold', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => one.started()));
    const keys = ['a', 'b\u0000', 'c', 'd'];
    const results = await Promise.allSettled(ids.map((id, index) => one.send(id, 'STEP', { idempotencyKey: keys[index]! })));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('that fails after its commit is not carried out again, neither for who was refused nor for who was written', async () => {
    const [full, good] = [await one.started({ limit: 0, patienceMs: 3_600_000 }), await one.started()];
    const setLimit = (from: number, to: number) =>
      admin.query('update guildhall.instance set snapshot = replace(snapshot, $2, $3) where id = $1', [
        full,
        `"limit":${from}`,
        `"limit":${to}`,
      ]);
    let failed = false;
    const failing = await toyEngine({
      ...db,
      onStep: async (step) => {
        if (step !== 'committed' || failed) return;
        failed = true;
        // What the refusal was about goes away before the second attempt.
        await setLimit(0, 5);
        throw new Error('Something broke after the commit.');
      },
    });
    const outcomes = await Promise.all([failing.send(full, 'STEP'), failing.send(good, 'STEP')]);
    expect(outcomes).toMatchObject([
      { outcome: 'refused', code: 'NOT_ALLOWED' },
      { outcome: 'accepted', version: 2 },
    ]);
    expect(await historyOf(full)).toHaveLength(1);
    expect(await historyOf(good)).toHaveLength(2);
    await setLimit(5, 0);
    await failing.stop();
  });
});

/** The database's own refusal, as often as the sequence says, of every change of one instance. */
async function failing(id: string, sqlState: string, times: number): Promise<() => Promise<void>> {
  await admin.query(`
    create sequence toy.failures;
    grant usage on sequence toy.failures to "${db.rolePrefix}_engine";
    create function toy.fail() returns trigger language plpgsql as $$ begin
      if new.id = '${id}' and nextval('toy.failures') <= ${times} then raise exception 'staged' using errcode = '${sqlState}'; end if;
      return new;
    end $$;
    create trigger fail before update on guildhall.instance for each row execute function toy.fail();`);
  return async () => {
    await admin.query('drop trigger fail on guildhall.instance; drop function toy.fail; drop sequence toy.failures');
  };
}

describe('A serialisation failure or a deadlock', () => {
  it.each(['40001', '40P01'])('(%s) is tried again, and the command happens once', async (sqlState) => {
    for (const event of ['STEP', 'RECORD']) {
      const id = await counted(1);
      const end = await failing(id, sqlState, 3);
      try {
        expect(await one.send(id, event)).toMatchObject({
          outcome: 'accepted',
          version: event === 'STEP' ? 3 : 4,
          replayed: false,
        });
      } finally {
        await end();
      }
      expect(await recordsOf(id)).toHaveLength(event === 'STEP' ? 0 : 1);
    }
  });

  it('that does not end is given up after some attempts, and nothing is half done', async () => {
    const id = await counted(1);
    const end = await failing(id, '40001', 1_000_000);
    try {
      await expect(one.send(id, 'RECORD')).rejects.toThrow('staged');
      const { rows } = await admin.query<{ n: number }>('select last_value::int as n from toy.failures');
      expect(rows[0]!.n).toBeLessThanOrEqual(13);
    } finally {
      await end();
    }
    expect(await historyOf(id)).toHaveLength(2);
    expect(await recordsOf(id)).toEqual([]);
  });
});

describe('A delivery', () => {
  const deliveriesOf = async (id: string) =>
    (
      await admin.query<{ id: string; status: string; attempts: number; last_error: string | null }>(
        'select * from guildhall.delivery where instance_id = $1 order by seq',
        [id],
      )
    ).rows;
  const toldOf = async (id: string) =>
    (await admin.query<{ delivery_id: string; count: number }>('select * from toy.told where instance_id = $1', [id])).rows;

  it('is written with its transition, and handed out once when two engines look for it', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => counted(1)));
    await Promise.all([one, two, one, two].map(({ workers }) => workers.drain()));
    for (const id of ids) {
      const [delivery] = await deliveriesOf(id);
      expect(delivery).toMatchObject({ status: 'delivered', attempts: 1 });
      expect(await toldOf(id)).toMatchObject([{ delivery_id: delivery!.id, count: 1 }]);
    }
  });

  it('that fails is tried again with the same id, later each time, and says why', async () => {
    const id = await counted(2);
    telling = () => {
      throw new Error('The outside world is closed.');
    };
    await one.workers.drain();
    expect(await deliveriesOf(id)).toMatchObject([
      { status: 'pending', attempts: 1, last_error: expect.stringContaining('closed') },
    ]);
    await one.workers.drain();
    expect(await toldOf(id)).toHaveLength(1);
    telling = () => undefined;
    await admin.query('update guildhall.delivery set next_attempt_at = clock_timestamp() where instance_id = $1', [id]);
    await one.workers.drain();
    const [delivery] = await deliveriesOf(id);
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 2, last_error: null });
    expect((await toldOf(id)).map((told) => told.delivery_id)).toEqual([delivery!.id, delivery!.id]);
  });

  it('whose failure cannot be noted keeps its lease, and the others of its round are handed out all the same', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => counted(4)));
    let failures = 0;
    // Both workers of the round meet one of them.
    telling = () => {
      if ((failures += 1) <= 2) throw new Error('Closed at first.');
    };
    await admin.query('alter table guildhall.delivery add constraint notes_nothing check (last_error is null) not valid');
    try {
      await one.workers.drain();
    } finally {
      await admin.query('alter table guildhall.delivery drop constraint notes_nothing');
    }
    const deliveries = (await Promise.all(ids.map(deliveriesOf))).flat();
    expect(deliveries.map(({ status }) => status).sort()).toEqual(['delivered', 'delivered', 'pending', 'pending']);
    expect(one.logged.filter(({ message }) => message.startsWith('a failed delivery could not be noted'))).toHaveLength(2);
    await admin.query('update guildhall.delivery set next_attempt_at = clock_timestamp() where instance_id = any ($1)', [ids]);
    await one.workers.drain();
    expect(new Set((await Promise.all(ids.map(deliveriesOf))).flat().map(({ status }) => status))).toEqual(
      new Set(['delivered']),
    );
  });

  it('is marked as failed after its last attempt, and left for a person to look at', async () => {
    const id = await counted(3);
    telling = () => {
      throw new Error('Still closed.');
    };
    await admin.query('update guildhall.delivery set attempts = $2 where instance_id = $1', [id, MAX_DELIVERY_ATTEMPTS - 1]);
    await one.workers.drain();
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'failed', attempts: MAX_DELIVERY_ATTEMPTS }]);
    await admin.query('update guildhall.delivery set next_attempt_at = clock_timestamp() where instance_id = $1', [id]);
    await one.workers.drain();
    expect(await toldOf(id)).toHaveLength(1);
  });
});

describe('An engine that is stopped', () => {
  it('answers what it has taken, also what waits for another attempt, and takes no more', async () => {
    const own = await toyEngine(db);
    const id = await own.started();
    const end = await failing(id, '40001', 3);
    const sending = own.send(id, 'STEP');
    await own.engine.stop();
    expect(await historyOf(id)).toHaveLength(2);
    expect(await sending).toMatchObject({ outcome: 'accepted' });
    await end();
    expect(() => own.send(id, 'STEP')).toThrow('stopping');
    await own.stop();
  });
});
