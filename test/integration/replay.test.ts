import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { compareSpells } from '../../scripts/replay/compare.js';
import { report } from '../../scripts/replay/report.js';
import { readSpells, type Spell } from '../../scripts/replay/spells.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { replayInto, seededSpells, somePeople, type SeededWay } from '../support/replay.js';

/** The real history, when it lies beside the project. */
const REAL = '../shared/data/kubernetes-org/memberships.csv';
const SEED = 20_261_123;

const seeded = seededSpells(SEED, 4);
const real = existsSync(REAL) ? somePeople(readSpells(readFileSync(REAL)).spells, SEED, 25) : [];
const spells = [...seeded.flatMap((one) => one.spells), ...real];

let db: TestDatabase;
let engine: pg.Pool;

beforeAll(async () => {
  db = await testDatabase();
  engine = db.pool('engine');
  await replayInto(db, spells);
}, 120_000);
afterAll(() => db.dispose());

interface Entry {
  readonly seen: string;
  readonly at: Date;
}

/** What happened in the request that began a spell's membership, or in the one that ended it, in its order. */
async function historyOf({ broadcaster, joinedAt }: Spell, which: 'request_id' | 'ended_by_request_id'): Promise<Entry[]> {
  const { rows } = await engine.query<Entry>(
    `select concat_ws(' ', h.source, regexp_replace(h.event_type, '^xstate\\.after\\.([^.]+)\\..*$', '\\1'), h.authority) as seen, h.at
     from guildhall.membership m join guildhall.history h on h.instance_id = m.${which} join guildhall.broadcaster b on b.id = m.broadcaster_id
     where b.handle = $1 and m.starts_at = $2 order by h.seq`,
    [broadcaster, joinedAt],
  );
  return rows;
}

const midnightAfter = (signed: Date, days: number) => {
  const day = new Date(Date.UTC(signed.getUTCFullYear(), signed.getUTCMonth(), signed.getUTCDate()));
  return new Date(day.getTime() + (days + 1) * 86_400_000);
};

const SIGNED = ['outside ACCEPT_TERMS GUILD_OWNER', 'outside SIGN_AGREEMENT BROADCASTER', 'outside SIGN_AGREEMENT GUILD_OWNER'];
const SWITCHED = ['timer switchAt SYSTEM', 'effect SWITCHED SYSTEM'];
/** The two signatures in the order of the alphabet: they are given at the same time. */
const inOrder = (entries: readonly Entry[]) => {
  const all = entries.map(({ seen }) => seen);
  const first = all.findIndex((seen) => seen.includes('SIGN_AGREEMENT'));
  return first < 0 ? all : [...all.slice(0, first), ...all.slice(first, first + 2).sort(), ...all.slice(first + 2)];
};

const firstSpellsOf = (way: SeededWay) => seeded.filter((one) => one.way === way).map((one) => one.spells[0]!);

test('every membership begins by a JOIN: draft, both signatures, a cooling-off that its timer ends, the switch', async () => {
  for (const spell of [...seeded.map((one) => one.spells[0]!), ...real]) {
    const entries = await historyOf(spell, 'request_id');
    expect(inOrder(entries)).toEqual([
      'start START BROADCASTER',
      'effect AGREEMENT_RENDERED SYSTEM',
      ...SIGNED,
      'timer coolingOffEnd SYSTEM',
      ...SWITCHED,
    ]);
    expect(entries[5]!.at).toEqual(midnightAfter(entries[4]!.at, 3));
    expect(entries[7]!.at.toISOString()).toBe(spell.joinedAt);
  }
});

