import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { DirectoryAction } from '../../src/directory/action.js';
import { banBroadcaster, unbanBroadcaster } from '../../src/directory/broadcaster.actions.js';
import { assignGuardian, revokeGuardianship } from '../../src/directory/guardian.actions.js';
import { closeGuild, reinstateGuild, suspendGuild } from '../../src/directory/guild.actions.js';
import { PLATFORM_PRINCIPAL_ID } from '../../src/directory/consequences.js';
import { DirectoryDoor, type Consequences, type LinkedRequests } from '../../src/directory/index.js';
import { mergeGuilds } from '../../src/directory/merger.actions.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { encodeGlobalId } from '../../src/schema/index.js';
import { seedWorld } from '../../src/seed/seed.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { recordedConsequences, type Recorded } from '../support/recorded-consequences.js';
import { WorldBuilder, type TestBroadcaster, type TestGuild } from '../support/world.js';

let announced = 0;
/** Nothing in here reaches a single request: what the directory sets off is bulk work. */
const unlinked: LinkedRequests = {
  of: () => ({
    send: () => Promise.reject(new Error('A request was reached.')),
    start: () => Promise.reject(new Error('A request was started.')),
  }),
  announce: () => void (announced += 1),
};

let db: TestDatabase;
let owner: pg.Pool;
let world: WorldBuilder;
let consequences: Consequences;
let door: DirectoryDoor;
let sam: string;

beforeAll(async () => {
  db = await testDatabase();
  owner = db.pool('owner', 2);
  await seedWorld(owner, DEVELOPMENT_ISSUER);
  world = new WorldBuilder(owner);
  consequences = await recordedConsequences(owner, db.rolePrefix);
  door = new DirectoryDoor(db.pool('engine'), consequences, unlinked);
  const { rows } = await owner.query<{ id: string }>(`select id from guildhall.principal where subject = 'sam'`);
  sam = rows[0]!.id;
});
afterAll(() => db.dispose());

const EXITS = ['LEAVE_MUTUAL', 'LEAVE_NOTICE', 'LEAVE_CAUSE', 'LEAVE_MINOR', 'EXPEL', 'RELEASE', 'DISPUTE', 'PAYMENT'];

/** A request as far as the directory looks at one. */
const request = async (
  kind: string,
  who: TestBroadcaster,
  guild: TestGuild,
  { gaining, held, done = false }: { gaining?: TestGuild; held?: string; done?: boolean } = {},
): Promise<string> => {
  const id = uuidv7();
  await owner.query(
    `insert into guildhall.request (id, kind, broadcaster_id, guild_id, gaining_guild_id, region_code, initiator, policy_version_id, created_at, created_by)
     select $1, $2, $3, $4, $5, 'EU', 'BROADCASTER', (select id from guildhall.policy_version limit 1), now(), $6`,
    [id, kind, who.uuid, guild.uuid, gaining?.uuid ?? null, who.principalUuid],
  );
  const snapshot = held === undefined ? {} : { kernel: { held: { reasonCode: held } } };
  await owner.query(
    `insert into guildhall.instance (id, kind, machine_version, state, status, version, snapshot, head_hash, last_tx, created_at, updated_at)
     values ($1, $2, 1, 'signing', $3, 1, $4, '', pg_current_xact_id(), now(), now())`,
    [id, kind, done ? 'done' : 'active', JSON.stringify(snapshot)],
  );
  return id;
};

const change = async (action: DirectoryAction, input: object, by = sam) => {
  const outcome = await door.run(action, by, { reasonCode: 'OTHER', ...input });
  if (!outcome.ok) throw new Error(`${action.name} was refused: ${JSON.stringify(outcome.reasons)}`);
  return outcome.event;
};

/** What the event says was set off, as it was recorded. */
const setOff = async (event: { details: Readonly<Record<string, unknown>> }): Promise<Recorded[]> => {
  const { operations = [] } = event.details as { operations?: { id: string }[] };
  const { rows } = await owner.query<Recorded>('select * from guildhall.recorded where id = any ($1::uuid[])', [
    operations.map(({ id }) => id),
  ]);
  return rows;
};
const set = (...ids: string[]) => ids.sort();
const targets = (recorded: Recorded[]) => recorded.flatMap((each) => [...each.targets]).sort();

