import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../../support/api.js';
import { DAY_MS } from '../../support/join-flow.js';
import { offer, TransferFlow } from '../../support/transfer-flow.js';
import type { TestBroadcaster, TestGuild } from '../../support/world.js';

const record = `mutation ($input: RecordIdentityChangeInput!) { recordIdentityChange(input: $input) {
  ... on DirectoryChange { file { lockedUntil } } ... on Refusal { code message } } }`;

describe('Edge case 16: payee or identity changed, so that nobody is moved for seven days', () => {
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

  const changed = async (who: TestBroadcaster): Promise<string> => {
    const input = { broadcasterId: who.id, change: 'IDENTITY', reasonCode: 'IDENTITY_CHANGED' };
    const { recordIdentityChange } = await api.gql<{ recordIdentityChange: { file: { lockedUntil: string } } }>('sam', record, {
      input,
    });
    return recordIdentityChange.file.lockedUntil;
  };

  test('no transfer is opened and no code is made before the lock is over, and both say until when', async () => {
    const who = await transfer.member(losing);
    const until = await changed(who);
    expect(Date.parse(until) - (await api.clock.now()).getTime()).toBeGreaterThan(6 * DAY_MS);
    expect((await transfer.request(who, gaining)).rejectedFor).toMatchObject([{ code: 'LOCKED', until }]);
    expect(await transfer.askCode(who.subject)).toMatchObject({ code: 'NOT_ELIGIBLE', reasons: [{ code: 'LOCKED', until }] });
    await api.pass(Date.parse(until) - (await api.clock.now()).getTime() + 1_000);
    expect((await transfer.askCode(who.subject)).__typename).toBe('TransferCode');
    expect((await transfer.request(who, gaining)).state).toBe('ENTERING');
  });

  test('a code that was made before the change opens no transfer during the lock, and is good again after it', async () => {
    const who = await transfer.member(losing);
    const code = await transfer.code(who);
    const until = await changed(who);
    const redeem = { guildId: gaining.id, code, offer };
    expect(await transfer.do(gaining.owner, 'redeemTransferCode', redeem)).toMatchObject({
      state: 'REJECTED',
      rejectedFor: [{ code: 'LOCKED', until }],
    });
    await api.pass(Date.parse(until) - (await api.clock.now()).getTime() + 1_000);
    expect((await transfer.do(gaining.owner, 'redeemTransferCode', redeem)).state).toBe('SIGNING');
  });

  test('who was moved is locked as well', async () => {
    const who = await transfer.member(losing);
    const { id } = await transfer.coolingOff(who, losing, gaining);
    await api.pass(40 * DAY_MS);
    expect((await transfer.see(who.subject, id)).state).toBe('COMPLETED');
    const reasons = (await transfer.request(who, losing)).rejectedFor;
    expect(reasons.map((reason) => reason.code)).toContain('LOCKED');
  });
});