describe('every membership that ends does so by a workflow of its own, at the instant of the file', () => {
  const LEFT = [...SWITCHED, 'effect STATEMENT_OPENED SYSTEM'];
  test.each<[string, SeededWay, string, string[]]>([
    ['with notice', 'notice', 'VOLUNTARY', ['start START BROADCASTER', ...LEFT]],
    ['alone in probation', 'probation', 'VOLUNTARY', ['start START BROADCASTER', ...LEFT]],
    ['by agreement', 'mutual', 'VOLUNTARY', ['start START BROADCASTER', 'effect AGREEMENT_RENDERED SYSTEM', ...SIGNED, ...LEFT]],
    ['released by the platform', 'release', 'ENFORCED', ['start START SUPPORT', ...LEFT]],
  ])('%s', async (_name, way, endKind, expected) => {
    for (const spell of firstSpellsOf(way)) {
      const entries = await historyOf(spell, 'ended_by_request_id');
      expect(inOrder(entries)).toEqual(expected);
      const { rows } = await engine.query(
        `select m.ends_at, m.end_kind from guildhall.membership m join guildhall.broadcaster b on b.id = m.broadcaster_id
         where b.handle = $1 and m.starts_at = $2`,
        [spell.broadcaster, spell.joinedAt],
      );
      expect(rows).toEqual([{ ends_at: new Date(spell.leftAt!), end_kind: endKind }]);
      expect(entries.at(-1)!.at.toISOString()).toBe(spell.leftAt);
    }
  });

  test('the mass removal was bulk work of the platform, one item a member', async () => {
    const { rows } = await engine.query(
      `select o.type, o.reason_code, o.status, o.failed, sum(o.done)::int as done from guildhall.bulk_operation o
       where o.params ->> 'effectiveAt' = $1 group by 1, 2, 3, 4`,
      [firstSpellsOf('release')[0]!.leftAt],
    );
    expect(rows).toEqual([
      {
        type: 'RELEASE_MEMBERSHIP',
        reason_code: 'INACTIVITY_RULE',
        status: 'DONE',
        failed: 0,
        done: firstSpellsOf('release').length,
      },
    ]);
  });
});

test('no request was refused, and somebody who is back some hours later asked before they had left', async () => {
  // The file tells of no payouts, so nobody reports one: every payment comes as far as it does by itself.
  const { rows } = await engine.query(
    `select distinct kind, state from guildhall.instance where state <> 'completed' or kind = 'PAYMENT'`,
  );
  expect(rows).toEqual([{ kind: 'PAYMENT', state: 'payoutLate' }]);
  for (const { spells: own } of seeded.filter((one) => one.spells.length > 1)) {
    const [asked] = await historyOf(own[1]!, 'request_id');
    expect(asked!.at.getTime()).toBeLessThanOrEqual(Date.parse(own[0]!.leftAt!));
  }
});

describe('the comparison with the file', () => {
  test('finds no difference, and as many members of every guild', async () => {
    expect(await compareSpells(engine, spells)).toEqual([]);
    const { wrong, table } = await report(engine, spells);
    expect(wrong).toEqual([]);
    expect(table.split('\n').at(-1)).toMatch(/^all +\d/);
  });

  test('tells every difference: another end, an end too many, a membership too few and one too many', async () => {
    const [changed, ended, , extra] = firstSpellsOf('notice');
    const [stays] = firstSpellsOf('stays');
    const other = spells.flatMap((spell): Spell[] => {
      if (spell === changed) return [{ ...spell, leftAt: '2030-01-01T00:00:00.000Z' }];
      if (spell === ended) return [{ ...spell, leftAt: null, leaveReason: null }];
      if (spell === stays) return [{ ...spell, joinedAt: '2019-01-01T00:00:00.000Z' }];
      return spell === extra ? [] : [spell];
    });
    const reasons = (await compareSpells(engine, other)).map(({ broadcaster, reason }) => `${broadcaster}: ${reason}`).sort();
    const where = ({ broadcaster, line, guild, joinedAt }: Spell) =>
      `${broadcaster}: line ${String(line)}: the membership in ${guild} from ${joinedAt}`;
    expect(reasons).toEqual(
      [
        `${where(changed!)} ends at ${changed!.leftAt!}; in the file it ends at 2030-01-01T00:00:00.000Z`,
        `${where(ended!)} ends at ${ended!.leftAt!}; in the file it goes on`,
        `${where({ ...stays!, joinedAt: '2019-01-01T00:00:00.000Z' })} is missing`,
        `${stays!.broadcaster}: a membership that is not in the file: in ${stays!.guild} from ${stays!.joinedAt}`,
        `${extra!.broadcaster}: a membership that is not in the file: in ${extra!.guild} from ${extra!.joinedAt}`,
      ].sort(),
    );
    expect((await report(engine, other)).wrong).toEqual([ended!.guild]);
  });
});

test('a second run changes nothing', async () => {
  const counts = async () =>
    (
      await engine.query(
        `select (select count(*) from guildhall.history) as history, (select count(*) from guildhall.membership) as memberships,
           (select count(*) from guildhall.request) as requests, (select count(*) from guildhall.delivery) as deliveries,
           (select count(*) from guildhall.bulk_item) as items, guildhall.now() as now`,
      )
    ).rows[0] as object;
  const before = await counts();
  await replayInto(db, spells);
  expect(await counts()).toEqual(before);
});