describe('a guild is suspended (edge case 2)', () => {
  test('joins and inbound transfers are voided, the platform stands in where an exit waits for the guild; the rest is left alone', async () => {
    const [guild, other] = [await world.guild(), await world.guild()];
    const who = await world.broadcaster();
    const join = await request('JOIN', who, guild);
    const agreed = await request('TRANSFER_AGREED', who, other, { gaining: guild });
    const portable = await request('TRANSFER_PORTABLE', who, other, { gaining: guild });
    const outbound = await request('TRANSFER_AGREED', who, guild, { gaining: other });
    await request('JOIN', who, other);
    await request('JOIN', who, guild, { done: true });
    const exits = new Map<string, string>();
    for (const kind of EXITS) exits.set(kind, await request(kind, who, guild));
    const recorded = await setOff(await change(suspendGuild, { guildId: guild.id }));
    const told = { reason_code: 'GUILD_SUSPENDED', params: { reasonCode: 'GUILD_SUSPENDED' }, created_by: PLATFORM_PRINCIPAL_ID };
    const of = (type: string) => recorded.filter((each) => each.type === type);
    expect(recorded).toHaveLength(2);
    expect(of('VOID_REQUEST')).toMatchObject([told]);
    expect(targets(of('VOID_REQUEST'))).toEqual(set(join, agreed, portable));
    expect(of('STAND_IN')).toMatchObject([told]);
    expect(targets(of('STAND_IN'))).toEqual(set(exits.get('LEAVE_MUTUAL')!, outbound));
    expect(await setOff(await change(reinstateGuild, { guildId: guild.id }))).toEqual([]);
  });

  test('a closed guild and one that goes over into another take nobody in either', async () => {
    const [closing, merging, into] = [await world.guild(), await world.guild(), await world.guild()];
    const who = await world.broadcaster();
    const joins = [await request('JOIN', who, closing), await request('JOIN', who, merging)];
    await request('JOIN', who, into);
    await request('LEAVE_NOTICE', who, merging);
    const closed = await setOff(await change(closeGuild, { guildId: closing.id }));
    expect(closed).toMatchObject([{ reason_code: 'GUILD_CLOSED', targets: [joins[0]] }]);
    const effectiveAt = new Date('2150-01-01T00:00:00Z');
    const merged = await setOff(await change(mergeGuilds, { fromGuildId: merging.id, intoGuildId: into.id, effectiveAt }));
    expect(merged).toMatchObject([{ type: 'VOID_REQUEST', reason_code: 'GUILD_MERGED', targets: [joins[1]] }]);
  });

  test('the log is said to have something new when a change was made, and only then', async () => {
    const guild = await world.guild();
    const before = announced;
    await change(suspendGuild, { guildId: guild.id });
    expect(announced).toBe(before + 1);
    expect(await door.run(suspendGuild, sam, { guildId: guild.id, reasonCode: 'OTHER' })).toMatchObject({ ok: false });
    expect(announced).toBe(before + 1);
  });

  test('cause, consequence and audit trail commit together or not at all', async () => {
    const guild = await world.guild();
    await request('JOIN', await world.broadcaster(), guild);
    const failing = new DirectoryDoor(
      db.pool('engine', 1),
      {
        create: async (tx, consequence) => {
          await consequences.create(tx, consequence);
          throw new Error('no bulk work today');
        },
      },
      unlinked,
    );
    const counts = async () =>
      (
        await owner.query(
          `select (select count(*) from guildhall.recorded) as recorded, (select count(*) from guildhall.directory_event) as events,
           (select status from guildhall.guild where id = $1) as status`,
          [guild.uuid],
        )
      ).rows[0] as object;
    const before = await counts();
    const command = { guildId: guild.id, reasonCode: 'OTHER' };
    await expect(failing.run(suspendGuild, sam, command)).rejects.toThrow('no bulk work today');
    expect(await counts()).toEqual(before);
  });

  test('a command under a key that is sent again sets nothing off again', async () => {
    const guild = await world.guild();
    await request('JOIN', await world.broadcaster(), guild);
    const input = { guildId: guild.id, idempotencyKey: 'once' };
    const [first, second] = await Promise.all([change(suspendGuild, input), change(suspendGuild, input)]);
    expect(second).toEqual(first);
    expect(await setOff(first)).toHaveLength(1);
    const { rowCount } = await owner.query('select from guildhall.directory_event where subject_id = $1', [guild.uuid]);
    expect(rowCount).toBe(1);
  });
});

