import pg from 'pg';
import { pino } from 'pino';
import { drive } from '../../scripts/replay/drive.js';
import type { Spell } from '../../scripts/replay/spells.js';
import { prepareWorld } from '../../scripts/replay/world.js';
import { createApp, type AppOptions } from '../../src/app.js';
import { ClockControl, roleOf, urlAs } from '../../src/database/index.js';

export interface ReplayTarget {
  readonly url: string;
  readonly rolePrefix: string;
}

/** Plays spells into a database as `npm run replay` does; everything but the notifications, which tell of it and change nothing. */
export async function replayInto(
  { url, rolePrefix }: ReplayTarget,
  spells: readonly Spell[],
  more: Pick<AppOptions, 'onStep'> = {},
): Promise<void> {
  const owner = new pg.Client({ connectionString: urlAs(url, roleOf(rolePrefix, 'owner')) });
  await owner.connect();
  const world = await prepareWorld(owner, spells);
  await owner.end();
  const clock = new ClockControl({ url, rolePrefix, production: false });
  const app = await createApp({
    config: { introspection: false, production: false },
    databaseUrl: url,
    rolePrefix,
    poolSize: 4,
    log: pino({ level: 'silent' }),
    ...more,
  });
  try {
    await drive({ app, clock, world, spells, onProgress: () => undefined });
  } finally {
    await app.stop();
    await clock.close();
  }
}

/** A small generator with a seed (mulberry32): the same spells in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MASS_REMOVAL = Date.UTC(2021, 5, 15, 12, 30, 1);

/** Days of membership by which each way of leaving is the one that is open. */
const LENGTHS = {
  notice: [40, 400],
  probation: [0.2, 13],
  mutual: [21, 30],
} as const;
export type SeededWay = keyof typeof LENGTHS | 'stays' | 'release';

export interface Seeded {
  readonly way: SeededWay;
  readonly spells: readonly Spell[];
}

/** People who leave in one way each, `each` of every way; the odd ones are back some hours later, for good. */
export function seededSpells(seed: number, each: number): Seeded[] {
  const next = random(seed);
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from));
  const second = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString();
  const firstDay = () => Date.UTC(2020, 0, 10) + between(0, 1000 * DAY_MS);
  let line = 1;
  const ways: SeededWay[] = ['stays', 'release', 'notice', 'probation', 'mutual'];
  return ways.flatMap((way) =>
    Array.from({ length: each }, (_, index): Seeded => {
      const broadcaster = `b-${way}-${String(index)}`;
      const spell = (guild: number, began: number, ends: number | null): Spell => ({
        line: (line += 1),
        guild: `guild-${String(guild)}`,
        broadcaster,
        joinedAt: second(began),
        leftAt: ends === null ? null : second(ends),
        entry: 'joined',
        leaveReason: ends === null ? null : way === 'release' ? 'INACTIVITY_RULE' : 'OTHER',
      });
      if (way === 'stays') return { way, spells: [spell(between(0, 3), firstDay(), null)] };
      const isRemoved = way === 'release';
      const began = isRemoved ? MASS_REMOVAL - between(HOUR_MS, 300 * DAY_MS) : firstDay();
      const ends = isRemoved ? MASS_REMOVAL : began + between(LENGTHS[way][0] * DAY_MS, LENGTHS[way][1] * DAY_MS);
      const first = spell(isRemoved ? 0 : between(0, 3), began, ends);
      if (index % 2 === 0) return { way, spells: [first] };
      // One of them without a moment in between.
      return { way, spells: [first, spell(between(0, 3), index === 1 ? ends : ends + between(0, 20 * HOUR_MS), null)] };
    }),
  );
}

/** Some of a file's people, each with all their spells. */
export function somePeople(spells: readonly Spell[], seed: number, count: number): Spell[] {
  const next = random(seed);
  const people = [...new Set(spells.map(({ broadcaster }) => broadcaster))];
  const chosen = new Set<string>();
  while (chosen.size < Math.min(count, people.length)) chosen.add(people[Math.floor(next() * people.length)]!);
  return spells.filter(({ broadcaster }) => chosen.has(broadcaster));
}

/**
 * What a replay has come to, free of ids and of what is drawn anew in every run: every request with its events, and every membership.
 */
export async function outcomeOf(admin: pg.Pool): Promise<string[]> {
  const { rows } = await admin.query<{ line: string }>(
    `select concat_ws(' ', b.handle, r.kind, i.state, (select string_agg(concat_ws('/', h.source, h.event_type, h.state, h.at), ' ' order by h.at, h.source, h.event_type, h.state)
         from guildhall.history h where h.instance_id = r.id)) as line
       from guildhall.request r join guildhall.broadcaster b on b.id = r.broadcaster_id join guildhall.instance i on i.id = r.id
     union all
     select concat_ws(' ', b.handle, 'member of', g.name, m.starts_at, m.ends_at, m.end_kind, m.end_cause, m.annulled_at)
       from guildhall.membership m join guildhall.broadcaster b on b.id = m.broadcaster_id join guildhall.guild g on g.id = m.guild_id
     order by 1`,
  );
  return rows.map(({ line }) => line);
}
