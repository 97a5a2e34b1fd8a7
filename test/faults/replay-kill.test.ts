import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compareSpells } from '../../scripts/replay/compare.js';
import { registry } from '../../workflows/registry.js';
import { endLeases } from '../support/bulk.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { assertInvariants } from '../support/invariants.js';
import { outcomeOf, replayInto, seededSpells } from '../support/replay.js';
import type { ReplayProcessOptions } from '../support/replay.process.js';

const SAMPLE = { seed: 7, each: 2 };
const spells = seededSpells(SAMPLE.seed, SAMPLE.each).flatMap((one) => one.spells);

let undisturbed: TestDatabase;
let expected: string[];
const children = new Set<ChildProcess>();

beforeAll(async () => {
  undisturbed = await testDatabase();
  await replayInto(undisturbed, spells);
  expected = await outcomeOf(undisturbed.pool('superuser', 1));
}, 120_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await undisturbed.dispose();
});

/** A replay in a process of its own; gives the signal or the code by which it ended. */
async function replaying(db: TestDatabase, killAt: ReplayProcessOptions['killAt']): Promise<string> {
  const options: ReplayProcessOptions = { url: db.url, rolePrefix: db.rolePrefix, ...SAMPLE, ...(killAt && { killAt }) };
  const child = fork('test/support/replay.process.ts', [JSON.stringify(options)], {
    execArgv: ['--import', './scripts/register-ts.mjs'],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.add(child);
  const [code, signal] = (await once(child, 'exit')) as (string | number | null)[];
  children.delete(child);
  return String(signal ?? code);
}

test('a replay that is killed again and again goes on where it was, and comes to the same end', async () => {
  const db = await testDatabase();
  const admin = db.pool('superuser', 1);
  try {
    for (const killAt of [
      { point: 'committed', nth: 20 },
      { point: 'effect', nth: 8 },
      { point: 'written', nth: 6 },
      { point: 'committed', nth: 30 },
    ] as const) {
      expect({ killAt, ended: await replaying(db, killAt) }).toEqual({ killAt, ended: 'SIGKILL' });
      await endLeases(admin);
    }
    expect(await outcomeOf(admin)).not.toEqual(expected);
    expect(await replaying(db, undefined)).toBe('0');
    expect(await outcomeOf(admin)).toEqual(expected);
    expect(await compareSpells(admin, spells)).toEqual([]);
    await assertInvariants(admin, registry);
  } finally {
    await db.dispose();
  }
}, 180_000);
