import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeGlobalId } from '../../src/schema/index.js';
import { registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { CaseFlow } from '../support/case-flow.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS, JoinFlow } from '../support/join-flow.js';
import { PaymentFlow } from '../support/payment-flow.js';
import { agent, memberOf, membershipRow, type TestMember } from '../support/membership.js';
import type { TestGuild } from '../support/world.js';

describe('a reversal', () => {
  let api: TestApi;
  let flow: CaseFlow;
  let guild: TestGuild;
  let member: TestMember;

  beforeAll(async () => {
    api = await startApi();
    flow = new CaseFlow(api);
    await agent(api, 'tom');
  });
  beforeEach(async () => {
    guild = await api.world.guild();
    member = await memberOf(api, guild);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const propose = (requestId: string, reasonCode = 'FORGED') =>
    flow.do('sam', 'proposeReversal', { requestId, reasonCode, comment: 'The signature is forged.' });
  const leave = async () => {
    const input = { membershipId: member.id, cause: 'UNPAID', evidence: 'Unpaid.' };
    const { id } = await flow.do(member.who.subject, 'requestLeaveForCause', input);
    await flow.do(guild.owner, 'answerCause', { requestId: id, answer: 'ACCEPTED' });
    return id;
  };
  const row = () => membershipRow(api, member.uuid);

  test('annuls a membership that should not have begun when a second agent approves, and not before', async () => {
    const { id } = await propose(member.joinId);
    expect(await row()).toMatchObject({ annulled: false });
    expect(await flow.reasons('sam', 'approveReversal', { requestId: id })).toEqual(['SECOND_AGENT']);
    expect(await flow.refused(guild.owner, 'approveReversal', { requestId: id })).toMatchObject({ code: 'FORBIDDEN' });
    const running = await flow.do(guild.owner, 'expelMember', { membershipId: member.id, reasonCode: 'OTHER' });
    expect(await flow.do('tom', 'approveReversal', { requestId: id })).toMatchObject({ state: 'COMPLETED' });
    expect(await row()).toMatchObject({ annulled: true });
    // What was about the membership has nothing to be about any more; the JOIN itself stays as it ended.
    expect(await flow.state(running.id)).toBe('SUPERSEDED');
    expect(await flow.state(member.joinId)).toBe('COMPLETED');
    expect(await new JoinFlow(api).apply(member.who, await api.world.guild())).toMatchObject({ state: 'DRAFTING' });
    await api.pass(0);
    const { notifications } = await api.gql<{ notifications: { nodes: { template: string; requestId: string }[] } }>(
      member.who.subject,
      '{ notifications(first: 100) { nodes { template requestId } } }',
    );
    expect(notifications.nodes.filter(({ requestId }) => requestId === id).map(({ template }) => template)).toContain(
      'REQUEST_UNWOUND',
    );
  });

  test('restores a membership that should not have ended, as if it had not', async () => {
    const leaveId = await leave();
    expect(await row()).toMatchObject({ ended: expect.any(String) });
    const { id } = await propose(leaveId, 'ERRONEOUS');
    await flow.do('tom', 'approveReversal', { requestId: id });
    expect(await row()).toEqual({ ended: null, end_kind: null, end_cause: null, at_fault: null, annulled: false });
  });

  test('voids the payment that the exit has begun, and closes what a side has objected to on its statement', async () => {
    const leaveId = await leave();
    const paymentId = await flow.about(leaveId, 'PAYMENT');
    await api.pass(32 * DAY_MS);
    await flow.do(member.who.subject, 'objectToStatement', { requestId: paymentId, ground: 'AMOUNT' });
    const disputeId = await flow.about(paymentId, 'DISPUTE');
    const { id } = await propose(leaveId, 'ERRONEOUS');
    expect(await flow.state(paymentId)).toBe('DISPUTED');
    await flow.do('tom', 'approveReversal', { requestId: id });
    expect([await flow.state(paymentId), await flow.state(disputeId)]).toEqual(['VOIDED', 'SUPERSEDED']);
    const { history } = await flow.see('sam', paymentId);
    expect(history.nodes.at(-1)).toMatchObject({ event: 'VOID_REQUEST', source: 'link', authority: 'SYSTEM' });
  });

  test('leaves a payment that has been completed as it is', async () => {
    const leaveId = await leave();
    const paymentId = await flow.about(leaveId, 'PAYMENT');
    await api.pass(32 * DAY_MS);
    await api.pass(12 * DAY_MS);
    await new PaymentFlow(api).report(paymentId);
    expect(await flow.state(paymentId)).toBe('COMPLETED');
    const { id } = await propose(leaveId, 'ERRONEOUS');
    expect(await flow.do('tom', 'approveReversal', { requestId: id })).toMatchObject({ state: 'COMPLETED' });
    expect(await flow.state(paymentId)).toBe('COMPLETED');
  });

  test('is rejected where a later switch stands on it, and says which', async () => {
    const leaveId = await leave();
    const rejected = await propose(member.joinId);
    expect(rejected).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'LATER_SWITCH' }] });
    expect(rejected.rejectedFor[0]!.message).toContain(`LEAVE_CAUSE, request ${decodeGlobalId('Request', leaveId)!}`);
    const { joinId } = await memberOf(api, await api.world.guild(), member.who);
    const blocked = await propose(leaveId);
    expect(blocked.rejectedFor[0]!.message).toContain(`JOIN, request ${decodeGlobalId('Request', joinId)!}`);
  });

  test('looks again when it is approved: a switch that came in between stands in its way', async () => {
    const { id } = await propose(member.joinId);
    await leave();
    expect(await flow.do('tom', 'approveReversal', { requestId: id })).toMatchObject({
      state: 'REJECTED',
      rejectedFor: [{ code: 'LATER_SWITCH' }],
    });
    expect(await row()).toMatchObject({ annulled: false });
  });

  test('needs something that was switched, and is proposed once and by support alone', async () => {
    const { id } = await new JoinFlow(api).apply(await api.world.broadcaster(), guild);
    const codes = (await propose(id)).rejectedFor.map(({ code }) => code);
    expect(codes).toEqual(['NOT_COMPLETED', 'NOTHING_SWITCHED']);
    const input = { requestId: member.joinId, reasonCode: 'FORGED' };
    expect(await flow.refused(guild.owner, 'proposeReversal', input)).toMatchObject({ code: 'FORBIDDEN' });
    const first = await propose(member.joinId);
    expect(await propose(member.joinId)).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'REVERSAL_OPEN' }] });
    expect(await flow.do('tom', 'rejectReversal', { requestId: first.id })).toMatchObject({ state: 'DECLINED' });
    expect(await row()).toMatchObject({ annulled: false });
  });
});
