import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { ClockControl } from '../../src/database/index.js';
import type { AcceptedOutcome, Outcome } from '../../src/engine/index.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { prepareToy } from '../support/engine.js';
import { engineChild, type EngineChild } from '../support/engine-child.js';
import { assertInvariants } from '../support/invariants.js';
import { toyInput, toyKind } from '../support/toy-kind.js';

/** Two operating-system processes over one database, alive and at work at the same time. */
let db: TestDatabase;
let admin: pg.Pool;
let clock: ClockControl;
let processes: [EngineChild, EngineChild];

beforeAll(async () => {
  db = await testDatabase();
  await prepareToy(db);
  admin = db.pool('superuser');
  clock = new ClockControl({ url: db.url, rolePrefix: db.rolePrefix, production: false });
  processes = await Promise.all([engineChild(db), engineChild(db)]);
}, 60_000);

afterAll(async () => {
  for (const child of processes) child.kill();
  await Promise.all(processes.map((child) => child.ended));
  await clock.close();
  await db.dispose();
});

const started = async (): Promise<string> => accepted(await processes[0].call({ call: 'start', input: toyInput })).instanceId;

function accepted(outcome: Outcome | null): AcceptedOutcome {
  if (outcome?.outcome !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome;
}

const answersOf = (outcomes: readonly AcceptedOutcome[]) =>
  new Set(outcomes.map((outcome) => JSON.stringify({ ...outcome, replayed: null })));

describe('Two processes', () => {
  it('make one event of twenty equal sends, with twenty equal answers', async () => {
    const instanceId = await started();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        accepted(
          await processes[index % 2]!.call({ call: 'send', instanceId, type: 'STEP', more: { idempotencyKey: 'twenty' } }),
        ),
      ),
    );
    expect(answersOf(outcomes).size).toBe(1);
    expect(outcomes.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const { rows } = await admin.query('select from guildhall.history where instance_id = $1', [instanceId]);
    expect(rows).toHaveLength(2);
  });

  it('make one instance of twenty equal starts, with twenty equal answers', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        accepted(await processes[index % 2]!.call({ call: 'start', input: toyInput, idempotencyKey: 'twenty-starts' })),
      ),
    );
    expect(answersOf(outcomes).size).toBe(1);
    expect(outcomes.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('land every event of two senders on one instance, in a dense row', async () => {
    const instanceId = await started();
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) =>
        accepted(await processes[index % 2]!.call({ call: 'send', instanceId, type: 'STEP' })),
      ),
    );
    const { rows } = await admin.query<{ seq: number }>('select seq from guildhall.history where instance_id = $1 order by seq', [
      instanceId,
    ]);
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
  });

  it('fire each of a hundred due timers once, whoever comes to it', async () => {
    const ids = await Promise.all(Array.from({ length: 100 }, started));
    await clock.shift(toyInput.patienceMs + 1_000);
    await Promise.all(processes.map((child) => child.call({ call: 'drainTimers' })));
    const { rows } = await admin.query<{ state: string; fired: number }>(
      `select i.state, (select count(*)::int from guildhall.history h where h.instance_id = i.id and h.source = 'timer') as fired
       from guildhall.instance i where i.id = any ($1::uuid[])`,
      [ids],
    );
    expect(rows).toHaveLength(100);
    expect(rows.every(({ state, fired }) => state === 'expired' && fired === 1)).toBe(true);
  });

  it('let either the timer or the person win, never both and never none', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, started));
    await clock.shift(toyInput.patienceMs + 1_000);
    const [outcomes] = await Promise.all([
      Promise.all(ids.map((instanceId) => processes[0].call({ call: 'send', instanceId, type: 'FINISH' }))),
      processes[1].call({ call: 'drainTimers' }),
    ]);
    const { rows } = await admin.query<{ id: string; state: string }>(
      'select id, state from guildhall.instance where id = any ($1::uuid[])',
      [ids],
    );
    for (const [index, id] of ids.entries()) {
      const state = rows.find((row) => row.id === id)?.state;
      expect(outcomes[index]).toMatchObject(
        state === 'finished' ? { outcome: 'accepted', state } : { outcome: 'refused', code: 'FINAL', state: 'expired' },
      );
    }
  });

  it('leave every invariant whole', async () => {
    await assertInvariants(admin, [toyKind]);
  });
});