describe('a reply that is lost', () => {
  test('after the commit: the change is looked for and found, and not made twice, also without a key', async () => {
    const guild = await world.guild();
    await request('JOIN', await world.broadcaster(), guild);
    const engine = db.pool('engine', 2);
    let lost = 0;
    const losing = Object.create(engine) as pg.Pool;
    losing.connect = (async () => {
      const client = await engine.connect();
      const query = client.query.bind(client) as (text: unknown, values?: unknown) => Promise<unknown>;
      const release = client.release.bind(client);
      client.query = (async (text: unknown, values?: unknown) => {
        const result = await query(text, values);
        if (text !== 'commit' || lost > 0) return result;
        lost += 1;
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      }) as typeof client.query;
      client.release = (error) => {
        client.query = query as typeof client.query;
        client.release = release;
        release(error);
      };
      return client;
    }) as pg.Pool['connect'];
    const outcome = await new DirectoryDoor(losing, consequences, unlinked).run(suspendGuild, sam, {
      guildId: guild.id,
      reasonCode: 'FRAUD',
    });
    expect([lost, outcome]).toMatchObject([1, { ok: true, replayed: true }]);
    const { rows } = await owner.query<{ id: string }>('select id from guildhall.directory_event where subject_id = $1', [
      guild.uuid,
    ]);
    expect(rows).toHaveLength(1);
  });
});

describe('a broadcaster is banned (edge case 3)', () => {
  test('joins and transfers go on hold, exits do not; the end of the ban resumes what it held, and nothing else', async () => {
    const [guild, other] = [await world.guild(), await world.guild()];
    const who = await world.broadcaster();
    const join = await request('JOIN', who, guild, { held: 'BAN' });
    const transfer = await request('TRANSFER_PORTABLE', who, guild, { gaining: other });
    const court = await request('TRANSFER_AGREED', who, guild, { gaining: other, held: 'COURT_ORDER' });
    await request('JOIN', await world.broadcaster(), guild);
    for (const kind of EXITS) await request(kind, who, guild);
    const held = await setOff(await change(banBroadcaster, { broadcasterId: who.id }));
    expect(held).toMatchObject([{ type: 'HOLD_REQUEST', reason_code: 'BAN', params: { reasonCode: 'BAN' } }]);
    expect(targets(held)).toEqual(set(join, transfer, court));
    const resumed = await setOff(await change(unbanBroadcaster, { broadcasterId: who.id }));
    expect(resumed).toMatchObject([{ type: 'RESUME_REQUEST', params: { reasonCode: 'RESOLVED' } }]);
    // The one whose hold may still be under way is among them; what a court holds is not.
    expect(targets(resumed)).toEqual(set(join, transfer));
  });

  test('a request that is being opened at that moment is not missed', async () => {
    const guild = await world.guild();
    const who = await world.broadcaster();
    // Another session's waiting is the superuser's to see.
    const superuser = db.pool('superuser', 2);
    const opening = await superuser.connect();
    await opening.query('begin');
    await opening.query(`select pg_advisory_xact_lock(hashtextextended('broadcaster:' || $1::text, 0))`, [who.uuid]);
    const banning = change(banBroadcaster, { broadcasterId: who.id });
    const waits = `select from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`;
    while ((await superuser.query(waits, [db.name])).rowCount === 0);
    const join = await request('JOIN', who, guild);
    await opening.query('commit');
    opening.release();
    expect(targets(await setOff(await banning))).toEqual([join]);
  });
});

