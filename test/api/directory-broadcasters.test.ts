import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEVELOPMENT_ISSUER, Principals } from '../../src/identity/index.js';
import { encodeGlobalId } from '../../src/schema/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { DirectoryFlow } from '../support/directory-flow.js';
import { DAY_MS, JoinFlow, terms } from '../support/join-flow.js';
import type { TestBroadcaster } from '../support/world.js';

let api: TestApi;
let directory: DirectoryFlow;
let join: JoinFlow;

beforeAll(async () => {
  api = await startApi();
  directory = new DirectoryFlow(api);
  join = new JoinFlow(api);
});
afterAll(() => api.stop());

const row = async <Row extends object>(sql: string, values: unknown[]): Promise<Row> =>
  (await api.world.owner.query<Row>(sql, values)).rows[0]!;

describe('the file of a broadcaster', () => {
  test('is shown to support and auditors, by id and by handle, and to nobody else', async () => {
    const who = await api.world.broadcaster();
    const query =
      'query ($id: ID, $handle: String) { broadcaster(id: $id, handle: $handle) { birthDate openRequests broadcaster { handle } principal { subject } } }';
    const expected = {
      birthDate: '1999-03-04',
      openRequests: 0,
      broadcaster: { handle: who.handle },
      principal: { subject: who.subject },
    };
    expect(await api.gql('sam', query, { id: who.id })).toEqual({ broadcaster: expected });
    expect(await api.gql('ava', query, { handle: who.handle })).toEqual({ broadcaster: expected });
    expect(await api.gql('sam', query, { handle: 'nobody' })).toEqual({ broadcaster: null });
    for (const subject of ['pia', 'olivia', who.subject]) {
      const { body } = await api.raw(subject, query, { id: who.id });
      expect(body.errors![0]!.extensions).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  test('stays closed to a guild that changes its own staff and asks for more in the answer', async () => {
    const guild = await api.world.guild();
    const principalId = await directory.person('asked-for-more');
    const answer = await directory.do(guild.owner, 'appointStaff', { guildId: guild.id, principalId, role: 'AGENT' });
    expect(answer).toMatchObject({ file: null, principal: null, guild: { id: guild.id } });
  });
});

describe('a ban', () => {
  test('begins and ends once', async () => {
    const { id: broadcasterId } = await api.world.broadcaster();
    expect(await directory.objections('sam', 'unbanBroadcaster', { broadcasterId })).toEqual(['NOT_BANNED']);
    expect((await directory.do('sam', 'banBroadcaster', { broadcasterId })).file!.bannedAt).not.toBeNull();
    expect(await directory.objections('sam', 'banBroadcaster', { broadcasterId })).toEqual(['ALREADY_BANNED']);
    expect((await directory.do('sam', 'unbanBroadcaster', { broadcasterId })).file!.bannedAt).toBeNull();
  });
});

describe('a guardian', () => {
  test('is named by support, seen in the file, sees the ward, and may revoke', async () => {
    const { id: broadcasterId, handle } = await api.world.broadcaster({ birthDate: '2015-05-05' });
    const guardianId = await directory.person('guardian-person');
    await directory.do('sam', 'assignGuardian', { broadcasterId, principalId: guardianId, reasonCode: 'GUARDIANSHIP' });
    const query = 'query ($handle: String) { broadcaster(handle: $handle) { guardian { id } } }';
    expect(await api.gql('sam', query, { handle })).toEqual({ broadcaster: { guardian: { id: guardianId } } });
    const node = 'query ($id: ID!) { node(id: $id) { ... on Broadcaster { handle } } }';
    expect(await api.gql('guardian-person', node, { id: broadcasterId })).toEqual({ node: { handle } });
    const { event } = await directory.do('guardian-person', 'revokeGuardianship', { broadcasterId });
    expect(event).toMatchObject({ authority: 'GUARDIAN', details: { principalId: guardianId } });
    expect(await directory.objections('guardian-person', 'revokeGuardianship', { broadcasterId })).toEqual(['FORBIDDEN']);
    expect(await api.gql('sam', query, { handle })).toEqual({ broadcaster: { guardian: null } });
    expect(await api.gql('guardian-person', node, { id: broadcasterId })).toEqual({ node: null });
  });
});

describe('reported activity', () => {
  let who: TestBroadcaster;
  beforeAll(async () => {
    who = await api.world.broadcaster();
  });
  const line = (more: object = {}) => ({
    broadcasterId: who.id,
    month: '2026-01',
    days: 15,
    minutes: 2_700,
    income: { amountMinor: 3_000_000_000, currency: 'EUR' },
    lineId: 'a-1',
    ...more,
  });
  const report = (...lines: object[]) => ({ source: 'statistics', lines, reasonCode: 'REPORTING' });
  const query =
    'query ($id: ID!) { activity(broadcasterId: $id) { nodes { month days minutes income { amountMinor currency } source lineId } } }';
  const seen = async (subject: string) =>
    (await api.gql<{ activity: { nodes: object[] } }>(subject, query, { id: who.id })).activity.nodes;

  test('is taken once a line, also when the line comes again under no key', async () => {
    const first = await directory.do('sam', 'reportActivity', report(line(), line({ month: '2026-02', lineId: 'a-2' })));
    expect(first.event.details).toEqual({ source: 'statistics', lines: 2, written: 2, repeated: 0 });
    const again = await directory.do('sam', 'reportActivity', report(line()));
    expect(again.event.details).toMatchObject({ written: 0, repeated: 1 });
    const { broadcasterId: _id, ...shown } = line();
    expect(await seen('sam')).toEqual([
      { ...shown, month: '2026-02', lineId: 'a-2', source: 'statistics' },
      { ...shown, source: 'statistics' },
    ]);
    expect(await seen(who.subject)).toHaveLength(2);
    expect(await seen('olivia')).toEqual([]);
  });

  test('is corrected by a line that names the one it replaces; the old line, sent late, does not undo that', async () => {
    expect(await directory.objections('sam', 'reportActivity', report(line({ days: 16 })))).toEqual(['LINE_CHANGED']);
    expect(await directory.objections('sam', 'reportActivity', report(line({ days: 16, lineId: 'a-3' })))).toEqual([
      'MONTH_REPORTED',
    ]);
    await directory.do('sam', 'reportActivity', report(line({ days: 16, lineId: 'a-3', replaces: 'a-1' })));
    await directory.do('sam', 'reportActivity', report(line({ days: 16, lineId: 'a-3', replaces: 'a-1' })));
    expect(await directory.objections('sam', 'reportActivity', report(line()))).toEqual(['MONTH_REPORTED']);
    expect(await seen('sam')).toMatchObject([{ month: '2026-02' }, { month: '2026-01', days: 16 }]);
  });

  test('is refused as a whole with the reason of each bad line', async () => {
    const refusal = await directory.refused('sam', 'reportActivity', {
      source: 'other',
      lines: [
        line({ month: '2026-03', lineId: 'b-1' }),
        line({ broadcasterId: 'nobody', lineId: 'b-2' }),
        line({ month: '2199-01', lineId: 'b-3', replaces: 'b-0' }),
        line({ month: '2026-03', lineId: 'b-4' }),
      ],
    });
    expect(refusal.reasons.map(({ code, field }) => [code, field])).toEqual([
      ['TWICE', 'lines.3'],
      ['NOT_FOUND', 'lines.1.broadcasterId'],
      ['FUTURE_MONTH', 'lines.2.month'],
      ['NOTHING_REPLACED', 'lines.2.replaces'],
    ]);
    expect(await seen('sam')).toHaveLength(2);
    expect(await directory.objections('sam', 'reportActivity', report())).toEqual(['INVALID_INPUT']);
  });

  test('takes a thousand lines in one message, and not one more', async () => {
    const { rows } = await api.world.owner.query<{ id: string }>(
      `insert into guildhall.broadcaster (id, handle, region_code, created_at) select gen_random_uuid(), 'many-' || n, 'EU', now()
       from generate_series(1, 1001) n returning id`,
    );
    const lines = rows.map(({ id }, n) =>
      line({ broadcasterId: Buffer.from(`Broadcaster:${id}`).toString('base64url'), lineId: `m-${n}` }),
    );
    expect(await directory.objections('sam', 'reportActivity', report(...lines))).toEqual(['INVALID_INPUT']);
    const { event } = await directory.do('sam', 'reportActivity', report(...lines.slice(1)));
    expect(event.details).toMatchObject({ written: 1_000 });
  });

  test('tells when a guild was last active', async () => {
    const guild = await api.world.guild();
    const member = await api.world.broadcaster();
    await join.coolingOff(member, guild);
    await api.pass(16 * DAY_MS);
    const month = (await api.clock.now()).toISOString().slice(0, 7);
    await directory.do('sam', 'reportActivity', report(line({ broadcasterId: member.id, month, lineId: 'g-1' })));
    const { active, seen: ownerSeen } = await row<{ active: Date; seen: Date | null }>(
      'select last_activity_at as active, owner_last_seen_at as seen from guildhall.guild where id = $1',
      [guild.uuid],
    );
    expect(active.toISOString().slice(0, 7)).toBe(month);
    // The owner has looked at the request while it was signed.
    expect(ownerSeen).not.toBeNull();
  });
});

describe('erasure', () => {
  test('waits for the end of a membership, and of what the account does for others', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    await join.coolingOff(who, guild);
    await api.pass(16 * DAY_MS);
    await directory.do('sam', 'appointStaff', {
      guildId: guild.id,
      principalId: await directory.principalId(who.subject),
      role: 'AGENT',
    });
    await directory.do('sam', 'requestErasure', { broadcasterId: who.id });
    expect(await directory.objections('sam', 'completeErasure', { broadcasterId: who.id })).toEqual([
      'STILL_MEMBER',
      'STILL_STAFF',
    ]);
  });

  test('who comes back after it is somebody new, to every command', async () => {
    const who = await api.world.broadcaster();
    const identity = { issuer: DEVELOPMENT_ISSUER, subject: who.subject, expiresAt: new Date(8.64e15) };
    const principals = new Principals(api.db.pool('engine', 1), 10, 0);
    expect(await principals.idOf(identity)).toBe(who.principalUuid);
    await directory.do('sam', 'requestErasure', { broadcasterId: who.id });
    await directory.do('sam', 'completeErasure', { broadcasterId: who.id });
    await expect(principals.idOf(identity)).rejects.toThrow('Nobody is known');
    const again = await directory.person(who.subject);
    expect(encodeGlobalId('Principal', await principals.idOf(identity))).toBe(again);
    expect(again).not.toBe(encodeGlobalId('Principal', who.principalUuid));
  });

  test('an erased account cannot be enabled again', async () => {
    const who = await api.world.broadcaster();
    const principalId = await directory.principalId(who.subject);
    await directory.do('sam', 'requestErasure', { broadcasterId: who.id, idempotencyKey: 'ask' });
    const key = { broadcasterId: who.id, idempotencyKey: 'erase' };
    const first = await directory.do('sam', 'completeErasure', key);
    expect((await directory.do('sam', 'completeErasure', key)).event).toEqual(first.event);
    expect(await directory.objections('sam', 'enablePrincipal', { principalId })).toEqual(['ERASED']);
    const request = await join.send(who.subject, 'requestJoin', { guildId: (await api.world.guild()).id, terms }).catch(String);
    expect(request).toContain('UNAUTHENTICATED');
  });
});
