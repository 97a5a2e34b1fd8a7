import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { CaseFlow } from '../../support/case-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS } from '../../support/join-flow.js';
import { memberOf, membershipRow, type TestMember } from '../../support/membership.js';
import type { TestGuild } from '../../support/world.js';

describe('Edge case 10: settlement disputed', () => {
  let api: TestApi;
  let flow: CaseFlow;
  let guild: TestGuild;
  let member: TestMember;
  let paymentId: string;

  beforeAll(async () => {
    api = await startApi();
    flow = new CaseFlow(api);
  });
  beforeEach(async () => {
    guild = await api.world.guild();
    member = await memberOf(api, guild);
    const leave = { membershipId: member.id, cause: 'UNPAID', evidence: 'Unpaid.' };
    const { id } = await flow.do(member.who.subject, 'requestLeaveForCause', leave);
    await flow.do(guild.owner, 'answerCause', { requestId: id, answer: 'ACCEPTED' });
    paymentId = await flow.about(id, 'PAYMENT');
    await api.pass(32 * DAY_MS);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const object = (subject: string) =>
    flow.do(subject, 'objectToStatement', { requestId: paymentId, ground: 'MISSING_EARNINGS', comment: 'March is missing.' });

  test('leaving has never waited for it: the membership ended before anybody saw a statement', async () => {
    expect(await flow.state(paymentId)).toBe('OBJECTION');
    expect(await membershipRow(api, member.uuid)).toMatchObject({ ended: expect.any(String), at_fault: 'GUILD' });
    expect(await object(member.who.subject)).toMatchObject({ state: 'DISPUTED' });
    expect(await membershipRow(api, member.uuid)).toMatchObject({ ended: expect.any(String) });
  });

  test('an objection opens a dispute of its own, and the payment goes on when that is decided', async () => {
    await object(member.who.subject);
    const disputeId = await flow.about(paymentId, 'DISPUTE');
    expect(await flow.contextOf(disputeId)).toMatchObject({ ground: 'MISSING_EARNINGS', initiator: 'BROADCASTER' });
    await flow.do(guild.owner, 'answerDispute', { requestId: disputeId, answer: 'CONTESTED' });
    await flow.do('sam', 'decideDispute', { requestId: disputeId, outcome: 'DENIED' });
    expect(await flow.state(paymentId)).toBe('DISPUTED');
    await api.pass(9 * DAY_MS);
    expect(await flow.state(disputeId)).toBe('COMPLETED');
    expect(await flow.state(paymentId)).toBe('PAYING');
  });

  test('a payment that support voids leaves nothing to decide', async () => {
    await object(member.who.subject);
    const disputeId = await flow.about(paymentId, 'DISPUTE');
    await flow.do('sam', 'voidRequest', { requestId: paymentId, reasonCode: 'PLATFORM_ERROR' });
    expect([await flow.state(paymentId), await flow.state(disputeId)]).toEqual(['VOIDED', 'SUPERSEDED']);
  });

  test("the guild's finance objects for it too, once for each side and not after having agreed", async () => {
    await flow.do(guild.finance, 'sendRequestEvent', { requestId: paymentId, event: 'AGREE_STATEMENT' });
    const objection = { requestId: paymentId, ground: 'FEE' };
    expect(await flow.reasons(guild.owner, 'objectToStatement', objection)).toEqual(['ALREADY_AGREED']);
    await object(member.who.subject);
    expect(await flow.refused(guild.owner, 'objectToStatement', objection)).toMatchObject({ code: 'WRONG_STATE' });
  });

  test('a statement stands when nobody objects in time', async () => {
    await api.pass(12 * DAY_MS);
    expect(await flow.state(paymentId)).toBe('PAYING');
    const late = { requestId: paymentId, ground: 'AMOUNT' };
    expect(await flow.refused(member.who.subject, 'objectToStatement', late)).toMatchObject({ code: 'WRONG_STATE' });
    await flow.do('sam', 'reportPayout', { requestId: paymentId, reference: 'provider-1' });
    expect(await flow.state(paymentId)).toBe('COMPLETED');
    expect(await flow.refused(member.who.subject, 'objectToStatement', late)).toMatchObject({ code: 'FINAL' });
  });

  test('a withdrawn objection lets the payment go on as well, and no other way leads to a dispute of a statement', async () => {
    const direct = { requestId: paymentId, ground: 'FRAUD' };
    expect(await flow.reasons(member.who.subject, 'fileDispute', direct)).toEqual(['OTHER_WAY']);
    await object(guild.owner);
    await flow.do(guild.owner, 'withdrawRequest', { requestId: await flow.about(paymentId, 'DISPUTE') });
    expect(await flow.state(paymentId)).toBe('PAYING');
  });
});
