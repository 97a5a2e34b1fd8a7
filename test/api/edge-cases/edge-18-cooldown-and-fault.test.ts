import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../../support/api.js';
import { DAY_MS } from '../../support/join-flow.js';
import { LeaveFlow, type Member } from '../../support/leave-flow.js';
import type { TestGuild } from '../../support/world.js';

describe('Edge case 18: the re-join cooldown falls away where the guild was at fault', () => {
  let api: TestApi;
  let flow: LeaveFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    flow = new LeaveFlow(api);
    guild = await flow.guildUnder({ rejoinCooldownDays: 30 });
  });
  afterAll(() => api.stop());

  const again = async (who: Member) => {
    const { state, rejectedFor } = await flow.join.apply(who, guild);
    return [state, ...rejectedFor.map(({ code }) => code)];
  };

  test('who left without anybody’s fault waits, and is told until when', async () => {
    const who = await flow.memberOf(guild);
    await flow.leave(who.subject, 'PROBATION');
    const { endsAt } = await flow.ended(who);
    const { state, rejectedFor } = await flow.join.apply(who, guild);
    const until = new Date(endsAt!.getTime() + 30 * DAY_MS).toISOString();
    expect([state, rejectedFor]).toMatchObject(['REJECTED', [{ code: 'REJOIN_COOLDOWN', until }]]);
    // Another guild does not ask.
    expect(await flow.join.apply(who, await api.world.guild())).toMatchObject({ state: 'DRAFTING' });
    await api.pass(31 * DAY_MS);
    expect(await again(who)).toEqual(['DRAFTING']);
  });

  test('who left by the guild’s fault, which it admits, may come back at once', async () => {
    const who = await flow.memberOf(guild);
    const alleged = await flow.do(who.subject, 'requestLeave', {
      route: 'CAUSE',
      cause: 'UNPAID',
      evidence: 'Two months unpaid.',
    });
    const answer = 'mutation ($input: AnswerCauseInput!) { answerCause(input: $input) { ... on Request { state } } }';
    await api.gql(guild.owner, answer, { input: { requestId: alleged.id, answer: 'ACCEPTED' } });
    expect(await flow.join.see(who.subject, alleged.id)).toMatchObject({ state: 'COMPLETED' });
    expect(await again(who)).toEqual(['DRAFTING']);
  });

  test('by their own fault they wait', async () => {
    const who = await flow.memberOf(guild);
    await flow.leave(who.subject, 'PROBATION');
    await api.world.owner.query(`update guildhall.membership set at_fault = 'BROADCASTER' where id = $1`, [who.membershipUuid]);
    expect(await again(who)).toEqual(['REJECTED', 'REJOIN_COOLDOWN']);
  });
});