describe('a guardian (edge case 14)', () => {
  const principal = async () => {
    const { principalUuid } = await world.broadcaster();
    return { uuid: principalUuid, id: encodeGlobalId('Principal', principalUuid) };
  };

  test('revoked for a minor: what needs the consent is held, leaving is not; a new guardian lets it go on', async () => {
    const guild = await world.guild();
    const who = await world.broadcaster({ birthDate: '2020-01-01' });
    const guardian = await principal();
    await change(assignGuardian, { broadcasterId: who.id, principalId: guardian.id });
    const join = await request('JOIN', who, guild);
    const renew = await request('RENEW', who, guild);
    await request('LEAVE_MINOR', who, guild);
    const event = await change(revokeGuardianship, { broadcasterId: who.id }, guardian.uuid);
    expect(event).toMatchObject({ authority: 'GUARDIAN' });
    const held = await setOff(event);
    expect(held).toMatchObject([{ type: 'HOLD_REQUEST', reason_code: 'GUARDIAN_REVOKED' }]);
    expect(targets(held)).toEqual(set(join, renew));
    await owner.query(
      `update guildhall.instance set snapshot = '{"kernel":{"held":{"reasonCode":"GUARDIAN_REVOKED"}}}' where id = $1`,
      [join],
    );
    await owner.query(
      `update guildhall.instance set snapshot = '{"kernel":{"held":{"reasonCode":"INVESTIGATION"}}}' where id = $1`,
      [renew],
    );
    const next = await principal();
    const resumed = await setOff(await change(assignGuardian, { broadcasterId: who.id, principalId: next.id }));
    expect(resumed).toMatchObject([{ type: 'RESUME_REQUEST', targets: [join] }]);
  });

  test('revoked for somebody of age: nothing is held', async () => {
    const who = await world.broadcaster();
    await change(assignGuardian, { broadcasterId: who.id, principalId: (await principal()).id });
    await request('JOIN', who, await world.guild());
    expect(await setOff(await change(revokeGuardianship, { broadcasterId: who.id }))).toEqual([]);
  });

  test('is one at a time, not the broadcaster, and revoked once', async () => {
    const who = await world.broadcaster({ birthDate: '2020-01-01' });
    const own = encodeGlobalId('Principal', who.principalUuid);
    const refusal = async (action: DirectoryAction, input: object, by = sam) => {
      const outcome = await door.run(action, by, { reasonCode: 'GUARDIANSHIP', broadcasterId: who.id, ...input });
      return outcome.ok ? [] : outcome.reasons.map(({ code }) => code);
    };
    expect(await refusal(assignGuardian, { principalId: own })).toEqual(['OWN_GUARDIAN']);
    expect(await refusal(revokeGuardianship, {})).toEqual(['NOT_FOUND']);
    await change(assignGuardian, { broadcasterId: who.id, principalId: (await principal()).id });
    expect(await refusal(assignGuardian, { principalId: own })).toEqual(['OWN_GUARDIAN', 'HAS_GUARDIAN']);
    expect(await refusal(revokeGuardianship, {}, who.principalUuid)).toEqual(['FORBIDDEN']);
  });
});

describe('the database itself', () => {
  let pool: pg.Pool;
  beforeAll(() => void (pool = db.pool('engine', 1)));
  const engine = (sql: string, values: unknown[] = []) => pool.query(sql, values);

  test('refuses a change of the directory that is not in the audit trail', async () => {
    const guild = await world.guild();
    const who = await world.broadcaster();
    const attempts: [string, unknown[]][] = [
      [`update guildhall.guild set status = 'CLOSED' where id = $1`, [guild.uuid]],
      ['update guildhall.guild_staff set until = now() where guild_id = $1', [guild.uuid]],
      ['update guildhall.broadcaster set banned_at = now() where id = $1', [who.uuid]],
      ['update guildhall.principal set disabled_at = now() where id = $1', [who.principalUuid]],
      ['insert into guildhall.guardian (broadcaster_id, principal_id, since) values ($1, $2, now())', [who.uuid, sam]],
    ];
    for (const [sql, values] of attempts) await expect(engine(sql, values)).rejects.toThrow(/needs a row in directory_event/);
    await engine('update guildhall.broadcaster set locked_until = now() where id = $1', [who.uuid]);
    await engine('update guildhall.guild set owner_last_seen_at = now() where id = $1', [guild.uuid]);
  });

  test('grants the engine no platform role, no other region and no delete', async () => {
    for (const sql of [
      `update guildhall.principal set platform_role = 'SUPPORT'`,
      `insert into guildhall.principal (id, issuer, subject, display_name, platform_role) values (gen_random_uuid(), 'i', 's', 'n', 'SUPPORT')`,
      `update guildhall.guild set region_code = 'JP'`,
      `update guildhall.broadcaster set principal_id = null`,
      'delete from guildhall.guild_staff',
      'delete from guildhall.broadcaster',
      'delete from guildhall.directory_event',
      `update guildhall.directory_event set reason_code = 'OTHER'`,
    ])
      await expect(engine(sql)).rejects.toThrow(/permission denied/);
  });

  test('lets nobody, not even the owner, alter the audit trail', async () => {
    await change(closeGuild, { guildId: (await world.guild()).id });
    for (const sql of [
      `update guildhall.directory_event set reason_code = 'OTHER'`,
      'delete from guildhall.directory_event',
      'truncate guildhall.directory_event cascade',
    ])
      await expect(owner.query(sql)).rejects.toThrow(/append-only/);
  });
});
