import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ViewerTransaction } from '../../src/database/index.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS } from '../support/join-flow.js';
import { LeaveFlow, type Member } from '../support/leave-flow.js';
import type { TestGuild } from '../support/world.js';

describe('why somebody left', () => {
  let api: TestApi;
  let flow: LeaveFlow;
  let guild: TestGuild;
  let who: Member;
  let guardian: string;
  let id: string;
  let app: Awaited<ReturnType<TestApi['db']['dataSource']>>;

  beforeAll(async () => {
    api = await startApi();
    flow = new LeaveFlow(api);
    guild = await api.world.guild();
    who = await flow.memberOf(guild);
    guardian = await flow.minor(who);
    const left = await flow.leave(who.subject, 'PROBATION', {
      primaryReason: 'WORKLOAD_HEALTH',
      secondaryReason: 'CONDUCT_DECEIT',
    });
    id = left.id;
    app = await api.db.dataSource('app');
  });
  afterAll(() => api.stop());

  const own = { source: 'BROADCASTER', primaryReason: 'WORKLOAD_HEALTH', secondaryReason: 'CONDUCT_DECEIT' };
  const guilds = { source: 'GUILD', primaryReason: 'GROWTH_BETTER_OFFER', secondaryReason: null };
  const verified = { source: 'PLATFORM', primaryReason: 'WORKLOAD_QUOTA', secondaryReason: null };
  const record = (subject: string, primaryReason: string, more: object = {}) =>
    flow.send(subject, 'recordExitReason', { requestId: id, primaryReason, ...more });
  const code = async (...args: Parameters<typeof record>) => {
    const answer = await record(...args);
    return answer.__typename === 'Refusal' ? answer.code : answer.state;
  };
  /** What the database itself shows to somebody. */
  const sourcesFor = async (subject: string) => {
    const viewer = await ViewerTransaction.open(app, { issuer: DEVELOPMENT_ISSUER, subject }, 'short');
    try {
      const rows = await viewer.query<{ source: string }>('select distinct source from guildhall.exit_reason order by source');
      return rows.map(({ source }) => source);
    } finally {
      await viewer.end();
    }
  };

  test('the broadcaster’s own view is written with the end of the membership', async () => {
    expect(await flow.exitReasons(who.subject, id)).toEqual([own]);
  });

  test('the guild states its view and support the verified cause, also after the end; the latest counts, the earlier stay', async () => {
    expect(await code(guild.agent, 'LIFE_QUIT')).toBe('COMPLETED');
    expect(await code(guild.owner, 'GROWTH_BETTER_OFFER')).toBe('COMPLETED');
    expect(await code('sam', 'WORKLOAD_QUOTA')).toBe('COMPLETED');
    // As after a lost answer.
    expect(await code('sam', 'WORKLOAD_QUOTA')).toBe('COMPLETED');
    expect(await flow.exitReasons('sam', id)).toEqual([own, guilds, verified]);
    const { rows } = await api.world.owner.query('select source from guildhall.exit_reason order by id');
    expect(rows.map(({ source }: { source: string }) => source)).toEqual(['BROADCASTER', 'GUILD', 'GUILD', 'PLATFORM']);
  });

  test('what the broadcaster gave is shown to the broadcaster, the guardian, support and auditor, never to the guild', async () => {
    for (const subject of [who.subject, guardian, 'sam', 'ava']) {
      expect([subject, await flow.exitReasons(subject, id)]).toEqual([subject, [own, guilds, verified]]);
      expect([subject, await sourcesFor(subject)]).toEqual([subject, ['BROADCASTER', 'GUILD', 'PLATFORM']]);
    }
    for (const subject of [guild.owner, guild.agent, guild.finance]) {
      expect([subject, await flow.exitReasons(subject, id)]).toEqual([subject, [guilds, verified]]);
      expect([subject, await sourcesFor(subject)]).toEqual([subject, ['GUILD', 'PLATFORM']]);
    }
    const stranger = await api.world.guild();
    for (const subject of [stranger.owner, 'olivia', 'pia', 'bela'])
      expect([subject, await sourcesFor(subject)]).toEqual([subject, []]);
  });

  test('nor does it reach the guild by any other way of the API', async () => {
    const other = await flow.memberOf(guild);
    const { id: open } = await flow.leave(other.subject, 'NOTICE', {
      primaryReason: 'WORKLOAD_HEALTH',
      secondaryReason: 'CONDUCT_HARASSMENT',
      acceptsExitFee: true,
    });
    const everything = `query ($id: ID!) { request(id: $id) { ${(await scalarFields('Request')).join(' ')}
      availableActions { event title allowed input } deadlines { name title silence } explanation { text silence }
      history(first: 50) { nodes { ${(await scalarFields('HistoryEntry')).join(' ')} } } exitReasons { source primaryReason } }
      memberships(first: 50) { nodes { ${(await scalarFields('Membership')).join(' ')} } } }`;
    for (const request of [open, id]) {
      const { text } = await api.raw(guild.owner, everything, { id: request });
      expect(text).toContain(request);
      expect(text).not.toMatch(/WORKLOAD_HEALTH|CONDUCT_HARASSMENT|CONDUCT_DECEIT/);
    }
    await api.pass(32 * DAY_MS);
    const { rows } = await api.world.owner.query('select end_cause from guildhall.membership where id = $1', [
      other.membershipUuid,
    ]);
    expect(rows).toEqual([{ end_cause: 'NOTICE' }]);
  });

  test('nobody speaks for another', async () => {
    expect(await code(guild.finance, 'LIFE_QUIT')).toBe('FORBIDDEN');
    expect(await code('ava', 'LIFE_QUIT')).toBe('FORBIDDEN');
    expect(await code('olivia', 'LIFE_QUIT')).toBe('NOT_FOUND');
    expect(await code(guild.owner, 'LIFE_QUIT', { source: 'BROADCASTER' })).toBe('FORBIDDEN');
    expect(await code(guild.owner, 'LIFE_QUIT', { source: 'PLATFORM' })).toBe('FORBIDDEN');
    expect(await code(who.subject, 'LIFE_STUDY')).toBe('COMPLETED');
    expect((await flow.exitReasons(who.subject, id))[0]).toMatchObject({ source: 'BROADCASTER', primaryReason: 'LIFE_STUDY' });
  });

  test('somebody who is on both sides says for whom they speak', async () => {
    const both = await flow.memberOf(guild);
    await api.world.owner.query(
      `insert into guildhall.guild_staff (guild_id, principal_id, role, since) values ($1, $2, 'OWNER', now())`,
      [guild.uuid, both.principalUuid],
    );
    const { id: left } = await flow.leave(both.subject, 'PROBATION');
    const say = (more: object = {}) =>
      flow.send(both.subject, 'recordExitReason', { requestId: left, primaryReason: 'LIFE_QUIT', ...more });
    expect(await say()).toMatchObject({ code: 'AMBIGUOUS_SOURCE', reasons: [{ field: 'source' }] });
    expect(await say({ source: 'GUILD' })).toMatchObject({ state: 'COMPLETED' });
  });

  test('there is none for a request by which nobody leaves', async () => {
    const applied = await flow.join.apply(await api.world.broadcaster(), guild);
    const input = { requestId: applied.id, primaryReason: 'LIFE_QUIT' };
    expect(await flow.refused(guild.owner, 'recordExitReason', input)).toMatchObject({ code: 'NOT_AN_EXIT' });
    const elsewhere = await flow.guildUnder({ minTermMonths: 3 });
    const member = await flow.memberOf(elsewhere);
    const rejected = await flow.leave(member.subject, 'NOTICE');
    expect(rejected.state).toBe('REJECTED');
    expect(await flow.refused(elsewhere.owner, 'recordExitReason', { ...input, requestId: rejected.id })).toMatchObject({
      code: 'NOT_AN_EXIT',
    });
  });

  test('what was stated cannot be changed or taken out, not even by the owner of the table', async () => {
    for (const role of ['owner', 'engine', 'app'] as const) {
      const pool = api.db.pool(role, 1);
      await expect(pool.query(`update guildhall.exit_reason set primary_reason = 'LIFE_QUIT'`)).rejects.toThrow(
        /append-only|permission denied/,
      );
      await expect(pool.query('delete from guildhall.exit_reason')).rejects.toThrow(/append-only|permission denied/);
      await expect(pool.query('truncate guildhall.exit_reason')).rejects.toThrow(/append-only|permission denied/);
    }
  });

  async function scalarFields(type: string): Promise<string[]> {
    const query = `{ __type(name: "${type}") { fields { name args { name } type { kind ofType { kind } } } } }`;
    const { __type: found } = await api.gql<{
      __type: { fields: { name: string; args: object[]; type: { kind: string; ofType: { kind: string } | null } }[] };
    }>('sam', query);
    const scalar = (kind: string | undefined) => kind === 'SCALAR' || kind === 'ENUM';
    return found.fields
      .filter(
        ({ args, type: of }) => args.length === 0 && (scalar(of.kind) || (of.kind === 'NON_NULL' && scalar(of.ofType?.kind))),
      )
      .map(({ name }) => name);
  }
});
