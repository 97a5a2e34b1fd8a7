import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { DirectoryFlow } from '../support/directory-flow.js';
import { DAY_MS, type RequestAnswer } from '../support/join-flow.js';
import { LeaveFlow, type Member } from '../support/leave-flow.js';
import type { TestGuild } from '../support/world.js';

describe('leaving by agreement', () => {
  let api: TestApi;
  let flow: LeaveFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    flow = new LeaveFlow(api);
    guild = await api.world.guild();
  });
  afterAll(() => api.stop());

  const accept = (subject: string, { id, agreement }: RequestAnswer) =>
    flow.join.do(subject, 'acceptTerms', { requestId: id, agreementVersion: agreement!.version });
  const followers = async (id: string) => {
    const { rows } = await api.world.owner.query<{ kind: string; state: string; id: string }>(
      `select r.kind, i.state, r.id from guildhall.request r join guildhall.instance i on i.id = r.id where r.parent_id = $1 and r.relation = 'FOLLOWS'`,
      [Buffer.from(id, 'base64url').toString().split(':')[1]],
    );
    return rows;
  };
  const overTerm = (who: Member) =>
    api.world.owner.query(`update guildhall.membership_terms set terms = terms || '{"termMonths": 0}' where membership_id = $1`, [
      who.membershipUuid,
    ]);

  test('both sign a day, the membership ends on it, and a statement follows', async () => {
    const who = await flow.memberOf(guild);
    const leaveAt = await flow.inDays(20);
    const asked = await flow.leave(who.subject, 'MUTUAL', { leaveAt: await flow.inDays(3) });
    expect(asked).toMatchObject({ state: 'DRAFTING', initiator: 'BROADCASTER', explanation: { awaits: ['GUILD'] } });
    expect(await flow.kindOf(who.subject, asked.id)).toBe('LEAVE_MUTUAL');
    const countered = await flow.do(guild.owner, 'proposeLeaveDate', { requestId: asked.id, leaveAt });
    expect(countered.agreement!.text).toContain(`The membership ends on`);
    const agreed = await accept(who.subject, countered);
    await flow.join.sign(who.subject, agreed);
    const signed = await flow.join.sign(guild.agent, agreed);
    expect(signed).toMatchObject({ state: 'SETTLEMENT', deadlines: [{ name: 'switchAt', dueAt: leaveAt }] });
    await api.pass(21 * DAY_MS);
    expect(await flow.join.see(who.subject, asked.id)).toMatchObject({ state: 'COMPLETED' });
    expect(await flow.ended(who)).toEqual({ endsAt: new Date(leaveAt), endKind: 'VOLUNTARY', endCause: 'MUTUAL' });
  });

  test('a guild proposes it too; the broadcaster declines, and nothing has changed', async () => {
    const who = await flow.memberOf(guild);
    const asked = await flow.leave(guild.owner, 'MUTUAL', { membershipId: who.membershipId });
    expect(asked).toMatchObject({ state: 'DRAFTING', initiator: 'GUILD', explanation: { awaits: ['BROADCASTER'] } });
    const declined = await flow.join.do(who.subject, 'declineRequest', { requestId: asked.id, reasonCode: 'CHANGED_MIND' });
    expect(declined.state).toBe('DECLINED');
    expect(await flow.ended(who)).toMatchObject({ endsAt: null });
  });

  test('after both have signed the broadcaster alone may take it back, until the end', async () => {
    const who = await flow.memberOf(guild);
    const asked = await flow.leave(who.subject, 'MUTUAL', { leaveAt: await flow.inDays(9) });
    const agreed = await accept(guild.owner, asked);
    await flow.join.sign(guild.owner, agreed);
    await flow.join.sign(who.subject, agreed);
    expect((await flow.join.refused(guild.owner, 'withdrawRequest', { requestId: asked.id })).reasons).toMatchObject([
      { code: 'ONLY_PROTECTED_PARTY' },
    ]);
    expect(await flow.join.do(who.subject, 'withdrawRequest', { requestId: asked.id })).toMatchObject({ state: 'WITHDRAWN' });
    await api.pass(10 * DAY_MS);
    expect(await flow.ended(who)).toMatchObject({ endsAt: null });
  });

  test('a silent guild: notice is given in the same step, and the membership ends with it', async () => {
    const who = await flow.memberOf(guild);
    await overTerm(who);
    const asked = await flow.leave(who.subject, 'MUTUAL', { becomesNotice: true });
    expect(asked.deadlines[0]!.silence).toContain('Giving notice');
    await api.pass(7 * DAY_MS);
    expect(await flow.join.see(who.subject, asked.id)).toMatchObject({ state: 'SUPERSEDED' });
    const [notice, ...others] = await followers(asked.id);
    expect([notice, others]).toMatchObject([{ kind: 'LEAVE_NOTICE', state: 'noticePeriod' }, []]);
    await api.pass(32 * DAY_MS);
    expect(await flow.ended(who)).toMatchObject({ endKind: 'VOLUNTARY', endCause: 'NOTICE' });
  });

  test('a silent guild while the minimum term runs: rejected with the reason, nothing else is left behind', async () => {
    const who = await flow.memberOf(await flow.guildUnder({ minTermMonths: 3 }));
    const asked = await flow.leave(who.subject, 'MUTUAL', { becomesNotice: true });
    await api.pass(9 * DAY_MS);
    const seen = await flow.join.see(who.subject, asked.id);
    expect([seen.state, seen.rejectedFor.map(({ code }) => code)]).toEqual(['REJECTED', ['MIN_TERM']]);
    expect(await followers(asked.id)).toEqual([]);
  });

  test('a silent guild, with the wish taken back or given later: the last word counts', async () => {
    const [first, second] = [await flow.memberOf(guild), await flow.memberOf(guild)];
    const one = await flow.leave(first.subject, 'MUTUAL', { becomesNotice: true });
    expect(await flow.refused(guild.owner, 'wishNotice', { requestId: one.id, becomesNotice: false })).toMatchObject({
      code: 'FORBIDDEN',
    });
    await flow.do(first.subject, 'wishNotice', { requestId: one.id, becomesNotice: false });
    const two = await flow.leave(second.subject, 'MUTUAL');
    await flow.do(second.subject, 'wishNotice', { requestId: two.id, becomesNotice: true, acceptsExitFee: true });
    await api.pass(7 * DAY_MS);
    expect(await flow.join.see(first.subject, one.id)).toMatchObject({ state: 'EXPIRED' });
    expect(await flow.join.see(second.subject, two.id)).toMatchObject({ state: 'SUPERSEDED' });
    expect(await followers(two.id)).toMatchObject([{ kind: 'LEAVE_NOTICE', state: 'noticePeriod' }]);
  });

  test('a suspended guild: the suspension has the platform stand in, and support signs in its place', async () => {
    const other = await api.world.guild();
    const who = await flow.memberOf(other);
    const asked = await flow.leave(who.subject, 'MUTUAL', { leaveAt: await flow.inDays(30) });
    const body = { requestId: asked.id, agreementVersion: 1 };
    expect(await flow.join.refused('sam', 'acceptTerms', body)).toMatchObject({ code: 'FORBIDDEN' });
    await new DirectoryFlow(api).do('sam', 'suspendGuild', { guildId: other.id });
    await api.pass(0);
    const standing = await flow.join.see('sam', asked.id);
    expect(standing.history.nodes.map(({ event, authority }) => [event, authority])).toContainEqual(['STAND_IN', 'STAND_IN']);
    expect(standing.availableActions.find(({ event }) => event === 'ACCEPT_TERMS')).toMatchObject({ allowed: true });
    const agreed = await accept('sam', asked);
    await flow.join.sign(who.subject, agreed);
    await new DirectoryFlow(api).do('sam', 'reinstateGuild', { guildId: other.id });
    const act = { ...body, sha256: agreed.agreement!.sha256 };
    expect(await flow.join.refused('sam', 'signAgreement', act)).toMatchObject({ code: 'FORBIDDEN' });
    await new DirectoryFlow(api).do('sam', 'suspendGuild', { guildId: other.id });
    expect(await flow.join.do('sam', 'signAgreement', act)).toMatchObject({ state: 'SETTLEMENT' });
  });

  test('strangers learn of no membership, finance commits nobody, a membership of nobody is not found', async () => {
    const who = await flow.memberOf(guild);
    const stranger = await api.world.broadcaster();
    const input = { route: 'MUTUAL', primaryReason: 'LIFE_QUIT', membershipId: who.membershipId };
    expect(await flow.refused(stranger.subject, 'requestLeave', input)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await flow.refused(guild.finance, 'requestLeave', input)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.refused('sam', 'requestLeave', input)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.refused('ava', 'requestLeave', { ...input, membershipId: guild.id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await flow.refused(who.subject, 'requestLeave', { route: 'MUTUAL' })).toMatchObject({ code: 'INVALID_INPUT' });
  });
});
