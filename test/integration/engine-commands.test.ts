import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import type { Outcome } from '../../src/engine/index.js';
import { sha256 } from '../../src/engine/chain.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import {
  holding,
  idOf,
  OTHER_USER,
  prepareToy,
  STRANGER,
  toyEngine,
  until,
  USER,
  waiters,
  type ToyEngine,
} from '../support/engine.js';
import { assertInvariants } from '../support/invariants.js';
import { toyDefinition, toyInput, toyKind } from '../support/toy-kind.js';

let db: TestDatabase;
let admin: pg.Pool;
let one: ToyEngine;
let two: ToyEngine;
const registry = [toyKind];

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser');
  await prepareToy(db);
  [one, two] = await Promise.all([toyEngine(db), toyEngine(db)]);
});

afterEach(async () => {
  await assertInvariants(admin, registry);
});

afterAll(async () => {
  await Promise.all([one, two].map((engine) => engine?.stop()));
  await db?.dispose();
});

const codeOf = (outcome: Outcome): string => (outcome.outcome === 'refused' ? outcome.code : outcome.outcome);
const rowsOf = async (id: string): Promise<{ event_type: string; event: string; actor_id: string; authority: string }[]> =>
  (
    await admin.query<{ event_type: string; event: string; actor_id: string; authority: string }>(
      'select * from guildhall.history where instance_id = $1 order by seq',
      [id],
    )
  ).rows;
const countOf = async (id: string): Promise<number> => {
  const { rows } = await admin.query<{ snapshot: string }>('select snapshot from guildhall.instance where id = $1', [id]);
  return (JSON.parse(rows[0]!.snapshot) as { context: { count: number } }).context.count;
};

describe('Senders to one instance', () => {
  it('both land when they come from two engines at once, one behind the other', async () => {
    const id = await one.started();
    const outcomes = await Promise.all([one.send(id, 'STEP'), two.send(id, 'STEP', { principalId: OTHER_USER })]);
    expect(outcomes.map(codeOf)).toEqual(['accepted', 'accepted']);
    expect(outcomes.map((outcome) => outcome.version).sort()).toEqual([2, 3]);
    expect(
      (await rowsOf(id))
        .slice(1)
        .map((row) => row.actor_id)
        .sort(),
    ).toEqual([USER, OTHER_USER]);
    expect(await countOf(id)).toBe(2);
  });

  it('lose nothing and skip no number when sixty come at once over several instances', async () => {
    const ids = await Promise.all([one.started(), two.started(), one.started()]);
    const sends = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? one : two).send(ids[index % 3]!, 'STEP'));
    expect(new Set((await Promise.all(sends)).map(codeOf))).toEqual(new Set(['accepted']));
    expect(await Promise.all(ids.map(countOf))).toEqual([20, 20, 20]);
  });

  it('cannot both finish it: the second is told that it has ended', async () => {
    const id = await one.started();
    const outcomes = await Promise.all([one.send(id, 'FINISH'), two.send(id, 'FINISH')]);
    expect(outcomes.map(codeOf).sort()).toEqual(['FINAL', 'accepted']);
  });

  it('cannot write over each other: a write that waited behind another is judged again', async () => {
    const id = await one.started({ limit: 1, patienceMs: 3_600_000 });
    let both: Promise<Outcome[]> = Promise.resolve([]);
    await holding(admin, [id], async () => {
      both = Promise.all([one.send(id, 'STEP'), two.send(id, 'STEP')]);
      await until(async () => (await waiters(admin)) === 2, 'two writers that wait');
    });
    const outcomes = await both;
    expect(outcomes.map(codeOf).sort()).toEqual(['NOT_ALLOWED', 'accepted']);
    expect(await countOf(id)).toBe(1);
  });

  it('say who acted and as what, and cannot say the time, the actor or a due time themselves', async () => {
    const id = await one.started();
    const payload = {
      at: '1999-01-01T00:00:00.000Z',
      dueAt: '1999-01-01T00:00:00.000Z',
      actor: { id: STRANGER, authorities: ['SUPPORT'] },
    };
    expect(codeOf(await one.send(id, 'PAUSE', { payload }))).toBe('accepted');
    const row = (await rowsOf(id)).at(-1)!;
    expect(row).toMatchObject({ event_type: 'PAUSE', actor_id: USER, authority: 'USER' });
    expect(row.event).not.toContain('1999');
    expect(JSON.parse(row.event)).not.toHaveProperty('dueAt');
  });
});

