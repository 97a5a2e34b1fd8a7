import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { checkBoot } from '../../src/engine/index.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { prepareToy, toyEngine, type ToyEngine } from '../support/engine.js';
import { toyDefinition, toyKind } from '../support/toy-kind.js';

let db: TestDatabase;
let admin: pg.Pool;
const engines: ToyEngine[] = [];

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser');
  await prepareToy(db);
});

afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
});

afterAll(async () => {
  await db?.dispose();
});

async function engine(options: Partial<Parameters<typeof toyEngine>[0]> = {}): Promise<ToyEngine> {
  const made = await toyEngine({ url: db.url, rolePrefix: db.rolePrefix, ...options });
  engines.push(made);
  return made;
}

describe('The boot check', () => {
  it('has nothing to say of a build that fits its database', async () => {
    const toy = await engine();
    await toy.started();
    expect(await checkBoot(toy.engine, [toyKind])).toEqual([]);
  });

  it('names the running instances whose machine is gone, but not the ended ones', async () => {
    const toy = await engine();
    const [id, ended] = [await toy.started(), await toy.started()];
    await toy.send(ended, 'FINISH');
    const next = toyDefinition({ definition: { version: 2 } });
    const { rows } = await admin.query<{ n: string }>(
      `select count(*)::text as n from guildhall.instance where status = 'active' and state = 'counting'`,
    );
    const newer = await engine({ registry: [next] });
    expect(await checkBoot(newer.engine, [next])).toEqual([
      `${rows[0]!.n} running instances in "counting" need TOY v1, which is not registered.`,
    ]);
    expect(await checkBoot((await engine({ registry: [next, toyKind] })).engine, [next, toyKind])).toEqual([]);
    await toy.send(id, 'FINISH');
  });

  it('finds a stored snapshot that its machine no longer knows', async () => {
    const toy = await engine();
    const id = await toy.started();
    await toy.send(id, 'PAUSE');
    await admin.query(`update guildhall.instance set snapshot = replace(snapshot, '"paused"', '"renamed"') where id = $1`, [id]);
    expect(await checkBoot(toy.engine, [toyKind])).toEqual([
      expect.stringMatching(`^TOY v1: the snapshot of instance ${id} in "paused" does not restore`),
    ]);
    await admin.query(`update guildhall.instance set snapshot = replace(snapshot, '"renamed"', '"paused"') where id = $1`, [id]);
    expect(await checkBoot(toy.engine, [toyKind])).toEqual([]);
  });

  it('names every missing handler at once', async () => {
    const toy = await engine({ handlers: { openers: {}, transactionEffects: {}, deliveries: {} } });
    expect(await checkBoot(toy.engine, [toyKind])).toEqual([
      'TOY v1: nothing opens this kind.',
      'TOY v1: the transaction effect "record" has no handler.',
      'TOY v1: the delivery effect "tell" has no handler.',
    ]);
  });

  it('passes on what is wrong with a machine itself', async () => {
    const bad = toyDefinition({ definition: { delays: {} } });
    expect(await checkBoot((await engine({ registry: [bad] })).engine, [bad])).toEqual([
      expect.stringContaining('uses the delay "patience"'),
    ]);
  });
});

describe('History is append-only', () => {
  const statements = [`update guildhall.history set event = '{}'`, `delete from guildhall.history`, `truncate guildhall.history`];

  it.each(statements)('for the engine: %s is not granted', async (statement) => {
    await (await engine()).started();
    await expect(db.pool('engine', 1).query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it.each(statements)('for the owner: %s is refused by the trigger', async (statement) => {
    await (await engine()).started();
    await expect(db.pool('owner', 1).query(statement)).rejects.toMatchObject({
      code: '23001',
      message: 'history is append-only',
    });
  });

  it.each(statements)('for the superuser: %s is refused by the trigger', async (statement) => {
    await expect(admin.query(statement)).rejects.toMatchObject({ code: '23001' });
  });
});
