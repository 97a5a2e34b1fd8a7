import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { begun, endLeases, prepareBulk, progressOf, someIds } from '../support/bulk.js';
import type { BulkProcessOptions } from '../support/bulk.process.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { prepareToy, toyEngine, until, type ToyEngine } from '../support/engine.js';
import { assertInvariants } from '../support/invariants.js';
import { toyKind } from '../support/toy-kind.js';

/** Processes that work off bulk operations die at every point; what they leave is finished by others, each item once. */
let db: TestDatabase;
let admin: pg.Pool;
let toy: ToyEngine;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser');
  await prepareToy(db);
  await prepareBulk(admin);
  toy = await toyEngine({ url: db.url, rolePrefix: db.rolePrefix });
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await assertInvariants(admin, [toyKind]);
  await toy.stop();
  await db.dispose();
});

/** Works off what is due in a process of its own; `ended` is the signal or the code by which that ends. */
function worker(killAt?: BulkProcessOptions['killAt']): { readonly child: ChildProcess; readonly ended: Promise<string> } {
  const options: BulkProcessOptions = { url: db.url, rolePrefix: db.rolePrefix, ...(killAt && { killAt }) };
  const child = fork('test/support/bulk.process.ts', [JSON.stringify(options)], {
    execArgv: ['--import', './scripts/register-ts.mjs'],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.add(child);
  const ended = once(child, 'exit').then(([code, signal]: (string | number | null)[]) => {
    children.delete(child);
    return String(signal ?? code);
  });
  return { child, ended };
}

/** How many instances have how many steps: `{2: 150}` when each of 150 was stepped once. */
async function steps(ids: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await admin.query<{ version: number; n: number }>(
    'select version, count(*)::int as n from guildhall.instance where id = any ($1) group by 1',
    [ids],
  );
  return Object.fromEntries(rows.map(({ version, n }) => [version, n]));
}

describe('A process that dies with bulk work in hand', () => {
  it.each([
    { point: 'bulk claimed', nth: 2 },
    { point: 'engine read', nth: 3 },
    { point: 'engine committed', nth: 3 },
    { point: 'bulk performed', nth: 2 },
    { point: 'bulk marked', nth: 2 },
  ] as const)('at "$point" leaves every event to be sent exactly once', async (killAt) => {
    const ids = await Promise.all(Array.from({ length: 150 }, () => toy.started()));
    const id = await begun(admin, { type: 'STEP', targets: [...ids, ...someIds(10)] });
    expect(await worker(killAt).ended).toBe('SIGKILL');
    expect((await progressOf(admin, id)).status).toBe('RUNNING');
    await endLeases(admin);
    expect(await worker().ended).toBe('0');
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 150, failed: 10 });
    expect(await steps(ids)).toEqual({ 2: 150 });
  });

  it.each([
    { point: 'engine written', nth: 5 },
    { point: 'engine committed', nth: 5 },
    { point: 'bulk performed', nth: 1 },
  ] as const)('at "$point" leaves every instance to be started exactly once', async (killAt) => {
    const patienceMs = 1_000_000 + killAt.nth + killAt.point.length;
    const id = await begun(admin, { type: 'START', targets: someIds(60), params: { patienceMs } });
    expect(await worker(killAt).ended).toBe('SIGKILL');
    await endLeases(admin);
    expect(await worker().ended).toBe('0');
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 60 });
    const { rows } = await admin.query<{ n: number }>(
      `select count(*)::int as n from guildhall.instance where (snapshot::jsonb #>> '{context,patienceMs}')::int = $1`,
      [patienceMs],
    );
    expect(rows).toEqual([{ n: 60 }]);
  });

  it('somewhere in the middle, beside another that goes on, takes nothing with it', async () => {
    // A few at a time: six hundred would wait for six connections, and on a busy machine the last of them in vain.
    const ids: string[] = [];
    while (ids.length < 600) ids.push(...(await Promise.all(Array.from({ length: 30 }, () => toy.started()))));
    const id = await begun(admin, { type: 'STEP', targets: ids });
    const [victim, other] = [worker(), worker()];
    await until(async () => (await progressOf(admin, id)).done > 100, 'some progress');
    victim.child.kill('SIGKILL');
    expect(await victim.ended).toBe('SIGKILL');
    expect(await other.ended).toBe('0');
    await endLeases(admin);
    expect(await worker().ended).toBe('0');
    expect(await progressOf(admin, id)).toMatchObject({ status: 'DONE', done: 600 });
    expect(await steps(ids)).toEqual({ 2: 600 });
  });
});
