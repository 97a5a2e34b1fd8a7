import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS } from '../../support/join-flow.js';
import { TransferFlow } from '../../support/transfer-flow.js';
import type { TestBroadcaster, TestGuild } from '../../support/world.js';

describe('Edge case 9: the gaining guild pulls out', () => {
  let api: TestApi;
  let transfer: TransferFlow;
  let losing: TestGuild;
  let gaining: TestGuild;
  let who: TestBroadcaster;
  let id: string;

  beforeAll(async () => {
    api = await startApi();
    transfer = new TransferFlow(api);
  });
  beforeEach(async () => {
    [losing, gaining] = [await api.world.guild(), await api.world.guild()];
    who = await transfer.member(losing, 6);
    ({ id } = await transfer.coolingOff(who, losing, gaining));
    await api.pass(7 * DAY_MS);
    const pullOut = { requestId: id, reasonCode: 'FINANCES' };
    expect((await transfer.refused(losing.owner, 'pullOutOfTransfer', pullOut)).code).toBe('FORBIDDEN');
    expect(await transfer.do(gaining.owner, 'pullOutOfTransfer', pullOut)).toMatchObject({ state: 'CHOOSING' });
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const stays = [{ ended: false, end_kind: null }];

  test('the broadcaster, and nobody else, is asked', async () => {
    const asked = await transfer.see(who.subject, id);
    expect(asked.explanation.awaits).toEqual(['BROADCASTER']);
    expect(asked.deadlines).toMatchObject([{ name: 'choice' }]);
    for (const subject of [losing.owner, gaining.owner])
      expect((await transfer.refused(subject, 'chooseAfterPullOut', { requestId: id, choice: 'FREE' })).code).toBe('FORBIDDEN');
  });

  test('restored: everything is as if the transfer had not been asked for', async () => {
    expect(await transfer.do(who.subject, 'chooseAfterPullOut', { requestId: id, choice: 'STAY' })).toMatchObject({
      state: 'WITHDRAWN',
    });
    expect(await transfer.membershipsOf(who)).toMatchObject(stays);
  });

  test('free: the membership ends at once, whatever its term, and no other follows', async () => {
    expect(await transfer.do(who.subject, 'chooseAfterPullOut', { requestId: id, choice: 'FREE' })).toMatchObject({
      state: 'COMPLETED',
    });
    expect(await transfer.membershipsOf(who)).toMatchObject([{ ended: true, end_kind: 'VOLUNTARY' }]);
  });

  test('who says nothing stays', async () => {
    await api.pass(9 * DAY_MS);
    expect(await transfer.see(who.subject, id)).toMatchObject({ state: 'WITHDRAWN' });
    expect(await transfer.membershipsOf(who)).toMatchObject(stays);
  });
});
