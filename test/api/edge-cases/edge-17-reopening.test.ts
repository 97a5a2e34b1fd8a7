import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { CaseFlow } from '../../support/case-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS } from '../../support/join-flow.js';
import { agent, memberOf, type TestMember } from '../../support/membership.js';
import type { TestGuild } from '../../support/world.js';

describe('Edge case 17: reopening', () => {
  let api: TestApi;
  let flow: CaseFlow;
  let guild: TestGuild;
  let member: TestMember;
  /** A cause that `sam` has denied, for good. */
  let deniedId: string;

  beforeAll(async () => {
    api = await startApi();
    flow = new CaseFlow(api);
    await agent(api, 'tom');
  });
  beforeEach(async () => {
    guild = await api.world.guild();
    member = await memberOf(api, guild);
    const leave = { membershipId: member.id, cause: 'UNPAID', evidence: 'Unpaid in March.' };
    ({ id: deniedId } = await flow.do(member.who.subject, 'requestLeaveForCause', leave));
    await flow.do(guild.owner, 'answerCause', { requestId: deniedId, answer: 'CONTESTED' });
    await flow.do('sam', 'ruleCause', { requestId: deniedId, outcome: 'DENIED' });
    await api.pass(9 * DAY_MS);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const petition = (more: object = {}) =>
    flow.do(member.who.subject, 'petitionToReopen', {
      requestId: deniedId,
      ground: 'NEW_EVIDENCE',
      comment: 'A statement of the bank has come.',
      ...more,
    });

  test('new evidence is a ground only when it is given; a procedural error needs none', async () => {
    const empty = { requestId: deniedId, ground: 'NEW_EVIDENCE' };
    expect(await flow.reasons(member.who.subject, 'petitionToReopen', empty)).toEqual(['EVIDENCE_MISSING']);
    expect(await petition({ ground: 'PROCEDURAL_ERROR', comment: null })).toMatchObject({ state: 'PETITION' });
    const other = { requestId: deniedId, ground: 'WRONG_FACTS', comment: 'x' };
    await expect(flow.send(member.who.subject, 'petitionToReopen', other)).rejects.toThrow(/ReopenGround/);
  });

  test('somebody else decides, and what is granted is a new linked request that somebody else rules on as well', async () => {
    const { id } = await petition();
    const grant = { requestId: id, outcome: 'GRANTED' };
    expect(await flow.reasons('sam', 'decidePetition', grant)).toEqual(['OTHER_DECIDER']);
    expect(await flow.refused(guild.owner, 'decidePetition', grant)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.do('tom', 'decidePetition', grant)).toMatchObject({ state: 'COMPLETED' });
    expect(await flow.state(deniedId)).toBe('REJECTED');
    const again = await flow.about(deniedId, 'LEAVE_CAUSE');
    expect(await flow.see(member.who.subject, again)).toMatchObject({ state: 'CURING', initiator: 'BROADCASTER' });
    expect(await flow.contextOf(again)).toMatchObject({ alleged: 'UNPAID', membershipId: member.uuid });
    await flow.do(guild.owner, 'answerCause', { requestId: again, answer: 'CONTESTED' });
    const ruling = { requestId: again, outcome: 'UPHELD', verifiedCause: 'UNPAID' };
    expect(await flow.reasons('sam', 'ruleCause', ruling)).toEqual(['OTHER_DECIDER']);
    expect(await flow.do('tom', 'ruleCause', ruling)).toMatchObject({ state: 'COMPLETED' });
  });

  test('what is denied stays as it is', async () => {
    const { id } = await petition();
    expect(await flow.do('tom', 'decidePetition', { requestId: id, outcome: 'DENIED' })).toMatchObject({
      state: 'REJECTED',
      rejectedFor: [{ code: 'PETITION_DENIED' }],
    });
    await expect(flow.about(deniedId, 'LEAVE_CAUSE')).rejects.toThrow('There is no');
  });

  test('a decision that is late may still come', async () => {
    const { id } = await petition();
    await api.pass(16 * DAY_MS);
    expect(await flow.state(id)).toBe('PETITION_OVERDUE');
    expect(await flow.do('tom', 'decidePetition', { requestId: id, outcome: 'GRANTED' })).toMatchObject({ state: 'COMPLETED' });
  });

  test('one petition at a time, only of what has ended, and not too long ago', async () => {
    const { id } = await petition();
    expect(await petition()).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'PETITION_OPEN' }] });
    const running = { requestId: id, ground: 'PROCEDURAL_ERROR' };
    const codes = (await flow.do(member.who.subject, 'petitionToReopen', running)).rejectedFor.map(({ code }) => code);
    expect(codes).toEqual(['NOT_ENDED', 'NOT_REOPENABLE']);
    await flow.do(member.who.subject, 'withdrawRequest', { requestId: id });
    await api.pass(181 * DAY_MS);
    expect(await petition()).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'TOO_LATE' }] });
  });

  test('what is no longer eligible is not reopened, and the reasons are told', async () => {
    const { id } = await petition();
    await flow.do(member.who.subject, 'requestLeaveForCause', {
      membershipId: member.id,
      cause: 'DECEIT',
      evidence: 'Another thing.',
    });
    expect(await flow.do('tom', 'decidePetition', { requestId: id, outcome: 'GRANTED' })).toMatchObject({
      state: 'REJECTED',
      rejectedFor: [{ code: 'FLOW_OPEN' }],
    });
  });

  test('a dispute is reopened as a dispute about the same request, decided by another agent', async () => {
    const { id: disputeId } = await flow.do(guild.owner, 'fileDispute', { requestId: member.joinId, ground: 'FRAUD' });
    await flow.do(member.who.subject, 'answerDispute', { requestId: disputeId, answer: 'CONTESTED' });
    await flow.do('sam', 'decideDispute', { requestId: disputeId, outcome: 'DENIED' });
    await api.pass(9 * DAY_MS);
    const { id } = await flow.do(guild.owner, 'petitionToReopen', {
      requestId: disputeId,
      ground: 'NEW_EVIDENCE',
      comment: 'A forged letter.',
    });
    await flow.do('tom', 'decidePetition', { requestId: id, outcome: 'GRANTED' });
    const again = await flow.about(member.joinId, 'DISPUTE');
    expect(again).not.toBe(disputeId);
    await flow.do(member.who.subject, 'answerDispute', { requestId: again, answer: 'CONTESTED' });
    expect(await flow.reasons('sam', 'decideDispute', { requestId: again, outcome: 'DENIED' })).toEqual(['OTHER_DECIDER']);
    expect(await flow.do('tom', 'decideDispute', { requestId: again, outcome: 'UPHELD' })).toMatchObject({ state: 'DECIDED' });
  });
});
