import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { drive } from '../../scripts/replay/drive.js';
import { readSpells, type Spell } from '../../scripts/replay/spells.js';
import { prepareWorld } from '../../scripts/replay/world.js';
import { createApp, type App } from '../../src/app.js';
import { ClockControl } from '../../src/database/index.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

/** The real history when it lies beside the project, else invented spells of the same form. */
const REAL = '../shared/data/kubernetes-org/memberships.csv';
const SEED = 20_261_123;
const COUNT = 50;

/** A small generator with a seed (mulberry32): the same fifty spells in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function chosen(): Spell[] {
  const next = random(SEED);
  if (!existsSync(REAL)) {
    return Array.from({ length: COUNT }, (_, index) => ({
      line: index + 2,
      guild: `guild-${String(Math.floor(next() * 4))}`,
      broadcaster: `b-${String(index)}`,
      joinedAt: new Date(Date.UTC(2020, 0, 10) + Math.floor(next() * 1_000 * 86_400) * 1_000).toISOString(),
      leftAt: null,
    }));
  }
  const { spells } = readSpells(readFileSync(REAL));
  const picked = new Map<string, Spell>();
  while (picked.size < COUNT) {
    const spell = spells[Math.floor(next() * spells.length)]!;
    // Second spells wait for leaving; a first one of somebody stands for itself.
    if (!picked.has(spell.broadcaster)) picked.set(spell.broadcaster, spell);
  }
  return [...picked.values()];
}

let db: TestDatabase;
let app: App;
let clock: ClockControl;
let engine: pg.Pool;
const spells = chosen();

const run = async () => {
  const owner = new pg.Client({ connectionString: db.ownerUrl });
  await owner.connect();
  const world = await prepareWorld(owner, spells);
  await owner.end();
  const nextDue = async () =>
    (await engine.query<{ due: Date | null }>(`select min(due_at) as due from guildhall.timer where status = 'armed'`)).rows[0]
      ?.due ?? undefined;
  await drive({ app, clock, world, spells, nextDue, onProgress: () => undefined });
};

beforeAll(async () => {
  db = await testDatabase();
  engine = db.pool('engine');
  clock = new ClockControl({ url: db.url, rolePrefix: db.rolePrefix, production: false });
  const log = pino({ level: 'silent' });
  app = await createApp({
    config: { introspection: false, production: false },
    databaseUrl: db.url,
    rolePrefix: db.rolePrefix,
    poolSize: 4,
    log,
  });
  await run();
}, 60_000);

afterAll(async () => {
  await app.stop();
  await clock.close();
  await db.dispose();
});

interface Entry {
  readonly event: string;
  readonly source: string;
  readonly authority: string;
  readonly at: Date;
}

const midnightAfter = (signed: Date, days: number) => {
  const day = new Date(Date.UTC(signed.getUTCFullYear(), signed.getUTCMonth(), signed.getUTCDate()));
  return new Date(day.getTime() + (days + 1) * 86_400_000);
};

test('fifty seeded spells go through the whole history: draft, both signatures, a cooling-off that its timer ends, the switch', async () => {
  for (const spell of spells) {
    const { rows } = await engine.query<Entry & { starts_at: Date }>(
      `select regexp_replace(h.event_type, '^xstate\\.after\\.([^.]+)\\..*$', '\\1') as event, h.source, h.authority, h.at, m.starts_at
       from guildhall.history h join guildhall.request r on r.id = h.instance_id join guildhall.broadcaster b on b.id = r.broadcaster_id
       join guildhall.membership m on m.request_id = r.id where b.handle = $1 order by h.seq`,
      [spell.broadcaster],
    );
    const seen = rows.map(({ event, source, authority }) => `${source} ${event} ${authority}`);
    expect(seen.slice(0, 3)).toEqual([
      'start START BROADCASTER',
      'effect AGREEMENT_RENDERED SYSTEM',
      'outside ACCEPT_TERMS GUILD_OWNER',
    ]);
    expect(seen.slice(3, 5).sort()).toEqual(['outside SIGN_AGREEMENT BROADCASTER', 'outside SIGN_AGREEMENT GUILD_OWNER']);
    expect(seen.slice(5)).toEqual(['timer coolingOffEnd SYSTEM', 'timer switchAt SYSTEM', 'effect SWITCHED SYSTEM']);
    expect(rows[5]!.at).toEqual(midnightAfter(rows[4]!.at, 3));
    expect(rows[7]!.at.toISOString()).toBe(spell.joinedAt);
    expect(rows[7]!.starts_at.toISOString()).toBe(spell.joinedAt);
  }
});

test('a second run changes nothing', async () => {
  const counts = async () =>
    (
      await engine.query(
        `select (select count(*) from guildhall.history) as history, (select count(*) from guildhall.membership) as memberships,
           (select count(*) from guildhall.request) as requests, (select count(*) from guildhall.delivery) as deliveries, guildhall.now() as now`,
      )
    ).rows[0] as object;
  const before = await counts();
  await run();
  expect(await counts()).toEqual(before);
});
