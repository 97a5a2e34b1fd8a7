import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../../support/api.js';
import { DAY_MS } from '../../support/join-flow.js';
import { LeaveFlow } from '../../support/leave-flow.js';
import type { TestGuild } from '../../support/world.js';

describe('Edge case 1: two requests for one broadcaster', () => {
  let api: TestApi;
  let flow: LeaveFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    flow = new LeaveFlow(api);
    guild = await api.world.guild();
  });
  afterAll(() => api.stop());

  test('one exclusive flow at a time: the second is rejected, and says which one stands in its way', async () => {
    const who = await flow.memberOf(guild);
    await flow.leave(who.subject, 'MUTUAL');
    const second = await flow.leave(guild.owner, 'MUTUAL', { membershipId: who.membershipId });
    expect(second).toMatchObject({
      state: 'REJECTED',
      rejectedFor: [{ code: 'FLOW_OPEN', message: expect.stringContaining('LEAVE_MUTUAL') }],
    });
    const terms = { guildSharePercent: 5, termMonths: 6 };
    const amended = await flow.do(who.subject, 'requestAmendment', { terms });
    expect(amended).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'FLOW_OPEN' }] });
  });

  test('a unilateral exit supersedes a mutual one, in the same transaction, and both sides see it', async () => {
    const who = await flow.memberOf(guild);
    const mutual = await flow.leave(who.subject, 'MUTUAL', { leaveAt: await flow.inDays(20) });
    const notice = await flow.leave(who.subject, 'NOTICE', { acceptsExitFee: true });
    expect(notice.state).toBe('NOTICE_PERIOD');
    const seen = await flow.join.see(guild.owner, mutual.id);
    expect([seen.state, seen.history.nodes.at(-1)]).toMatchObject(['SUPERSEDED', { event: 'SUPERSEDE_REQUEST', source: 'link' }]);
    // What has ended for one end stays ended: the agreement cannot be accepted any more.
    expect(await flow.join.refused(guild.owner, 'acceptTerms', { requestId: mutual.id, agreementVersion: 1 })).toMatchObject({
      code: 'FINAL',
    });
  });

  test('also one that all have signed and that only waits for its day', async () => {
    const who = await flow.memberOf(guild);
    const { id, agreement } = await flow.leave(who.subject, 'MUTUAL', { leaveAt: await flow.inDays(20) });
    const agreed = await flow.join.do(guild.owner, 'acceptTerms', { requestId: id, agreementVersion: agreement!.version });
    await flow.join.sign(guild.owner, agreed);
    expect(await flow.join.sign(who.subject, agreed)).toMatchObject({ state: 'SETTLEMENT' });
    expect(await flow.leave(who.subject, 'PROBATION')).toMatchObject({ state: 'COMPLETED' });
    expect(await flow.join.see(who.subject, id)).toMatchObject({ state: 'SUPERSEDED' });
    await api.pass(25 * DAY_MS);
    expect(await flow.ended(who)).toMatchObject({ endCause: 'PROBATION' });
  });

  test('two exits at the same moment: one is opened, the other finds it there', async () => {
    const who = await flow.memberOf(guild);
    const twice = await Promise.all([1, 2].map(() => flow.leave(who.subject, 'NOTICE', { acceptsExitFee: true })));
    expect(twice.map(({ state }) => state).sort()).toEqual(['NOTICE_PERIOD', 'REJECTED']);
  });

  test('a repeated call with the same key returns the first answer, and another body under it is refused', async () => {
    const who = await flow.memberOf(guild);
    const input = { route: 'MUTUAL', primaryReason: 'LIFE_QUIT', idempotencyKey: `leave-${who.handle}` };
    const first = await flow.do(who.subject, 'requestLeave', input);
    const again = await flow.do(who.subject, 'requestLeave', input);
    expect([again.id, again.version]).toEqual([first.id, first.version]);
    expect(await flow.refused(who.subject, 'requestLeave', { ...input, becomesNotice: true })).toMatchObject({
      code: 'KEY_REUSED',
    });
    const { rows } = await api.world.owner.query('select from guildhall.request where broadcaster_id = $1 and kind like $2', [
      who.uuid,
      'LEAVE%',
    ]);
    expect(rows).toHaveLength(1);
  });
});
