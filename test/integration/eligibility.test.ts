import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { readFacts } from '../../src/requests/facts.js';
import { lockBroadcaster } from '../../src/settlement/locks.js';
import { joinFailures } from '../../workflows/join/index.js';
import type { OpeningFacts } from '../../workflows/phases/index.js';
import { seedWorld } from '../../src/seed/seed.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { WorldBuilder } from '../support/world.js';

const AT = '2026-03-01T12:00:00.000Z';
/** The end of a cooling-off of fourteen days from then, in Berlin: what ends by then is no obstacle. */
const SWITCH_AT = '2026-03-15T23:00:00.000Z';
const OTHER = '00000000-0000-4000-8000-000000000009';

const eligible: OpeningFacts = {
  requestId: '00000000-0000-4000-8000-000000000001',
  principalId: '00000000-0000-4000-8000-000000000002',
  at: AT,
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  policy: { minBroadcasterAgeYears: 18, rejoinCooldownDays: 30, joinCoolingOffDays: 14 },
  rules: {},
  broadcaster: {
    id: '00000000-0000-4000-8000-000000000003',
    identityVerified: true,
    birthDate: '2000-01-01',
    ofAgeAttested: false,
    banned: false,
    restricted: false,
    lockedUntil: null,
    payeeChangedAt: null,
    hasGuardian: false,
  },
  minor: false,
  guild: {
    id: '00000000-0000-4000-8000-000000000004',
    status: 'ACTIVE',
    memberCap: 10,
    members: 9,
    mergesAt: null,
    mergesInto: null,
  },
  gainingGuild: null,
  membership: null,
  lastLeft: null,
  openFlows: [],
  parent: null,
  recentExitsPercent: 0,
};

interface Change extends Partial<Omit<OpeningFacts, 'broadcaster' | 'guild'>> {
  readonly broadcaster?: Partial<OpeningFacts['broadcaster']>;
  readonly guild?: Partial<OpeningFacts['guild']>;
}

const member = (endsAt: string | null): Change => ({
  membership: {
    id: OTHER,
    guildId: OTHER,
    startsAt: '2025-01-01T00:00:00.000Z',
    endsAt,
    terms: {},
    termStartsAt: '2025-01-01T00:00:00.000Z',
    termEndsAt: '2025-01-01T00:00:00.000Z',
    minTermEndsAt: '2025-01-01T00:00:00.000Z',
  },
});
const left = (at: string, guildAtFault = false): Change => ({ lastLeft: { at, guildAtFault } });
const negotiating = (state: string): Change => ({
  openFlows: [{ requestId: OTHER, kind: 'JOIN', state, guildId: eligible.guild.id, membershipId: null }],
});

const failures = ({ broadcaster, guild, ...facts }: Change) =>
  joinFailures(
    { ...eligible, ...facts, broadcaster: { ...eligible.broadcaster, ...broadcaster }, guild: { ...eligible.guild, ...guild } },
    { terms: { guildSharePercent: 10, termMonths: 12 } },
  ).map(({ code, until }) => (until ? `${code} until ${until}` : code));

