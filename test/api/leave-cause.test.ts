import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { CaseFlow } from '../support/case-flow.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS, type RequestAnswer } from '../support/join-flow.js';
import { agent, memberOf, membershipRow, type TestMember } from '../support/membership.js';
import type { TestGuild } from '../support/world.js';

describe('leaving for cause', () => {
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

  const allege = (cause = 'UNPAID', evidence = 'Nothing was paid for two cycles.'): Promise<RequestAnswer> =>
    flow.do(member.who.subject, 'requestLeaveForCause', { membershipId: member.id, cause, evidence });
  const contested = async () => {
    const { id } = await allege();
    return flow.do(guild.owner, 'answerCause', { requestId: id, answer: 'CONTESTED', comment: 'It was paid on time.' });
  };
  const row = () => membershipRow(api, member.uuid);

  test('evidence is given, kept outside the chain, and asked for', async () => {
    const missing = { membershipId: member.id, cause: 'UNPAID', evidence: '' };
    expect(await flow.reasons(member.who.subject, 'requestLeaveForCause', missing)).toEqual(['EVIDENCE_MISSING']);
    const words = 'Jane Roe of the guild said that there is no money.';
    const { id } = await allege('UNPAID', words);
    await flow.do(guild.owner, 'addEvidence', { requestId: id, evidence: 'Jane Roe never said so.' });
    expect(await flow.contextOf(id)).toMatchObject({ alleged: 'UNPAID', evidence: 1 });
    const owner = api.world.owner;
    const { rows } = await owner.query<{ body: string; seq: number; hash: string; said: string }>(
      `select a.body, a.seq, encode(sha256(convert_to(a.salt || a.body, 'UTF8')), 'hex') as hash,
         h.event::jsonb #>> '{input,said,annexHash}' as said
       from guildhall.annex a join guildhall.history h on h.instance_id = a.instance_id and h.seq = a.seq where a.body = $1`,
      [words],
    );
    expect(rows).toEqual([{ body: words, seq: 1, hash: rows[0]!.said, said: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const { rows: leaks } = await owner.query(
      `select from guildhall.history where event like '%Jane Roe%' union all select from guildhall.instance where snapshot like '%Jane Roe%'`,
    );
    expect(leaks).toEqual([]);
  });

  test('a reference to words cannot be sent in place of words', async () => {
    const said = { cause: 'UNPAID', annexId: '01900000-0000-7000-8000-000000000001', annexHash: 'a'.repeat(64) };
    const forged = await flow.refused(member.who.subject, 'openRequest', { kind: 'LEAVE_CAUSE', membershipId: member.id, said });
    expect(forged).toMatchObject({ code: 'INVALID_INPUT', reasons: [{ field: 'annexId' }] });
  });

  test('without an answer in the time to cure the broadcaster is released, at the promised instant and at the fault of the guild', async () => {
    const { id, state, deadlines } = await allege();
    expect({ state, deadlines }).toMatchObject({ state: 'CURING', deadlines: [{ name: 'cureEnd' }] });
    await api.pass(20 * DAY_MS);
    expect(await flow.state(id)).toBe('COMPLETED');
    expect(await row()).toMatchObject({
      ended: deadlines[0]!.dueAt,
      end_kind: 'VOLUNTARY',
      end_cause: 'UNPAID',
      at_fault: 'GUILD',
    });
    expect(await flow.contextOf(id)).toMatchObject({ releasedBecause: 'UNANSWERED', answer: null });
    // At the guild's fault: no cooldown keeps the broadcaster from it, or from any other.
    expect(await flow.contextOf(await flow.about(id, 'PAYMENT'))).toMatchObject({ membershipId: member.uuid });
  });

  test('a guild that accepts lets the broadcaster go at once', async () => {
    const { id } = await allege();
    expect(await flow.do(guild.agent, 'answerCause', { requestId: id, answer: 'ACCEPTED' })).toMatchObject({
      state: 'COMPLETED',
    });
    expect(await row()).toMatchObject({ at_fault: 'GUILD', end_cause: 'UNPAID' });
  });

  test('what the guild says to have cured is confirmed and withdrawn, or rejected and ruled on', async () => {
    const { id } = await allege();
    expect(await flow.do(guild.owner, 'answerCause', { requestId: id, answer: 'CURED' })).toMatchObject({
      state: 'CONFIRMING',
      explanation: { awaits: ['BROADCASTER'] },
    });
    expect(await flow.refused(guild.owner, 'confirmCure', { requestId: id })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.do(member.who.subject, 'confirmCure', { requestId: id })).toMatchObject({ state: 'WITHDRAWN' });
    expect(await row()).toMatchObject({ ended: null });
    const again = await allege();
    await flow.do(guild.owner, 'answerCause', { requestId: again.id, answer: 'CURED' });
    expect(await flow.do(member.who.subject, 'rejectCure', { requestId: again.id, comment: 'Still unpaid.' })).toMatchObject({
      state: 'RULING',
    });
  });

  test('a contested cause is ruled on by the platform alone; upheld, it names the cause that was found', async () => {
    const { id } = await contested();
    const ruling = { requestId: id, outcome: 'UPHELD', verifiedCause: 'PAID_LATE', comment: 'The bank says so.' };
    expect(await flow.refused(member.who.subject, 'ruleCause', ruling)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.refused(guild.owner, 'ruleCause', ruling)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.refused('sam', 'ruleCause', { requestId: id, outcome: 'UPHELD' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await flow.do('sam', 'ruleCause', ruling)).toMatchObject({ state: 'COMPLETED' });
    expect(await row()).toMatchObject({ at_fault: 'GUILD', end_cause: 'PAID_LATE' });
    expect(await flow.contextOf(id)).toMatchObject({ alleged: 'UNPAID', answer: 'CONTESTED', verifiedCause: 'PAID_LATE' });
  });

  test('nobody rules who represents a party', async () => {
    const { id } = await contested();
    await api.world.owner.query(
      `insert into guildhall.guild_staff (guild_id, principal_id, role, since) select $1, id, 'FINANCE', now() from guildhall.principal where subject = 'tom'`,
      [guild.uuid],
    );
    expect(await flow.reasons('tom', 'ruleCause', { requestId: id, outcome: 'DENIED' })).toEqual(['NOT_IMPARTIAL']);
    expect(await flow.do('sam', 'ruleCause', { requestId: id, outcome: 'DENIED' })).toMatchObject({ state: 'DENIED' });
  });

  test('when the ruling is late the broadcaster is released until it comes; then it only changes who was at fault', async () => {
    const { id, deadlines } = await contested();
    expect(deadlines).toMatchObject([{ name: 'decisionEnd' }]);
    await api.pass(16 * DAY_MS);
    expect(await flow.see(member.who.subject, id)).toMatchObject({ state: 'RELEASED', explanation: { awaits: ['PLATFORM'] } });
    const provisional = await row();
    expect(provisional).toMatchObject({ ended: deadlines[0]!.dueAt, at_fault: null, end_cause: 'UNPAID' });
    const ruling = { requestId: id, outcome: 'UPHELD', verifiedCause: 'PAID_LATE' };
    expect(await flow.do('sam', 'ruleCause', ruling)).toMatchObject({ state: 'COMPLETED' });
    expect(await row()).toEqual({ ...provisional, at_fault: 'GUILD', end_cause: 'PAID_LATE' });
  });

  test('a late ruling that denies the cause leaves the release as it is', async () => {
    const { id } = await contested();
    await api.pass(16 * DAY_MS);
    const provisional = await row();
    expect(await flow.do('sam', 'ruleCause', { requestId: id, outcome: 'DENIED' })).toMatchObject({ state: 'COMPLETED' });
    expect(await row()).toEqual(provisional);
  });

  describe('a ruling that denied the cause', () => {
    const denied = async () => {
      const { id } = await contested();
      return flow.do('sam', 'ruleCause', { requestId: id, outcome: 'DENIED' });
    };

    test('is final when nobody appeals', async () => {
      const { id } = await denied();
      await api.pass(9 * DAY_MS);
      expect(await flow.see(member.who.subject, id)).toMatchObject({
        state: 'REJECTED',
        rejectedFor: [{ code: 'CAUSE_DENIED' }],
      });
      expect(await row()).toMatchObject({ ended: null });
    });

    test('is appealed against by a dispute that another agent decides; upheld, the broadcaster is released', async () => {
      const { id } = await denied();
      expect(await flow.reasons(member.who.subject, 'appealRuling', { requestId: id, ground: 'QUOTA' })).toEqual([
        'NOT_A_GROUND',
      ]);
      expect(await flow.refused(guild.owner, 'appealRuling', { requestId: id, ground: 'WRONG_FACTS' })).toMatchObject({
        code: 'FORBIDDEN',
      });
      const appeal = { requestId: id, ground: 'WRONG_FACTS', comment: 'See the second statement.' };
      expect(await flow.do(member.who.subject, 'appealRuling', appeal)).toMatchObject({ state: 'APPEALED' });
      const disputeId = await flow.about(id, 'DISPUTE');
      expect(await flow.see(guild.owner, disputeId)).toMatchObject({ state: 'FILED', explanation: { awaits: ['GUILD'] } });
      await flow.do(guild.owner, 'answerDispute', { requestId: disputeId, answer: 'CONTESTED' });
      const decision = { requestId: disputeId, outcome: 'UPHELD' };
      expect(await flow.reasons('sam', 'decideDispute', decision)).toEqual(['OTHER_DECIDER']);
      await agent(api, 'uma');
      expect(await flow.do('uma', 'decideDispute', decision)).toMatchObject({ state: 'DECIDED' });
      expect(await row()).toMatchObject({ ended: null });
      await api.pass(9 * DAY_MS);
      expect(await flow.state(disputeId)).toBe('COMPLETED');
      expect(await flow.state(id)).toBe('COMPLETED');
      expect(await row()).toMatchObject({ at_fault: 'GUILD', end_cause: 'UNPAID' });
    });

    test('stands when the appeal is withdrawn', async () => {
      const { id } = await denied();
      await flow.do(member.who.subject, 'appealRuling', { requestId: id, ground: 'UNFAIR_PROCESS' });
      const disputeId = await flow.about(id, 'DISPUTE');
      expect(await flow.do(member.who.subject, 'withdrawRequest', { requestId: disputeId })).toMatchObject({
        state: 'WITHDRAWN',
      });
      expect(await flow.state(id)).toBe('REJECTED');
    });

    test('that is voided during the appeal closes its dispute', async () => {
      const { id } = await denied();
      await flow.do(member.who.subject, 'appealRuling', { requestId: id, ground: 'UNFAIR_PROCESS' });
      const disputeId = await flow.about(id, 'DISPUTE');
      await flow.do('sam', 'voidRequest', { requestId: id, reasonCode: 'PLATFORM_ERROR' });
      expect([await flow.state(id), await flow.state(disputeId)]).toEqual(['VOIDED', 'SUPERSEDED']);
    });

    test('gives way to an interim release when the panel of the appeal is late, and the fault follows its decision', async () => {
      const { id } = await denied();
      await flow.do(member.who.subject, 'appealRuling', { requestId: id, ground: 'WRONG_FACTS' });
      const disputeId = await flow.about(id, 'DISPUTE');
      await api.pass(8 * DAY_MS);
      await api.pass(15 * DAY_MS);
      expect(await flow.state(disputeId)).toBe('DECISION_OVERDUE');
      expect(await flow.contextOf(disputeId)).toMatchObject({ interim: true });
      expect(await flow.state(id)).toBe('RELEASED');
      expect(await row()).toMatchObject({ ended: expect.any(String), at_fault: null });
      expect(await flow.reasons('sam', 'ruleCause', { requestId: id, outcome: 'DENIED' })).toContain('RULED');
      await agent(api, 'vic');
      await flow.do('vic', 'decideDispute', { requestId: disputeId, outcome: 'UPHELD' });
      await api.pass(9 * DAY_MS);
      expect(await flow.state(id)).toBe('COMPLETED');
      expect(await row()).toMatchObject({ at_fault: 'GUILD' });
    });
  });

  test('harassment is not a thing to cure: the platform rules at once', async () => {
    expect(await allege('HARASSMENT')).toMatchObject({ state: 'RULING' });
  });

  test('one at a time, of a member only, and not by the guild', async () => {
    await allege();
    const second = await allege();
    expect(second).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'FLOW_OPEN' }] });
    const input = { membershipId: member.id, cause: 'UNPAID', evidence: 'x' };
    expect(await flow.refused(guild.owner, 'requestLeaveForCause', input)).toMatchObject({ code: 'FORBIDDEN' });
    const stranger = await api.world.broadcaster();
    expect(await flow.refused(stranger.subject, 'requestLeaveForCause', input)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('the same key with other words is another body', async () => {
    const input = { membershipId: member.id, cause: 'UNPAID', evidence: 'One.', idempotencyKey: 'cause-1' };
    const first = await flow.do(member.who.subject, 'requestLeaveForCause', input);
    expect(await flow.do(member.who.subject, 'requestLeaveForCause', input)).toMatchObject({ id: first.id });
    const other = { ...input, evidence: 'Two.' };
    expect(await flow.refused(member.who.subject, 'requestLeaveForCause', other)).toMatchObject({ code: 'KEY_REUSED' });
  });
});
