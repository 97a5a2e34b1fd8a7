import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { LeaveFlow, type Member } from '../support/leave-flow.js';
import type { TestGuild } from '../support/world.js';

describe('the ways out of a guild', () => {
  let api: TestApi;
  let flow: LeaveFlow;
  let guild: TestGuild;
  let who: Member;

  beforeAll(async () => {
    api = await startApi();
    flow = new LeaveFlow(api);
    guild = await flow.guildUnder({ minTermMonths: 3 });
    who = await flow.memberOf(guild);
  });
  afterAll(() => api.stop());

  const counted = async () => {
    const { rows } = await api.world.owner.query<{ n: number }>(
      'select (select count(*) from guildhall.request) + (select count(*) from guildhall.history) + (select count(*) from guildhall.timer) as n',
    );
    return rows[0]!.n;
  };

  test('each says whether it is open, everything that speaks against it, and what it comes to; nothing is written', async () => {
    const before = await counted();
    const options = (await flow.options(who.subject, who))!;
    expect(await counted()).toBe(before);
    const short = Object.fromEntries(
      Object.entries(options).map(([route, { isOpen, reasons }]) => [route, isOpen || reasons.map(({ code }) => code)]),
    );
    expect(short).toMatchObject({
      MUTUAL: true,
      PROBATION: true,
      LOW_ACTIVITY: ['NO_WHOLE_MONTH', 'ACTIVITY_UNKNOWN'],
      NOTICE: ['MIN_TERM'],
      MINOR: ['NOT_A_MINOR'],
      CAUSE: true,
    });
    const { MUTUAL, PROBATION, LOW_ACTIVITY, NOTICE } = options;
    expect(MUTUAL).toMatchObject({ awaits: ['GUILD'], silence: expect.stringContaining('“Expired”') });
    expect(PROBATION).toMatchObject({ awaits: [], silence: null });
    expect(NOTICE).toMatchObject({ earliestEnd: null, opensAt: NOTICE!.reasons[0]!.until });
    expect(options['CAUSE']).toMatchObject({ awaits: ['GUILD'], silence: expect.stringContaining('time to') });
    // Time alone does not make the activity known.
    expect(LOW_ACTIVITY!.opensAt).toBeNull();
  });

  test('they come true: the same dates and the same silence as the request that is then made', async () => {
    const wishes = { acceptsExitFee: true, becomesNotice: true };
    const { MUTUAL, NOTICE } = (await flow.options(who.subject, who, wishes))!;
    const mutual = await flow.leave(who.subject, 'MUTUAL', wishes);
    expect(MUTUAL!.silence).toBe(mutual.deadlines[0]!.silence);
    expect(MUTUAL!.silence).toContain('Giving notice');
    const notice = await flow.leave(who.subject, 'NOTICE', { acceptsExitFee: true });
    expect(NOTICE).toMatchObject({
      isOpen: true,
      earliestEnd: notice.deadlines[0]!.dueAt,
      silence: notice.deadlines[0]!.silence,
    });
    const during = (await flow.options(who.subject, who))!;
    expect(during['MUTUAL']!.reasons).toMatchObject([{ code: 'FLOW_OPEN' }]);
    expect(during['PROBATION']).toMatchObject({ isOpen: true });
    await flow.join.do(who.subject, 'withdrawRequest', { requestId: notice.id });
  });

  test('a wish for a day is weighed', async () => {
    const leaveAt = await flow.inDays(10);
    const near = (await flow.options(who.subject, who, { leaveAt }))!;
    expect([near['PROBATION']!.earliestEnd, near['MUTUAL']!.earliestEnd]).toEqual([leaveAt, leaveAt]);
    const far = (await flow.options(who.subject, who, { leaveAt: await flow.inDays(90) }))!;
    expect(far['PROBATION']).toMatchObject({ isOpen: false, reasons: [{ code: 'LEAVE_AT_TOO_LATE' }] });
  });

  test('they are the broadcaster’s, the guardian’s and the platform’s to see, nobody else’s', async () => {
    const ward = await flow.memberOf(guild);
    const guardian = await flow.minor(ward);
    expect((await flow.options(guardian, ward))!['MINOR']).toMatchObject({ isOpen: true, silence: null });
    for (const subject of ['sam', 'ava']) expect(await flow.options(subject, ward)).not.toBeNull();
    for (const subject of [guild.owner, guild.agent, guild.finance, who.subject, 'pia', 'olivia'])
      expect([subject, await flow.options(subject, ward)]).toEqual([subject, null]);
    expect(await flow.options(ward.subject, { ...ward, membershipId: guild.id })).toBeNull();
  });

  test('there are none out of a membership that has ended', async () => {
    const left = await flow.memberOf(guild);
    expect(await flow.leave(left.subject, 'PROBATION')).toMatchObject({ state: 'COMPLETED' });
    expect(await flow.options(left.subject, left)).toBeNull();
  });
});
