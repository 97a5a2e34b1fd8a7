import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS, JoinFlow, terms, type RequestAnswer } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

describe('who may join, when submitted and at the switch', () => {
  let api: TestApi;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(() => api.stop());

  const codes = ({ rejectedFor }: RequestAnswer) => rejectedFor.map(({ code }) => code);
  const member = async (who: TestBroadcaster, guild: TestGuild) => {
    const { id } = await join.coolingOff(who, guild);
    await api.pass(16 * DAY_MS);
    expect((await join.see(who.subject, id)).state).toBe('COMPLETED');
  };
  const membershipEnds = (who: TestBroadcaster, at: Date) =>
    api.world.owner.query('update guildhall.membership set ends_at = $2 where broadcaster_id = $1', [who.uuid, at]);
  const inDays = async (days: number) => new Date((await api.clock.now()).getTime() + days * DAY_MS);

  test('an unverified broadcaster of unknown age gets a rejected request with both reasons', async () => {
    const guildId = await api.world.guildNamed('Lantern House');
    const request = await join.do('dan', 'requestJoin', { guildId, terms });
    expect(request).toMatchObject({ state: 'REJECTED', agreement: null, availableActions: [], deadlines: [] });
    expect(codes(request)).toEqual(['IDENTITY_UNKNOWN', 'AGE_UNKNOWN']);
    expect(request.explanation).toMatchObject({ awaits: [], by: null, silence: null });
    for (const { message } of request.rejectedFor) expect(request.explanation.text).toContain(message);
  });

  test('an under-age broadcaster is told from when on they may join, in the time zone of the region', async () => {
    const guildId = await api.world.guildNamed('Jade Pavilion');
    const child = await api.world.broadcaster({ region: 'CN', birthDate: '2020-06-02' });
    const request = await join.do(child.subject, 'requestJoin', { guildId, terms });
    expect(request.state).toBe('REJECTED');
    // Sixteen when that day of 2036 begins in Shanghai; before it a guardian is no help, and nothing is said of one.
    expect(request.rejectedFor).toMatchObject([{ code: 'UNDER_AGE', until: '2036-06-01T16:00:00.000Z' }]);
    // That day is a birthday: the guild is not told it, and the chain, which is kept for good, does not hold it.
    expect((await join.see('owen', request.id)).rejectedFor).toMatchObject([{ code: 'UNDER_AGE', until: null }]);
    const { rows } = await api.db
      .pool('engine', 1)
      .query(
        `select from guildhall.history where event like '%2036-06%' union all select from guildhall.instance where snapshot like '%2036-06%'`,
      );
    expect(rows).toEqual([]);
  });

  test('every failure is told at once: unverified, under age, guild suspended', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster({ verified: false, birthDate: '2015-01-01' });
    await api.world.setGuild(guild.uuid, 'SUSPENDED');
    const request = await join.apply(who, guild);
    expect(codes(request).sort()).toEqual(['GUILD_NOT_ACTIVE', 'IDENTITY_UNKNOWN', 'UNDER_AGE']);
    expect(await api.gql(guild.owner, '{ notifications { nodes { template } } }')).toEqual({ notifications: { nodes: [] } });
  });

  test('an invitation is judged by the same rules', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster({ verified: false });
    expect(codes(await join.invite(guild, who))).toEqual(['IDENTITY_UNKNOWN']);
  });

  test('a second request to the same guild is rejected while the first is negotiated', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    const first = await join.apply(who, guild);
    expect(codes(await join.apply(who, guild))).toEqual(['REQUEST_OPEN']);
    await join.do(who.subject, 'withdrawRequest', { requestId: first.id });
    expect((await join.apply(who, guild)).state).toBe('DRAFTING');
  });

  test('a member without an end of the membership cannot join another guild', async () => {
    const [first, second] = [await api.world.guild(), await api.world.guild()];
    const who = await api.world.broadcaster();
    await member(who, first);
    expect((await join.apply(who, second)).rejectedFor).toMatchObject([{ code: 'ALREADY_MEMBER', until: null }]);
    await membershipEnds(who, await inDays(40));
    const until = (await inDays(40)).toISOString().slice(0, 13);
    const [reason] = (await join.apply(who, second)).rejectedFor;
    expect(reason).toMatchObject({ code: 'ALREADY_MEMBER' });
    expect(reason!.until!.slice(0, 13)).toBe(until);
  });

  test('a request may be submitted while a membership exists that ends on or before the switch', async () => {
    const [first, second] = [await api.world.guild(), await api.world.guild()];
    const who = await api.world.broadcaster();
    await member(who, first);
    const end = await inDays(30);
    await membershipEnds(who, end);
    const request = await join.coolingOff(who, second, { startAt: end.toISOString() });
    expect(request.state).toBe('COOLING_OFF');
    await api.pass(16 * DAY_MS);
    expect((await join.see(who.subject, request.id)).state).toBe('SETTLEMENT');
    await api.pass(15 * DAY_MS);
    expect((await join.see(who.subject, request.id)).state).toBe('COMPLETED');
    const { rows } = await api.world.owner.query<{ starts_at: Date }>(
      'select starts_at from guildhall.membership where broadcaster_id = $1 order by starts_at',
      [who.uuid],
    );
    expect(rows.map(({ starts_at: at }) => at.getTime()).at(-1)).toBe(end.getTime());
  });

  test('a switch that a membership still stands against is rejected there, by the constraint', async () => {
    const [first, second] = [await api.world.guild(), await api.world.guild()];
    const who = await api.world.broadcaster();
    const one = await join.coolingOff(who, first);
    const two = await join.coolingOff(who, second);
    await api.pass(16 * DAY_MS);
    const ended = [await join.see(who.subject, one.id), await join.see(who.subject, two.id)];
    expect(ended.map(({ state }) => state).sort()).toEqual(['COMPLETED', 'REJECTED']);
    const loser = ended.find(({ state }) => state === 'REJECTED')!;
    expect(codes(loser)).toEqual(['ALREADY_MEMBER']);
    expect(loser.history.nodes.at(-1)).toMatchObject({ event: 'SWITCH_REFUSED', source: 'effect', authority: 'SYSTEM' });
    const { rowCount } = await api.world.owner.query('select from guildhall.membership where broadcaster_id = $1', [who.uuid]);
    expect(rowCount).toBe(1);
  });

  test('a guild that is full at the switch takes nobody more, however many have signed', async () => {
    const guild = await api.world.guild({ cap: 2 });
    const people = [await api.world.broadcaster(), await api.world.broadcaster(), await api.world.broadcaster()];
    const requests = [];
    for (const who of people) requests.push(await join.coolingOff(who, guild));
    await api.pass(16 * DAY_MS);
    const ended = await Promise.all(requests.map(({ id }) => join.see(guild.owner, id)));
    expect(ended.map(({ state }) => state).sort()).toEqual(['COMPLETED', 'COMPLETED', 'REJECTED']);
    expect(ended.flatMap(codes)).toEqual(['GUILD_FULL']);
    expect(codes(await join.apply(await api.world.broadcaster(), guild))).toEqual(['GUILD_FULL']);
  });

  test('a switch that comes late does not overlook the members who began meanwhile', async () => {
    const guild = await api.world.guild({ cap: 1 });
    const [late, early] = [await api.world.broadcaster(), await api.world.broadcaster()];
    const { id } = await join.coolingOff(late, guild, { startAt: (await inDays(40)).toISOString() });
    await member(early, guild);
    await api.world.owner.query('update guildhall.membership set starts_at = $2 where broadcaster_id = $1', [
      early.uuid,
      await inDays(30),
    ]);
    await api.pass(60 * DAY_MS);
    expect(codes(await join.see(late.subject, id))).toEqual(['GUILD_FULL']);
  });

  test.each(['SUSPENDED', 'CLOSED'] as const)('a guild that is %s at the switch takes no members', async (status) => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    const { id } = await join.coolingOff(who, guild);
    await api.world.setGuild(guild.uuid, status);
    await api.pass(16 * DAY_MS);
    const ended = await join.see(who.subject, id);
    expect(ended.state).toBe('REJECTED');
    expect(codes(ended)).toEqual(['GUILD_NOT_ACTIVE']);
  });
});