describe('the rules of who may join', () => {
  test('nothing speaks against somebody who meets them all', () => {
    expect(failures({})).toEqual([]);
  });

  test.each<[string, Change, string[]]>([
    ['an identity that was not verified', { broadcaster: { identityVerified: false } }, ['IDENTITY_UNKNOWN']],
    ['an age that nobody knows', { broadcaster: { birthDate: null } }, ['AGE_UNKNOWN']],
    ['an age that was attested stands for a date', { broadcaster: { birthDate: null, ofAgeAttested: true } }, []],
    ['a ban', { broadcaster: { banned: true } }, ['BANNED']],
    [
      'a lock that goes on',
      { broadcaster: { lockedUntil: '2026-04-01T00:00:00.000Z' } },
      ['LOCKED until 2026-04-01T00:00:00.000Z'],
    ],
    ['a lock that ends at this very instant', { broadcaster: { lockedUntil: AT } }, []],
    ['a guild at its cap', { guild: { members: 10 } }, ['GUILD_FULL']],
    ['a guild without a cap', { guild: { memberCap: null, members: 1_000 } }, []],
    ['a guild that is suspended', { guild: { status: 'SUSPENDED' } }, ['GUILD_NOT_ACTIVE']],
    ['another request of the two', negotiating('drafting'), ['REQUEST_OPEN']],
    ['another request of the two that is signed already', negotiating('coolingOff'), []],
    ['a membership without an end', member(null), ['ALREADY_MEMBER']],
    ['a membership that ends at the switch', member(SWITCH_AT), []],
    [
      'a membership that ends a moment after the switch',
      member('2026-03-15T23:00:00.001Z'),
      ['ALREADY_MEMBER until 2026-03-15T23:00:00.001Z'],
    ],
    ['a guild left too recently', left('2026-02-10T12:00:00.000Z'), ['REJOIN_COOLDOWN until 2026-03-12T12:00:00.000Z']],
    ['a cooldown that ends at this very instant', left('2026-01-30T12:00:00.000Z'), []],
    ['a guild left too recently that was itself at fault', left('2026-02-10T12:00:00.000Z', true), []],
    ['a minor without a guardian', { minor: true }, ['GUARDIAN_MISSING']],
    ['a minor with a guardian', { minor: true, broadcaster: { hasGuardian: true } }, []],
  ])('%s', (_what, facts, expected) => {
    expect(failures(facts)).toEqual(expected);
  });

  test('somebody is of age from the first moment of their birthday in the region, and not before', () => {
    const birthday = (at: string, timeZone: string, birthDate = '2008-03-01') =>
      failures({ at, timeZone, broadcaster: { birthDate } });
    expect(birthday('2026-02-28T22:59:59.999Z', 'Europe/Berlin')).toEqual(['UNDER_AGE until 2026-02-28T23:00:00.000Z']);
    expect(birthday('2026-02-28T23:00:00.000Z', 'Europe/Berlin')).toEqual([]);
    expect(birthday('2026-02-28T15:00:00.000Z', 'Asia/Tokyo')).toEqual([]);
    // Born on a leap day: of age on the last day of February.
    expect(birthday('2026-02-27T12:00:00.000Z', 'UTC', '2008-02-29')).toEqual(['UNDER_AGE until 2026-02-28T00:00:00.000Z']);
  });

  test('all of it is told at once', () => {
    const everything: Change = {
      ...member(null),
      ...negotiating('signing'),
      broadcaster: { identityVerified: false, birthDate: null, banned: true },
      guild: { status: 'CLOSED', members: 10 },
    };
    expect(failures(everything)).toEqual([
      'IDENTITY_UNKNOWN',
      'AGE_UNKNOWN',
      'BANNED',
      'ALREADY_MEMBER',
      'REQUEST_OPEN',
      'GUILD_NOT_ACTIVE',
      'GUILD_FULL',
    ]);
  });
});

