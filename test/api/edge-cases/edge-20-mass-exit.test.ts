import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../../support/api.js';
import { LeaveFlow, type Member } from '../../support/leave-flow.js';
import type { TestGuild } from '../../support/world.js';

describe('Edge case 20: a mass exit, and quotas that never block cause, minor or probation exits', () => {
  let api: TestApi;
  let flow: LeaveFlow;
  let guild: TestGuild;
  let members: Member[];

  beforeAll(async () => {
    api = await startApi();
    flow = new LeaveFlow(api);
    guild = await flow.guildUnder({ exitQuotaPercentPerMonth: 20, probationDays: 90 });
    members = [];
    for (let count = 0; count < 6; count += 1) members.push(await flow.memberOf(guild));
  });
  afterAll(() => api.stop());

  test('two of six leave, and the quota of twenty percent is used up for exits by notice', async () => {
    for (const who of members.slice(0, 2))
      expect(await flow.leave(who.subject, 'PROBATION')).toMatchObject({ state: 'COMPLETED' });
    const { state, rejectedFor } = await flow.leave(members[2]!.subject, 'NOTICE', { acceptsExitFee: true });
    expect([state, rejectedFor.map(({ code }) => code)]).toEqual(['REJECTED', ['EXIT_QUOTA']]);
    const { LOW_ACTIVITY, NOTICE, PROBATION, MUTUAL } = (await flow.options(members[2]!.subject, members[2]!, {
      acceptsExitFee: true,
    }))!;
    expect(NOTICE!.reasons.map(({ code }) => code)).toEqual(['EXIT_QUOTA']);
    expect(LOW_ACTIVITY!.reasons.map(({ code }) => code)).toContain('EXIT_QUOTA');
    expect([PROBATION!.isOpen, MUTUAL!.isOpen]).toEqual([true, true]);
  });

  test('nobody in probation is held back by it, however many there are', async () => {
    for (const who of members.slice(2, 4))
      expect(await flow.leave(who.subject, 'PROBATION')).toMatchObject({ state: 'COMPLETED' });
  });

  test('no minor is', async () => {
    const [, , , , minor] = members;
    await flow.minor(minor!);
    expect(await flow.leave(minor!.subject, 'MINOR')).toMatchObject({ state: 'COMPLETED' });
  });

  test('and nobody who leaves by agreement with the guild', async () => {
    expect(await flow.leave(members[5]!.subject, 'MUTUAL')).toMatchObject({ state: 'DRAFTING' });
  });
});
