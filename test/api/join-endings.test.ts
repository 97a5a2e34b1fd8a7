import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS, JoinFlow, terms, type RequestAnswer } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

describe('the ways in which a JOIN ends before its time', () => {
  let api: TestApi;
  let join: JoinFlow;
  let guild: TestGuild;
  let who: TestBroadcaster;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    guild = await api.world.guild();
  });
  afterAll(() => api.stop());

  const reach: Readonly<Record<string, () => Promise<RequestAnswer>>> = {
    DRAFTING: () => join.apply(who, guild),
    SIGNING: () => join.signing(who, guild),
    COOLING_OFF: () => join.coolingOff(who, guild),
    SETTLEMENT: () => join.settlement(who, guild),
  };
  const at = async (state: string) => {
    who = await api.world.broadcaster();
    const request = await reach[state]!();
    expect(request.state).toBe(state);
    return request;
  };
  const lastEvent = ({ history }: RequestAnswer) => history.nodes.at(-1)!;

  test.each(['DRAFTING', 'SIGNING'])('in %s the initiator withdraws, and the other party cannot', async (state) => {
    const { id } = await at(state);
    const refusal = await join.refused(guild.owner, 'withdrawRequest', { requestId: id });
    expect(refusal).toMatchObject({ code: 'NOT_ALLOWED', currentState: state, reasons: [{ code: 'ONLY_INITIATOR' }] });
    const withdrawn = await join.do(who.subject, 'withdrawRequest', { requestId: id });
    expect(withdrawn).toMatchObject({ state: 'WITHDRAWN', deadlines: [] });
    expect(withdrawn.endedAt).not.toBeNull();
  });

  test('in cooling-off the broadcaster withdraws without a reason, whoever opened the request; the guild cannot', async () => {
    who = await api.world.broadcaster();
    const { id } = await join.invite(guild, who);
    const agreed = await join.do(who.subject, 'acceptTerms', { requestId: id, agreementVersion: 1 });
    await join.sign(who.subject, agreed);
    await join.sign(guild.owner, agreed);
    expect(await join.refused(guild.owner, 'withdrawRequest', { requestId: id })).toMatchObject({
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'ONLY_PROTECTED_PARTY' }],
    });
    expect(await join.do(who.subject, 'withdrawRequest', { requestId: id })).toMatchObject({ state: 'WITHDRAWN' });
    await api.pass(16 * DAY_MS);
    expect(await join.see(who.subject, id)).toMatchObject({ state: 'WITHDRAWN' });
  });

  test('after cooling-off nobody can withdraw', async () => {
    const { id } = await at('SETTLEMENT');
    expect(await join.refused(who.subject, 'withdrawRequest', { requestId: id })).toMatchObject({
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'COOLING_OFF_OVER' }],
      currentState: 'SETTLEMENT',
    });
  });

  test.each(['DRAFTING', 'SIGNING'])('in %s the asked party declines, and the one that asked cannot', async (state) => {
    const { id } = await at(state);
    const body = { requestId: id, reasonCode: 'ROSTER_FULL' };
    expect(await join.refused(who.subject, 'declineRequest', body)).toMatchObject({
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'ONLY_ASKED_PARTY' }],
    });
    expect(await join.do(guild.agent, 'declineRequest', body)).toMatchObject({ state: 'DECLINED', deadlines: [] });
  });

  test('an application that the guild leaves unanswered expires after its days, and an invitation after its own', async () => {
    const applied = await at('DRAFTING');
    const invitee = await api.world.broadcaster();
    const invited = await join.invite(guild, invitee);
    expect([applied.deadlines[0]!.name, invited.deadlines[0]!.name]).toEqual(['response', 'response']);
    await api.pass(Date.parse(applied.deadlines[0]!.dueAt) - (await api.clock.now()).getTime() + 1);
    const expired = await join.see(who.subject, applied.id);
    expect(expired.state).toBe('EXPIRED');
    expect(lastEvent(expired)).toMatchObject({ event: 'response', source: 'timer', authority: 'SYSTEM' });
    expect((await join.see(invitee.subject, invited.id)).state).toBe('DRAFTING');
    await api.pass(3 * DAY_MS);
    expect((await join.see(invitee.subject, invited.id)).state).toBe('EXPIRED');
  });

  test('when one signature is still missing at the end of the window, the request expires', async () => {
    const request = await at('SIGNING');
    const signed = await join.sign(guild.owner, request);
    expect(signed.deadlines).toEqual(request.deadlines);
    await api.pass(9 * DAY_MS);
    const expired = await join.see(who.subject, request.id);
    expect(expired.state).toBe('EXPIRED');
    expect(lastEvent(expired).event).toBe('signatureWindow');
    const late = await join.refused(who.subject, 'signAgreement', {
      requestId: request.id,
      agreementVersion: 1,
      sha256: request.agreement!.sha256,
    });
    expect(late).toMatchObject({ code: 'FINAL', currentState: 'EXPIRED' });
  });

  test.each(Object.keys(reach))('in %s support voids with a comment that never enters the history', async (state) => {
    const { id, version } = await at(state);
    const comment = `Reported by Jane Roe in ${state}`;
    const body = { requestId: id, reasonCode: 'FRAUD', comment };
    expect(await join.refused(guild.owner, 'voidRequest', body)).toMatchObject({ code: 'FORBIDDEN', currentVersion: version });
    expect(await join.refused('ava', 'voidRequest', body)).toMatchObject({ code: 'FORBIDDEN' });
    const voided = await join.do('sam', 'voidRequest', body);
    expect(voided).toMatchObject({ state: 'VOIDED', deadlines: [] });
    expect(lastEvent(voided)).toMatchObject({ event: 'VOID_REQUEST', authority: 'SUPPORT', version: version + 1 });
    const pool = api.db.pool('engine', 1);
    const { rows: words } = await pool.query(`select body from guildhall.annex where body = $1`, [comment]);
    expect(words).toHaveLength(1);
    const { rows: leaks } = await pool.query(
      `select from guildhall.history where event like '%Jane Roe%' union all select from guildhall.instance where snapshot like '%Jane Roe%'`,
    );
    expect(leaks).toEqual([]);
    await api.pass(60 * DAY_MS);
    expect((await join.see(who.subject, id)).state).toBe('VOIDED');
  });

  test('a signature can be revoked while the other is missing, and given again', async () => {
    const request = await at('SIGNING');
    const nothing = await join.refused(who.subject, 'revokeSignature', { requestId: request.id });
    expect(nothing).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'NOT_SIGNED' }] });
    await join.sign(who.subject, request);
    const twice = await join.refused(who.subject, 'signAgreement', {
      requestId: request.id,
      agreementVersion: 1,
      sha256: request.agreement!.sha256,
    });
    expect(twice.reasons).toMatchObject([{ code: 'ALREADY_SIGNED' }]);
    const revoked = await join.do(who.subject, 'revokeSignature', { requestId: request.id });
    expect(revoked.explanation.awaits).toEqual(['BROADCASTER', 'GUILD']);
    expect(await join.sign(guild.owner, request)).toMatchObject({ state: 'SIGNING' });
    expect(await join.sign(who.subject, request)).toMatchObject({ state: 'COOLING_OFF' });
  });

  test('changed terms void every signature, and the old text can no longer be signed', async () => {
    const request = await at('SIGNING');
    await join.sign(who.subject, request);
    const changed = await join.do(guild.owner, 'proposeTerms', {
      requestId: request.id,
      terms: { ...terms, guildSharePercent: 12 },
    });
    expect(changed).toMatchObject({ state: 'DRAFTING', agreement: { version: 2 } });
    const agreed = await join.do(who.subject, 'acceptTerms', { requestId: request.id, agreementVersion: 2 });
    expect(agreed.explanation.awaits).toEqual(['BROADCASTER', 'GUILD']);
    const old = await join.refused(who.subject, 'signAgreement', {
      requestId: request.id,
      agreementVersion: 1,
      sha256: request.agreement!.sha256,
    });
    expect(old.code).toBe('NOT_ALLOWED');
    expect(old.reasons.map(({ code }) => code)).toEqual(['DIFFERENT_AGREEMENT', 'OUTDATED_VERSION']);
    await join.sign(guild.owner, agreed);
    expect(await join.sign(who.subject, agreed)).toMatchObject({ state: 'COOLING_OFF' });
  });

  test('terms outside the policy are refused with every violation at once, and change nothing', async () => {
    const { id, version } = await at('DRAFTING');
    const refusal = await join.refused(guild.owner, 'proposeTerms', {
      requestId: id,
      terms: { guildSharePercent: 99, termMonths: 100 },
    });
    expect(refusal.reasons.map(({ code, field }) => [code, field])).toEqual([
      ['GUILD_SHARE_TOO_HIGH', 'terms.guildSharePercent'],
      ['TERM_TOO_LONG', 'terms.termMonths'],
    ]);
    expect((await join.see(who.subject, id)).version).toBe(version);
  });

  test('the number of proposals is limited', async () => {
    const { id } = await at('DRAFTING');
    const parties = [guild.owner, who.subject];
    for (let round = 2; round <= 5; round += 1) {
      await join.do(parties[round % 2]!, 'proposeTerms', { requestId: id, terms: { ...terms, guildSharePercent: round } });
    }
    const refusal = await join.refused(guild.owner, 'proposeTerms', { requestId: id, terms });
    expect(refusal.reasons).toMatchObject([{ code: 'ROUND_LIMIT' }]);
  });
});