describe('the facts as the database tells them', () => {
  let db: TestDatabase;
  let world: WorldBuilder;
  let engine: pg.Pool;

  beforeAll(async () => {
    db = await testDatabase();
    world = new WorldBuilder(db.pool('owner', 2));
    engine = db.pool('engine', 2);
    await seedWorld(world.owner, DEVELOPMENT_ISSUER);
  });
  afterAll(() => db.dispose());

  const factsOf = (broadcasterId: string, guildId: string) =>
    readFacts(engine, {
      requestId: uuidv7(),
      principalId: uuidv7(),
      broadcasterId,
      guildId,
      gainingGuildId: null,
      parentId: null,
      at: AT,
      timeZone: 'UTC',
      currency: 'EUR',
      policy: { majorityAgeYears: 18 },
    });
  const membership = async (broadcasterId: string, guildId: string, from: string, to: string | null) => {
    const requestId = uuidv7();
    await world.owner.query(
      `insert into guildhall.request (id, kind, broadcaster_id, guild_id, region_code, initiator, policy_version_id, template_version_id, created_at, created_by)
       select $1, 'JOIN', $2, $3, 'EU', 'GUILD', p.id, t.id, now(), $1 from guildhall.policy_version p, guildhall.template_version t where p.region_code = 'EU' and t.name = 'JOIN'`,
      [requestId, broadcasterId, guildId],
    );
    await world.owner.query(
      `insert into guildhall.membership (id, request_id, broadcaster_id, guild_id, starts_at, ends_at, terms) values ($1, $1, $2, $3, $4, $5, '{}')`,
      [requestId, broadcasterId, guildId, from, to],
    );
  };

  test('members are counted as of the instant: not those who have left, not those who are yet to come', async () => {
    const guild = await world.guild({ cap: 5 });
    const people = await Promise.all(Array.from({ length: 4 }, () => world.broadcaster()));
    await membership(people[0]!.uuid, guild.uuid, '2025-01-01T00:00:00Z', null);
    await membership(people[1]!.uuid, guild.uuid, '2025-01-01T00:00:00Z', AT);
    await membership(people[2]!.uuid, guild.uuid, '2026-03-02T00:00:00Z', null);
    expect(await factsOf(people[3]!.uuid, guild.uuid)).toMatchObject({
      guild: { memberCap: 5, members: 1 },
      membership: null,
      lastLeft: null,
    });
    expect(await factsOf(people[0]!.uuid, guild.uuid)).toMatchObject({ membership: { endsAt: null } });
    expect(await factsOf(people[1]!.uuid, guild.uuid)).toMatchObject({ membership: null, lastLeft: { at: AT } });
    expect(await factsOf(people[2]!.uuid, guild.uuid)).toMatchObject({ membership: {} });
  });

  test('of several memberships the one that ends last counts, and leaving another guild starts no cooldown', async () => {
    const [guild, other] = [await world.guild(), await world.guild()];
    const who = await world.broadcaster();
    await membership(who.uuid, other.uuid, '2025-01-01T00:00:00Z', '2026-02-20T00:00:00Z');
    await membership(who.uuid, guild.uuid, '2026-02-20T00:00:00Z', '2026-03-10T00:00:00Z');
    await membership(who.uuid, other.uuid, '2026-03-10T00:00:00Z', '2026-03-14T00:00:00Z');
    expect(await factsOf(who.uuid, guild.uuid)).toMatchObject({
      membership: { endsAt: '2026-03-14T00:00:00.000Z' },
      lastLeft: null,
    });
    expect(await factsOf(who.uuid, other.uuid)).toMatchObject({ lastLeft: { at: '2026-02-20T00:00:00.000Z' } });
  });

  test('the database refuses a second membership at the same time, whatever a service believed', async () => {
    const guild = await world.guild();
    const who = await world.broadcaster();
    await membership(who.uuid, guild.uuid, '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z');
    await membership(who.uuid, guild.uuid, '2026-02-01T00:00:00Z', null);
    await expect(membership(who.uuid, guild.uuid, '2026-05-01T00:00:00Z', null)).rejects.toThrow(/membership_one_active/);
  });

  test('the lock of a broadcaster keeps a second opening waiting until the first has committed', async () => {
    const who = await world.broadcaster();
    const [first, second] = await Promise.all([engine.connect(), engine.connect()]);
    await Promise.all([first.query('begin'), second.query('begin')]);
    await lockBroadcaster(first, who.uuid);
    const { rows: free } = await second.query<{ got: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('broadcaster:' || $1::text, 0)) as got`,
      [who.uuid],
    );
    expect(free).toEqual([{ got: false }]);
    const waiting = lockBroadcaster(second, who.uuid);
    await first.query('commit');
    await waiting;
    await second.query('commit');
    first.release();
    second.release();
  });
});
