import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { readFacts } from '../../src/requests/facts.js';
import { seedWorld } from '../../src/seed/seed.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import type { Golden } from '../support/golden.js';
import { WorldBuilder, type TestGuild } from '../support/world.js';

const GOLDEN = 'test/workflows/golden';
const AT = '2026-03-02T12:00:00.000Z';

/** Where a membership's end is settled and only waits for its instant. In every other state of every kind it goes on. */
const SETTLED = [
  'LEAVE_NOTICE noticePeriod',
  'LEAVE_MUTUAL settlement',
  'LEAVE_PROBATION settlement',
  'LEAVE_LOW_ACTIVITY settlement',
  'EXPEL noticePeriod',
  'EXPEL settlement',
  'RELEASE settlement',
];

const goldens = readdirSync(GOLDEN).flatMap((kind) =>
  readdirSync(join(GOLDEN, kind)).map((file) => JSON.parse(readFileSync(join(GOLDEN, kind, file), 'utf8')) as Golden),
);
const named = goldens.map((golden) => [`${golden.kind} ${golden.state}`, `v${String(golden.version)}`, golden] as const);

describe('whether somebody who asks to join is about to be free', () => {
  let db: TestDatabase;
  let world: WorldBuilder;
  let engine: pg.Pool;
  let guild: TestGuild;

  beforeAll(async () => {
    db = await testDatabase();
    world = new WorldBuilder(db.pool('owner', 2));
    engine = db.pool('engine', 2);
    await seedWorld(world.owner, DEVELOPMENT_ISSUER);
    guild = await world.guild();
  });
  afterAll(() => db.dispose());

  /** A member with that request under way, as the engine has stored it. */
  async function memberWith({ kind, version, state, snapshot, timers }: Golden): Promise<string> {
    const { uuid: broadcasterId } = await world.broadcaster();
    const [joinId, requestId] = [uuidv7(), uuidv7()];
    const insert = (id: string, ofKind: string, membershipId: string | null) =>
      world.owner.query(
        `insert into guildhall.request (id, kind, broadcaster_id, guild_id, membership_id, region_code, initiator, policy_version_id, created_at, created_by)
         select $1, $2, $3, $4, $5, 'EU', 'BROADCASTER', p.id, $6, $1 from guildhall.policy_version p where p.region_code = 'EU' limit 1`,
        [id, ofKind, broadcasterId, guild.uuid, membershipId, AT],
      );
    await insert(joinId, 'JOIN', null);
    await world.owner.query(
      `insert into guildhall.membership (id, request_id, broadcaster_id, guild_id, starts_at, terms) values ($1, $1, $2, $3, '2025-01-01', '{}')`,
      [joinId, broadcasterId, guild.uuid],
    );
    await insert(requestId, kind, joinId);
    const { status } = snapshot as unknown as { status: string };
    await db.pool('superuser', 1).query(
      `with i as (insert into guildhall.instance (id, kind, machine_version, state, status, version, snapshot, head_hash, last_tx, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 1, $6, '', pg_current_xact_id(), $7, $7))
       insert into guildhall.timer (instance_id, name, armed_seq, event_type, due_at)
       select $1, name, 1, name, due_at from unnest($8::text[], $9::timestamptz[]) as t (name, due_at)`,
      [
        requestId,
        kind,
        version,
        state,
        status,
        JSON.stringify(snapshot),
        AT,
        timers.map((t) => t.name),
        timers.map((t) => t.dueAt),
      ],
    );
    return broadcasterId;
  }

  const endOf = async (broadcasterId: string) => {
    const facts = await readFacts(engine, {
      requestId: uuidv7(),
      principalId: uuidv7(),
      broadcasterId,
      guildId: guild.uuid,
      gainingGuildId: null,
      parentId: null,
      at: AT,
      timeZone: 'UTC',
      currency: 'EUR',
      policy: { majorityAgeYears: 18 },
    });
    return facts.membership?.endsAt;
  };

  test.each(named)('%s, %s', async (name, _version, golden) => {
    const expected = SETTLED.includes(name) ? golden.timers[0]!.dueAt : null;
    expect(await endOf(await memberWith(golden))).toBe(expected);
  });

  test('every one of those states is stored somewhere', () => {
    expect(SETTLED.filter((name) => !named.some(([stored]) => stored === name))).toEqual([]);
  });

  test('a hold stops the clock and an extension moves it: what counts is when it will really end', async () => {
    const [, , golden] = named.find(([name]) => name === SETTLED[0])!;
    const broadcasterId = await memberWith(golden);
    const timer = (set: string) =>
      db
        .pool('superuser', 1)
        .query(
          `update guildhall.timer t set ${set} from guildhall.request r where r.id = t.instance_id and r.broadcaster_id = $1`,
          [broadcasterId],
        );
    await timer(`due_at = '2026-09-01T00:00:00Z'`);
    expect(await endOf(broadcasterId)).toBe('2026-09-01T00:00:00.000Z');
    await timer(`status = 'cancelled'`);
    expect(await endOf(broadcasterId)).toBeNull();
  });
});
