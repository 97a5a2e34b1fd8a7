import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../../support/api.js';
import { DAY_MS } from '../../support/join-flow.js';
import { TransferFlow } from '../../support/transfer-flow.js';
import type { TestBroadcaster, TestGuild } from '../../support/world.js';

describe('Edge case 9: the gaining guild pulls out, and the broadcaster chooses between restored and free', () => {
  let api: TestApi;
  let transfer: TransferFlow;
  let losing: TestGuild;
  let gaining: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    transfer = new TransferFlow(api);
    [losing, gaining] = [await api.world.guild(), await api.world.guild()];
  });
  afterAll(() => api.stop());

  const pulledOut = async (): Promise<{ who: TestBroadcaster; id: string }> => {
    const who = await transfer.member(losing);
    const { id } = await transfer.coolingOff(who, losing, gaining);
    const out = await transfer.do(gaining.owner, 'pullOutOfTransfer', { requestId: id, reasonCode: 'FINANCES' });
    expect(out).toMatchObject({ state: 'CHOOSING', explanation: { awaits: ['BROADCASTER'] }, deadlines: [{ name: 'choice' }] });
    return { who, id };
  };
  const unchanged = [{ ended: false, end_kind: null }];

  test('restored: nothing has changed', async () => {
    const { who, id } = await pulledOut();
    expect((await transfer.do(who.subject, 'chooseAfterPullOut', { requestId: id, choice: 'STAY' })).state).toBe('WITHDRAWN');
    expect(await transfer.membershipsOf(who)).toMatchObject(unchanged);
    await api.pass(60 * DAY_MS);
    expect(await transfer.membershipsOf(who)).toMatchObject(unchanged);
  });

  test('free: the membership ends at once, no other begins, and what is owed is settled', async () => {
    const { who, id } = await pulledOut();
    const free = await transfer.do(who.subject, 'chooseAfterPullOut', { requestId: id, choice: 'FREE' });
    expect(free).toMatchObject({ state: 'COMPLETED', membership: { endKind: 'VOLUNTARY' }, links: [{ kind: 'PAYMENT' }] });
    expect(await transfer.membershipsOf(who)).toEqual([{ guild_id: losing.uuid, ended: true, end_kind: 'VOLUNTARY' }]);
  });

  test('silence is staying', async () => {
    const { who, id } = await pulledOut();
    await api.pass(9 * DAY_MS);
    expect((await transfer.see(who.subject, id)).state).toBe('WITHDRAWN');
    expect(await transfer.membershipsOf(who)).toMatchObject(unchanged);
  });

  test('the choice is the broadcaster’s alone, and a guild cannot get out by declining instead', async () => {
    const { id } = await pulledOut();
    for (const subject of [losing.owner, gaining.owner, 'sam'])
      expect((await transfer.refused(subject, 'chooseAfterPullOut', { requestId: id, choice: 'FREE' })).code).toBe('FORBIDDEN');
    const who = await transfer.member(losing);
    const signing = await transfer.matched(who, losing, gaining);
    const decline = { requestId: signing.id, event: 'DECLINE_REQUEST', input: { reasonCode: 'OTHER' } };
    expect((await transfer.refused(gaining.owner, 'sendRequestEvent', decline)).reasons).toMatchObject([
      { code: 'PULL_OUT_INSTEAD' },
    ]);
    const out = await transfer.do(gaining.owner, 'pullOutOfTransfer', { requestId: signing.id, reasonCode: 'OTHER' });
    expect(out.state).toBe('CHOOSING');
    expect((await transfer.refused(losing.owner, 'pullOutOfTransfer', { requestId: signing.id, reasonCode: 'OTHER' })).code).toBe(
      'FORBIDDEN',
    );
  });
});