describe('An idempotency key', () => {
  it('makes one event of twenty equal sends over two engines, with twenty equal answers', async () => {
    const id = await one.started();
    const sends = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? one : two).send(id, 'STEP', { idempotencyKey: 'twenty' }),
    );
    const outcomes = await Promise.all(sends);
    expect(new Set(outcomes.map((outcome) => JSON.stringify({ ...outcome, replayed: null }))).size).toBe(1);
    expect(outcomes[0]).toMatchObject({ outcome: 'accepted', version: 2, state: 'counting' });
    expect(outcomes.filter((outcome) => outcome.outcome === 'accepted' && !outcome.replayed)).toHaveLength(1);
    expect(await countOf(id)).toBe(1);
  });

  it('makes one instance of twenty equal starts over two engines, with twenty equal answers', async () => {
    const starts = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? one : two).start(toyInput, { idempotencyKey: 'twenty' }),
    );
    const outcomes = await Promise.all(starts);
    expect(new Set(outcomes.map((outcome) => JSON.stringify({ ...outcome, replayed: null }))).size).toBe(1);
    expect(outcomes.filter((outcome) => outcome.outcome === 'accepted' && !outcome.replayed)).toHaveLength(1);
    const { rows } = await admin.query(`select from guildhall.idempotency where key = 'twenty' and operation = 'startToy'`);
    expect(rows).toHaveLength(1);
  });

  it('holds while two transactions race for it behind a lock', async () => {
    const [first, second] = [await one.started(), await one.started()];
    let both: Promise<Outcome[]> = Promise.resolve([]);
    await holding(admin, [first, second], async () => {
      both = Promise.all([
        one.send(first, 'STEP', { idempotencyKey: 'raced' }),
        two.send(second, 'STEP', { idempotencyKey: 'raced' }),
      ]);
      await until(async () => (await waiters(admin)) === 2, 'two writers that wait');
    });
    expect((await both).map(codeOf).sort()).toEqual(['KEY_REUSED', 'accepted']);
    expect((await countOf(first)) + (await countOf(second))).toBe(1);
  });

  it('makes one of two equal commands with a transaction effect, which also takes effect once', async () => {
    const id = await one.started();
    await one.send(id, 'STEP');
    const outcomes = await Promise.all(
      [one, two, one, two].map((engine) => engine.send(id, 'RECORD', { idempotencyKey: 'recorded' })),
    );
    expect(outcomes.map(codeOf)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(new Set(outcomes.map((outcome) => outcome.version))).toEqual(new Set([4]));
    expect((await admin.query('select from toy.record where instance_id = $1', [id])).rowCount).toBe(1);
  });

  it('gives the first answer again, whatever has happened since', async () => {
    const start = await one.start(toyInput, { idempotencyKey: 'first' });
    const id = idOf(start);
    const step = await one.send(id, 'STEP', { idempotencyKey: 'first' });
    await one.send(id, 'PAUSE');
    expect(await two.start(toyInput, { idempotencyKey: 'first' })).toEqual({ ...start, replayed: true });
    expect(await two.send(id, 'STEP', { idempotencyKey: 'first' })).toEqual({ ...step, replayed: true });
  });

  it('is refused with another body, be it another event, instance, expected version or input', async () => {
    const id = await one.started();
    await one.send(id, 'STEP', { idempotencyKey: 'body' });
    expect(codeOf(await two.send(id, 'PAUSE', { idempotencyKey: 'body' }))).toBe('KEY_REUSED');
    expect(codeOf(await two.send(id, 'STEP', { idempotencyKey: 'body', payload: { by: 2 } }))).toBe('KEY_REUSED');
    expect(codeOf(await two.send(id, 'STEP', { idempotencyKey: 'body', expectedVersion: 1 }))).toBe('KEY_REUSED');
    expect(codeOf(await two.send(await one.started(), 'STEP', { idempotencyKey: 'body' }))).toBe('KEY_REUSED');
    await one.start(toyInput, { idempotencyKey: 'body' });
    expect(codeOf(await two.start({ ...toyInput, limit: 3 }, { idempotencyKey: 'body' }))).toBe('KEY_REUSED');
  });

  it('belongs to one person and one operation', async () => {
    const id = await one.started();
    const outcomes = [
      await one.send(id, 'STEP', { idempotencyKey: 'mine' }),
      await one.send(id, 'STEP', { idempotencyKey: 'mine', principalId: OTHER_USER }),
      await one.send(id, 'STEP', { idempotencyKey: 'mine', operation: 'another' }),
    ];
    expect(outcomes.map((outcome) => outcome.version)).toEqual([2, 3, 4]);
  });

  it('is not consumed by a refused command', async () => {
    const id = await one.started();
    expect(codeOf(await one.send(id, 'RECORD', { idempotencyKey: 'unspent' }))).toBe('NOT_ALLOWED');
    expect(codeOf(await one.send(id, 'STEP', { idempotencyKey: 'unspent' }))).toBe('accepted');
    expect(codeOf(await one.start({ refuse: true }, { idempotencyKey: 'unspent' }))).toBe('NOT_ELIGIBLE');
    expect(codeOf(await one.start({ limit: -1 }, { idempotencyKey: 'unspent' }))).toBe('INVALID_INPUT');
    expect(codeOf(await one.start(toyInput, { idempotencyKey: 'unspent' }))).toBe('accepted');
  });

  it('says nothing any more to somebody who has lost the authority', async () => {
    const visitor = randomUUID();
    await admin.query(`insert into toy.authority values ($1, 'USER')`, [visitor]);
    const id = idOf(await one.start(toyInput, { idempotencyKey: 'lost', principalId: visitor }));
    await one.send(id, 'STEP', { idempotencyKey: 'lost', principalId: visitor });
    await admin.query('delete from toy.authority where principal_id = $1', [visitor]);
    expect(codeOf(await two.start(toyInput, { idempotencyKey: 'lost', principalId: visitor }))).toBe('NOT_FOUND');
    expect(codeOf(await two.send(id, 'STEP', { idempotencyKey: 'lost', principalId: visitor }))).toBe('NOT_FOUND');
  });
});

