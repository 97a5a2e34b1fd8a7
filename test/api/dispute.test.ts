import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { CaseFlow } from '../support/case-flow.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS, JoinFlow } from '../support/join-flow.js';
import { agent } from '../support/membership.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

describe('a dispute', () => {
  let api: TestApi;
  let flow: CaseFlow;
  let guild: TestGuild;
  let who: TestBroadcaster;
  let requestId: string;

  beforeAll(async () => {
    api = await startApi();
    flow = new CaseFlow(api);
    guild = await api.world.guild();
    await agent(api, 'tom');
  });
  beforeEach(async () => {
    who = await api.world.broadcaster();
    ({ id: requestId } = await new JoinFlow(api).apply(who, guild));
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const file = (subject = who.subject, ground = 'FRAUD') => flow.do(subject, 'fileDispute', { requestId, ground });
  const answered = async () => {
    const { id } = await file();
    return flow.do(guild.owner, 'answerDispute', { requestId: id, answer: 'CONTESTED', comment: 'Not so.' });
  };
  const decided = async (outcome = 'DENIED') => {
    const { id } = await answered();
    return flow.do('sam', 'decideDispute', { requestId: id, outcome });
  };

  test('goes from filing over answer and decision to its end, each with a clock of its own', async () => {
    const filed = await file();
    expect(filed).toMatchObject({ state: 'FILED', deadlines: [{ name: 'answerEnd' }], explanation: { awaits: ['GUILD'] } });
    expect(await flow.reasons(who.subject, 'answerDispute', { requestId: filed.id, answer: 'CONCEDED' })).toEqual([
      'ONLY_ASKED_PARTY',
    ]);
    expect(await flow.refused('sam', 'decideDispute', { requestId: filed.id, outcome: 'UPHELD' })).toMatchObject({
      code: 'WRONG_STATE',
    });
    const inTime = await flow.do(guild.agent, 'answerDispute', { requestId: filed.id, answer: 'CONTESTED' });
    expect(inTime).toMatchObject({
      state: 'ANSWERED',
      deadlines: [{ name: 'decisionEnd' }],
      explanation: { awaits: ['PLATFORM'] },
    });
    const decision = await flow.do('sam', 'decideDispute', { requestId: filed.id, outcome: 'UPHELD', comment: 'It is proven.' });
    expect(decision).toMatchObject({ state: 'DECIDED', deadlines: [{ name: 'appealEnd' }], explanation: { awaits: ['GUILD'] } });
    await api.pass(8 * DAY_MS);
    expect(await flow.state(filed.id)).toBe('COMPLETED');
  });

  test('is answered in time or not at all', async () => {
    const { id } = await file(guild.owner);
    await api.pass(8 * DAY_MS);
    expect(await flow.see('sam', id)).toMatchObject({ state: 'ANSWERED' });
    expect(await flow.contextOf(id)).toMatchObject({ answer: null });
    const late = await flow.refused(who.subject, 'answerDispute', { requestId: id, answer: 'CONTESTED' });
    expect(late).toMatchObject({ code: 'WRONG_STATE', currentState: 'ANSWERED' });
  });

  test('is over when the other side concedes it', async () => {
    const { id } = await file();
    expect(await flow.do(guild.owner, 'answerDispute', { requestId: id, answer: 'CONCEDED' })).toMatchObject({
      state: 'COMPLETED',
    });
  });

  test('is appealed by the side that lost, and decided again by another agent', async () => {
    const { id } = await decided('DENIED');
    const appeal = { requestId: id, ground: 'UNFAIR_PROCESS' };
    expect(await flow.reasons(guild.owner, 'appealDispute', appeal)).toEqual(['NOT_AGGRIEVED']);
    expect(await flow.reasons(who.subject, 'appealDispute', { ...appeal, ground: 'POPULARITY' })).toEqual(['NOT_A_GROUND']);
    expect(await flow.do(who.subject, 'appealDispute', appeal)).toMatchObject({ state: 'APPEALED' });
    expect(await flow.reasons('sam', 'decideDispute', { requestId: id, outcome: 'DENIED' })).toEqual(['OTHER_DECIDER']);
    expect(await flow.do('tom', 'decideDispute', { requestId: id, outcome: 'UPHELD' })).toMatchObject({ state: 'COMPLETED' });
    expect(await flow.contextOf(id)).toMatchObject({ decisions: [{ outcome: 'DENIED' }, { outcome: 'UPHELD' }] });
  });

  test('can still be decided when the decision is late, at first and on appeal', async () => {
    const { id } = await answered();
    await api.pass(16 * DAY_MS);
    expect(await flow.see('sam', id)).toMatchObject({ state: 'DECISION_OVERDUE', deadlines: [] });
    // What it is about waits for nothing, and takes no interim release.
    expect(await flow.contextOf(id)).toMatchObject({ interim: false });
    await flow.do('sam', 'decideDispute', { requestId: id, outcome: 'DENIED' });
    await flow.do(who.subject, 'appealDispute', { requestId: id, ground: 'WRONG_FACTS' });
    await api.pass(16 * DAY_MS);
    expect(await flow.state(id)).toBe('APPEAL_OVERDUE');
    expect(await flow.reasons('sam', 'decideDispute', { requestId: id, outcome: 'DENIED' })).toEqual(['OTHER_DECIDER']);
    expect(await flow.do('tom', 'decideDispute', { requestId: id, outcome: 'DENIED' })).toMatchObject({ state: 'COMPLETED' });
  });

  test('is not decided by who represents a party', async () => {
    const { id } = await answered();
    await api.world.owner.query(`update guildhall.principal set platform_role = 'SUPPORT' where subject = $1`, [guild.finance]);
    expect(await flow.reasons(guild.finance, 'decideDispute', { requestId: id, outcome: 'DENIED' })).toEqual(['NOT_IMPARTIAL']);
    await api.world.owner.query(`update guildhall.principal set platform_role = null where subject = $1`, [guild.finance]);
  });

  test('is withdrawn by who filed it, until it is decided', async () => {
    const { id } = await file();
    expect(await flow.reasons(guild.owner, 'withdrawRequest', { requestId: id })).toEqual(['ONLY_INITIATOR']);
    expect(await flow.do(who.subject, 'withdrawRequest', { requestId: id })).toMatchObject({ state: 'WITHDRAWN' });
    const second = await decided();
    expect(await flow.refused(who.subject, 'withdrawRequest', { requestId: second.id })).toMatchObject({ code: 'WRONG_STATE' });
  });

  test.each([
    ['NO_ANSWER', /silence has its own consequence/],
    ['QUOTA', /nobody’s right/],
    ['POPULARITY', /does not bind them/],
    ['DISPUTED_FEE', /never waits for money/],
  ])('for %s is refused as such', async (ground, why) => {
    const refusal = await flow.refused(guild.owner, 'fileDispute', { requestId, ground });
    expect(refusal).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'NOT_A_GROUND', field: 'ground' }] });
    expect(refusal.reasons[0]!.message).toMatch(why);
  });

  test('of a decision needs one: an appeal without any is refused', async () => {
    expect(await flow.reasons(who.subject, 'fileDispute', { requestId, ground: 'WRONG_FACTS' })).toEqual(['NOT_A_GROUND']);
  });

  test('runs once at a time, is open to the parties alone, and says who decides to nobody', async () => {
    await file();
    expect(await file(guild.owner)).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'DISPUTE_OPEN' }] });
    const stranger = await api.world.broadcaster();
    expect(await flow.refused(stranger.subject, 'fileDispute', { requestId, ground: 'FRAUD' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await flow.refused(guild.finance, 'fileDispute', { requestId, ground: 'FRAUD' })).toMatchObject({ code: 'FORBIDDEN' });
    const said = { ground: 'FRAUD', excluded: ['01900000-0000-7000-8000-000000000001'] };
    const named = await flow.reasons(who.subject, 'openRequest', { kind: 'DISPUTE', parentId: requestId, said });
    expect(named).toEqual(['NOT_YOURS_TO_SAY']);
  });

  test('of something that ended too long ago is rejected', async () => {
    await flow.do(who.subject, 'withdrawRequest', { requestId });
    await api.pass(181 * DAY_MS);
    expect(await file()).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'TOO_LATE' }] });
  });

  test('that support voids decides nothing', async () => {
    const { id } = await answered();
    expect(await flow.do('sam', 'voidRequest', { requestId: id, reasonCode: 'DUPLICATE' })).toMatchObject({ state: 'VOIDED' });
  });
});
