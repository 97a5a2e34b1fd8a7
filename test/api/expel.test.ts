import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { CaseFlow } from '../support/case-flow.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS, type RequestAnswer } from '../support/join-flow.js';
import { memberOf, membershipRow, type TestMember } from '../support/membership.js';
import type { TestGuild } from '../support/world.js';

describe('an expulsion', () => {
  let api: TestApi;
  let flow: CaseFlow;
  let guild: TestGuild;
  let member: TestMember;

  beforeAll(async () => {
    api = await startApi();
    flow = new CaseFlow(api);
  });
  beforeEach(async () => {
    guild = await api.world.guild();
    member = await memberOf(api, guild);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const expel = (): Promise<RequestAnswer> =>
    flow.do(guild.owner, 'expelMember', { membershipId: member.id, reasonCode: 'CONDUCT', comment: 'Rude to viewers.' });
  const appealed = async () => {
    const { id } = await expel();
    await flow.do(member.who.subject, 'appealExpulsion', { requestId: id, ground: 'WRONG_FACTS', comment: 'I was not there.' });
    return { id, disputeId: await flow.about(id, 'DISPUTE') };
  };
  const decided = async (outcome: 'UPHELD' | 'DENIED') => {
    const { id, disputeId } = await appealed();
    await flow.do(guild.owner, 'answerDispute', { requestId: disputeId, answer: 'CONTESTED' });
    await flow.do('sam', 'decideDispute', { requestId: disputeId, outcome });
    await api.pass(9 * DAY_MS);
    return id;
  };
  const row = () => membershipRow(api, member.uuid);

  test('is final when nobody appeals within the notice, and ends the membership when the notice does', async () => {
    const { id, state, deadlines } = await expel();
    expect({ state, deadlines }).toMatchObject({ state: 'NOTICE_PERIOD', deadlines: [{ name: 'switchAt' }] });
    await api.pass(29 * DAY_MS);
    expect(await row()).toMatchObject({ ended: null });
    await api.pass(3 * DAY_MS);
    expect(await flow.state(id)).toBe('COMPLETED');
    expect(await row()).toEqual({
      ended: deadlines[0]!.dueAt,
      end_kind: 'GUILD_INITIATED',
      end_cause: 'CONDUCT',
      at_fault: null,
      annulled: false,
    });
    const late = { requestId: id, ground: 'WRONG_FACTS' };
    expect(await flow.refused(member.who.subject, 'appealExpulsion', late)).toMatchObject({ code: 'FINAL' });
  });

  test('is given by owner or agent of the guild itself, not by finance, another guild or the broadcaster', async () => {
    const input = { membershipId: member.id, reasonCode: 'OTHER' };
    expect(await flow.refused(guild.finance, 'expelMember', input)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.refused(member.who.subject, 'expelMember', input)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.refused((await api.world.guild()).owner, 'expelMember', input)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await flow.do(guild.agent, 'expelMember', input)).toMatchObject({ state: 'NOTICE_PERIOD' });
    expect(await expel()).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'FLOW_OPEN' }] });
  });

  test('can be withdrawn by the guild', async () => {
    const { id } = await expel();
    expect(await flow.refused(member.who.subject, 'withdrawRequest', { requestId: id })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.do(guild.owner, 'withdrawRequest', { requestId: id })).toMatchObject({ state: 'WITHDRAWN' });
    await api.pass(40 * DAY_MS);
    expect(await row()).toMatchObject({ ended: null });
  });

  test('waits for an appeal, however long it takes, and falls when the appeal is upheld', async () => {
    const { id, disputeId } = await appealed();
    await api.pass(8 * DAY_MS);
    await api.pass(40 * DAY_MS);
    expect(await flow.state(disputeId)).toBe('DECISION_OVERDUE');
    // To be released is not what somebody wants who appeals against having to go.
    expect(await flow.state(id)).toBe('APPEALED');
    expect(await row()).toMatchObject({ ended: null });
    await flow.do('sam', 'decideDispute', { requestId: disputeId, outcome: 'UPHELD' });
    await api.pass(9 * DAY_MS);
    expect(await flow.see(member.who.subject, id)).toMatchObject({
      state: 'REJECTED',
      rejectedFor: [{ code: 'EXPULSION_OVERTURNED' }],
    });
    expect(await row()).toMatchObject({ ended: null });
  });

  test('goes on when the appeal is denied: at the end of the notice, never in the past, and without a second appeal', async () => {
    const id = await decided('DENIED');
    expect(await flow.state(id)).toBe('SETTLEMENT');
    const again = { requestId: id, ground: 'WRONG_FACTS' };
    expect(await flow.refused(member.who.subject, 'appealExpulsion', again)).toMatchObject({ code: 'WRONG_STATE' });
    await api.pass(31 * DAY_MS);
    expect(await flow.state(id)).toBe('COMPLETED');
    expect(await row()).toMatchObject({ end_kind: 'GUILD_INITIATED' });
  });

  test('that was appealed against beyond its notice ends the membership with the decision, not before it', async () => {
    const { id, disputeId } = await appealed();
    await api.pass(8 * DAY_MS);
    await api.pass(40 * DAY_MS);
    await flow.do('sam', 'decideDispute', { requestId: disputeId, outcome: 'DENIED' });
    const before = await api.clock.now();
    await api.pass(9 * DAY_MS);
    expect(await flow.state(id)).toBe('COMPLETED');
    expect(Date.parse((await row()).ended!)).toBeGreaterThan(before.getTime());
  });

  test('that the guild takes back during the appeal closes the dispute', async () => {
    const { id, disputeId } = await appealed();
    expect(await flow.do(guild.owner, 'withdrawRequest', { requestId: id })).toMatchObject({ state: 'WITHDRAWN' });
    expect(await flow.state(disputeId)).toBe('SUPERSEDED');
  });

  test('that is voided or superseded during the appeal closes the dispute in the same transaction', async () => {
    const { id, disputeId } = await appealed();
    await flow.do('sam', 'voidRequest', { requestId: id, reasonCode: 'PLATFORM_ERROR' });
    expect([await flow.state(id), await flow.state(disputeId)]).toEqual(['VOIDED', 'SUPERSEDED']);
    const again = await appealed();
    const leave = { membershipId: member.id, cause: 'UNPAID', evidence: 'Unpaid.' };
    await flow.do(member.who.subject, 'requestLeaveForCause', leave);
    expect([await flow.state(again.id), await flow.state(again.disputeId)]).toEqual(['SUPERSEDED', 'SUPERSEDED']);
  });

  test('whose dispute has ended already is voided all the same', async () => {
    const { id, disputeId } = await appealed();
    await flow.do('sam', 'voidRequest', { requestId: disputeId, reasonCode: 'OTHER' });
    expect(await flow.state(id)).toBe('SETTLEMENT');
    expect(await flow.do('sam', 'voidRequest', { requestId: id, reasonCode: 'OTHER' })).toMatchObject({ state: 'VOIDED' });
    expect(await flow.state(disputeId)).toBe('VOIDED');
  });

  test.each(['NO_ANSWER', 'QUOTA', 'POPULARITY', 'DISPUTED_FEE'])('is not appealed against for %s', async (ground) => {
    const { id } = await expel();
    const refusal = await flow.refused(member.who.subject, 'appealExpulsion', { requestId: id, ground });
    expect(refusal).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'NOT_A_GROUND', field: 'ground' }] });
    expect(refusal.reasons[0]!.message).toMatch(/is no ground/);
  });

  test("gives way to the broadcaster's own exit", async () => {
    const { id } = await expel();
    const leave = { membershipId: member.id, cause: 'UNPAID', evidence: 'Unpaid.' };
    await flow.do(member.who.subject, 'requestLeaveForCause', leave);
    expect(await flow.state(id)).toBe('SUPERSEDED');
  });

  test('is disputed by an appeal alone: a dispute that it does not know of would decide nothing', async () => {
    const { id } = await expel();
    expect(await flow.reasons(member.who.subject, 'fileDispute', { requestId: id, ground: 'FRAUD' })).toEqual(['OTHER_WAY']);
  });
});
