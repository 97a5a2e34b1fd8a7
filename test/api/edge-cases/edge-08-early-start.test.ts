import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { assertInvariants } from '../../support/invariants.js';
import { JoinFlow, type RequestAnswer } from '../../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../../support/world.js';

const DAY_MS = 86_400_000;

describe('Edge case 8: an early start at the wish of the protected party', () => {
  let api: TestApi;
  let join: JoinFlow;
  let guild: TestGuild;
  let who: TestBroadcaster;
  let request: RequestAnswer;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  beforeEach(async () => {
    guild = await api.world.guild();
    who = await api.world.broadcaster();
    request = await join.coolingOff(who, guild);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const ask = async (subject: string) => {
    const { requestEarlyStart } = await api.gql<{ requestEarlyStart: { __typename: string; state?: string } }>(
      subject,
      `mutation ($input: RequestEarlyStartInput!) { requestEarlyStart(input: $input) {
        __typename ... on Request { state } ... on Refusal { code reasons { code } } } }`,
      { input: { requestId: request.id } },
    );
    return requestEarlyStart;
  };
  const memberships = async () => {
    const { rows } = await api.db
      .pool('superuser', 1)
      .query<{ annulled: boolean }>(
        'select annulled_at is not null as annulled from guildhall.membership where broadcaster_id = $1',
        [who.uuid],
      );
    return rows;
  };

  test('the switch happens during the cooling-off, and the right to withdraw runs on as a deadline', async () => {
    expect(await ask(who.subject)).toMatchObject({ state: 'SETTLEMENT' });
    await api.pass(0);
    const seen = await join.see(who.subject, request.id);
    expect(seen).toMatchObject({
      state: 'WITHDRAWABLE',
      deadlines: [{ name: 'withdrawalEnd', dueAt: request.deadlines[0]!.dueAt }],
    });
    expect(await memberships()).toEqual([{ annulled: false }]);
    await api.pass(16 * DAY_MS);
    expect(await join.see(who.subject, request.id)).toMatchObject({ state: 'COMPLETED' });
  });

  test('withdrawing then annuls the membership: unwound, and free to join elsewhere at once', async () => {
    await ask(who.subject);
    await api.pass(0);
    expect(await join.do(who.subject, 'withdrawRequest', { requestId: request.id })).toMatchObject({ state: 'UNWOUND' });
    expect(await memberships()).toEqual([{ annulled: true }]);
    const { memberships: shown } = await api.gql<{ memberships: { nodes: unknown[] } }>(
      who.subject,
      '{ memberships { nodes { id } } }',
    );
    expect(shown.nodes).toEqual([]);
    const other = await api.world.guild();
    expect(await join.apply(who, other)).toMatchObject({ state: 'DRAFTING' });
    await join.coolingOff(await api.world.broadcaster(), other);
  });

  test('only the broadcaster can ask for it, and only once all have signed', async () => {
    expect(await ask(guild.owner)).toMatchObject({ __typename: 'Refusal', code: 'FORBIDDEN' });
    const second = await join.signing(await api.world.broadcaster(), guild);
    request = second;
    expect(await ask(guild.owner)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('the guild cannot undo it, and nobody can after the cooling-off', async () => {
    await ask(who.subject);
    await api.pass(0);
    expect(await join.refused(guild.owner, 'withdrawRequest', { requestId: request.id })).toMatchObject({
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'ONLY_PROTECTED_PARTY' }],
    });
    await api.pass(16 * DAY_MS);
    expect(await join.refused(who.subject, 'withdrawRequest', { requestId: request.id })).toMatchObject({ code: 'FINAL' });
  });
});
