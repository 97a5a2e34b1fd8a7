import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS, type RequestAnswer } from '../support/join-flow.js';
import { LeaveFlow, type Member } from '../support/leave-flow.js';
import type { TestGuild } from '../support/world.js';

describe('new terms of a membership', () => {
  let api: TestApi;
  let flow: LeaveFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    flow = new LeaveFlow(api);
    guild = await api.world.guild();
  });
  afterAll(() => api.stop());

  const signed = async (who: Member, { id, agreement }: RequestAnswer, by = guild.owner) => {
    const agreed = await flow.join.do(by, 'acceptTerms', { requestId: id, agreementVersion: agreement!.version });
    await flow.join.sign(who.subject, agreed);
    return flow.join.sign(guild.owner, agreed);
  };
  const rows = async ({ membershipUuid }: Member) =>
    (
      await api.world.owner.query<{ terms: object; current: object; at: Date; termFrom: Date | null }>(
        `select t.terms, m.terms as current, t.effective_from as at, t.term_from as "termFrom" from guildhall.membership_terms t
         join guildhall.membership m on m.id = t.membership_id where m.id = $1 order by t.effective_from`,
        [membershipUuid],
      )
    ).rows;
  const termEnd = async ({ subject, membershipId }: Member) =>
    (
      await api.gql<{ node: { termEndsAt: string | null } }>(
        subject,
        'query ($id: ID!) { node(id: $id) { ... on Membership { termEndsAt } } }',
        { id: membershipId },
      )
    ).node.termEndsAt;

  test('changed: in force with the last signature, and the term ends when it would have ended', async () => {
    const who = await flow.memberOf(guild);
    const before = await termEnd(who);
    await api.pass(30 * DAY_MS);
    const asked = await flow.do(who.subject, 'requestAmendment', { terms: { guildSharePercent: 10, termMonths: 6 } });
    expect(asked).toMatchObject({ state: 'DRAFTING', initiator: 'BROADCASTER' });
    expect(asked.agreement!.text).toContain('the guild receives 10% and the broadcaster 90%');
    await signed(who, asked);
    await api.pass(0);
    expect(await flow.join.see(who.subject, asked.id)).toMatchObject({ state: 'COMPLETED' });
    const [old, now] = await rows(who);
    expect(now).toMatchObject({ terms: { guildSharePercent: 10 }, current: { guildSharePercent: 10 }, termFrom: old!.at });
    expect(await termEnd(who)).toBe(before);
  });

  test('changed at the guild’s wish, on a day; the broadcaster who counters is answered by the guild', async () => {
    const who = await flow.memberOf(guild);
    const startAt = await flow.inDays(12);
    const asked = await flow.do(guild.agent, 'requestAmendment', {
      membershipId: who.membershipId,
      terms: { guildSharePercent: 18, termMonths: 6, startAt },
    });
    const countered = await flow.join.do(who.subject, 'proposeTerms', {
      requestId: asked.id,
      terms: { guildSharePercent: 16, termMonths: 4, startAt },
    });
    expect(await signed(who, countered)).toMatchObject({ state: 'SETTLEMENT', deadlines: [{ dueAt: startAt }] });
    expect(await flow.ended(who)).toMatchObject({ endsAt: null });
    await api.pass(13 * DAY_MS);
    expect(await rows(who)).toMatchObject([{}, { terms: { guildSharePercent: 16, termMonths: 4 }, at: new Date(startAt) }]);
  });

  test('renewed: after the cooling-off the new term begins where the running one ends, and binds from there', async () => {
    const who = await flow.memberOf(guild);
    const before = (await termEnd(who))!;
    const asked = await flow.do(who.subject, 'requestRenewal', { terms: { guildSharePercent: 12, termMonths: 9 } });
    expect(await signed(who, asked)).toMatchObject({ state: 'COOLING_OFF', deadlines: [{ name: 'coolingOffEnd' }] });
    expect((await flow.join.refused(guild.owner, 'withdrawRequest', { requestId: asked.id })).reasons).toMatchObject([
      { code: 'ONLY_PROTECTED_PARTY' },
    ]);
    await api.pass(16 * DAY_MS);
    const waiting = await flow.join.see(who.subject, asked.id);
    expect(waiting).toMatchObject({ state: 'SETTLEMENT', deadlines: [{ name: 'switchAt', dueAt: before }] });
    // A renewal that waits for its day is no end of the membership.
    expect(
      (
        await flow.join.do(who.subject, 'requestJoin', {
          guildId: (await api.world.guild()).id,
          terms: { guildSharePercent: 5, termMonths: 1 },
        })
      ).rejectedFor,
    ).toMatchObject([{ code: 'ALREADY_MEMBER', until: null }]);
    await api.pass(200 * DAY_MS);
    expect(await flow.join.see(who.subject, asked.id)).toMatchObject({ state: 'COMPLETED' });
    expect((await rows(who)).at(-1)).toMatchObject({ at: new Date(before), termFrom: null });
    const end = new Date((await termEnd(who))!);
    const months =
      (end.getUTCFullYear() - new Date(before).getUTCFullYear()) * 12 + end.getUTCMonth() - new Date(before).getUTCMonth();
    expect(months).toBe(9);
  });

  test('renewed, and withdrawn in the cooling-off: the old terms stand', async () => {
    const who = await flow.memberOf(guild);
    const asked = await flow.do(guild.owner, 'requestRenewal', {
      membershipId: who.membershipId,
      terms: { guildSharePercent: 20, termMonths: 12 },
    });
    await signed(who, asked, who.subject);
    expect(await flow.join.do(who.subject, 'withdrawRequest', { requestId: asked.id })).toMatchObject({ state: 'WITHDRAWN' });
    expect(await rows(who)).toHaveLength(1);
  });

  test('silence expires: the old terms stand', async () => {
    const who = await flow.memberOf(guild);
    const asked = await flow.do(who.subject, 'requestAmendment', { terms: { guildSharePercent: 1, termMonths: 6 } });
    expect(asked.deadlines[0]!.silence).toContain('Expired');
    await api.pass(8 * DAY_MS);
    const seen = await flow.join.see(who.subject, asked.id);
    expect([seen.state, seen.explanation.text]).toEqual(['EXPIRED', expect.stringContaining('the old terms stand')]);
    expect(await rows(who)).toHaveLength(1);
  });

  test('beyond the policy: refused without a trace, all violations at once; twice: rejected', async () => {
    const who = await flow.memberOf(guild);
    const beyond = await flow.refused(who.subject, 'requestAmendment', { terms: { guildSharePercent: 90, termMonths: 90 } });
    expect(beyond.reasons.map(({ code, field }) => [code, field])).toEqual([
      ['GUILD_SHARE_TOO_HIGH', 'terms.guildSharePercent'],
      ['TERM_TOO_LONG', 'terms.termMonths'],
    ]);
    const same = { terms: { guildSharePercent: 15, termMonths: 6 } };
    expect((await flow.refused(who.subject, 'requestAmendment', same)).reasons).toMatchObject([{ code: 'TERMS_UNCHANGED' }]);
    await flow.do(who.subject, 'requestRenewal', same);
    const second = await flow.do(who.subject, 'requestAmendment', { terms: { guildSharePercent: 14, termMonths: 6 } });
    expect(second).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'FLOW_OPEN' }] });
  });

  test('an exit takes the place of either', async () => {
    const who = await flow.memberOf(guild);
    const { id } = await flow.do(who.subject, 'requestAmendment', { terms: { guildSharePercent: 3, termMonths: 6 } });
    await flow.leave(who.subject, 'PROBATION');
    expect(await flow.join.see(guild.owner, id)).toMatchObject({ state: 'SUPERSEDED' });
  });

  test('a minor’s guardian signs as well', async () => {
    const who = await flow.memberOf(guild);
    const guardian = await flow.minor(who);
    const asked = await flow.do(guardian, 'requestAmendment', {
      membershipId: who.membershipId,
      terms: { guildSharePercent: 8, termMonths: 6 },
    });
    expect(asked.initiator).toBe('GUARDIAN');
    expect(await signed(who, asked)).toMatchObject({ state: 'SIGNING', explanation: { awaits: ['GUARDIAN'] } });
    await flow.join.sign(guardian, asked);
    await api.pass(0);
    expect(await flow.join.see(who.subject, asked.id)).toMatchObject({ state: 'COMPLETED' });
  });
});