describe('A command is refused, and changes nothing,', () => {
  it('when the version that it names is not the current one, with the current one in the answer', async () => {
    const id = await one.started();
    expect(await one.send(id, 'STEP', { expectedVersion: 1 })).toMatchObject({ outcome: 'accepted', version: 2 });
    expect(await one.send(id, 'STEP', { expectedVersion: 1 })).toMatchObject({
      code: 'STALE_VERSION',
      instanceId: id,
      version: 2,
      state: 'counting',
    });
    expect(await countOf(id)).toBe(1);
  });

  it('when only one of two that name the same version can have it', async () => {
    const id = await one.started();
    const outcomes = await Promise.all([one, two].map((engine) => engine.send(id, 'STEP', { expectedVersion: 1 })));
    expect(outcomes.map(codeOf).sort()).toEqual(['STALE_VERSION', 'accepted']);
  });

  it('alike for an instance that does not exist and one in which one has no part', async () => {
    const id = await one.started();
    const foreign = await one.send(id, 'STEP', { principalId: STRANGER });
    expect(foreign).toEqual(await one.send(randomUUID(), 'STEP'));
    expect(foreign).toMatchObject({ outcome: 'refused', code: 'NOT_FOUND' });
    expect(foreign).not.toHaveProperty('version');
  });

  it('with every reason and where the instance stands', async () => {
    const id = await one.started({ limit: 2, patienceMs: 3_600_000 });
    expect(await one.send(id, 'STEP', { payload: { by: 3 } })).toMatchObject({
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'LIMIT_REACHED', field: 'by' }],
      instanceId: id,
      version: 1,
      state: 'counting',
    });
    expect(codeOf(await one.send(id, 'STEP', { payload: { by: 'much' } }))).toBe('INVALID_INPUT');
    expect(codeOf(await one.send(id, 'RESUME'))).toBe('WRONG_STATE');
    expect(codeOf(await one.send(id, 'toString'))).toBe('UNKNOWN_EVENT');
    expect(codeOf(await one.send(id, 'xstate.after.patience.TOY.counting'))).toBe('UNKNOWN_EVENT');
    expect(codeOf(await one.send(id, 'RECORDED', { payload: { recordId: randomUUID() } }))).toBe('FORBIDDEN');
    expect(await rowsOf(id)).toHaveLength(1);
  });

  it('when nobody opens its kind', async () => {
    const command = { input: {}, principalId: USER, operation: 'startToy' };
    expect(codeOf(await one.engine.start({ ...command, kind: 'UNHEARD_OF' }))).toBe('UNKNOWN_KIND');
    expect(codeOf(await one.engine.start({ ...command, kind: 'toString' }))).toBe('UNKNOWN_KIND');
  });
});

describe('Free text of a person', () => {
  it('stays beside the chain, which holds only its id and its salted hash', async () => {
    const annexed = z.strictObject({ annexId: z.uuid(), annexHash: z.string() });
    const withReason = toyDefinition({
      definition: { version: 2, events: { ...toyKind.events, PAUSE: { title: 'Pause', by: ['USER'], input: annexed } } },
    });
    registry.push(withReason);
    const own = await toyEngine({ ...db, registry: [withReason] });
    const id = await own.started();
    const send = {
      instanceId: id,
      event: { type: 'PAUSE' },
      principalId: USER,
      operation: 'pause',
      annex: { kind: 'reason', body: 'my own words' },
    };
    expect(await own.engine.send(send)).toMatchObject({ outcome: 'accepted', version: 2 });
    const { rows } = await admin.query<{ id: string; seq: number; salt: string; body: string }>(
      'select * from guildhall.annex where instance_id = $1',
      [id],
    );
    expect(rows).toMatchObject([{ seq: 2, kind: 'reason', body: 'my own words' }]);
    const event = (await rowsOf(id)).at(-1)!.event;
    expect(JSON.parse(event)).toMatchObject({ annexId: rows[0]!.id, annexHash: sha256(rows[0]!.salt + rows[0]!.body) });
    expect(event).not.toContain('my own words');
    // Refused: the words are not kept either.
    expect(codeOf(await own.engine.send(send))).toBe('WRONG_STATE');
    expect((await admin.query('select from guildhall.annex where instance_id = $1', [id])).rowCount).toBe(1);
    await own.stop();
  });
});
