import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { DirectoryFlow } from '../../support/directory-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS, JoinFlow, type RefusalAnswer } from '../../support/join-flow.js';
import { LeaveFlow } from '../../support/leave-flow.js';
import { TransferFlow } from '../../support/transfer-flow.js';

describe('Edge case 16: payee or identity changed', () => {
  let api: TestApi;
  let directory: DirectoryFlow;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    directory = new DirectoryFlow(api);
    join = new JoinFlow(api);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  test('locks the broadcaster to the end of the seventh day, and a join is refused until then', async () => {
    const who = await api.world.broadcaster();
    const guild = await api.world.guild();
    const { file, event } = await directory.do('sam', 'recordIdentityChange', {
      broadcasterId: who.id,
      change: 'PAYEE',
      reasonCode: 'PAYEE_CHANGED',
    });
    const now = (await api.clock.now()).getTime();
    const days = (Date.parse(file!.lockedUntil!) - now) / DAY_MS;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThan(8.1);
    expect(file!.payeeChangedAt).not.toBeNull();
    expect(event.details).toEqual({ change: 'PAYEE', lockedUntil: file!.lockedUntil });
    const request = await join.apply(who, guild);
    expect(request).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'LOCKED', until: file!.lockedUntil }] });
  });

  test('does not shorten a lock that lasts longer', async () => {
    const who = await api.world.broadcaster();
    await api.world.owner.query(`update guildhall.broadcaster set locked_until = '2199-01-01T00:00:00Z' where id = $1`, [
      who.uuid,
    ]);
    const { file } = await directory.do('sam', 'recordIdentityChange', { broadcasterId: who.id, change: 'IDENTITY' });
    expect(file).toMatchObject({ lockedUntil: '2199-01-01T00:00:00.000Z', payeeChangedAt: null });
  });

  test('stands in the way of a code for a transfer and of no exit: who is locked may leave', async () => {
    const leave = new LeaveFlow(api);
    const guild = await api.world.guild();
    const who = await leave.memberOf(guild);
    const change = { broadcasterId: who.id, change: 'IDENTITY', reasonCode: 'IDENTITY_CHANGED' };
    const { file } = await directory.do('sam', 'recordIdentityChange', change);
    const reasons = ((await new TransferFlow(api).askCode(who.subject)) as RefusalAnswer).reasons;
    expect(reasons).toContainEqual(expect.objectContaining({ code: 'LOCKED', until: file!.lockedUntil }));
    expect(await leave.leave(who.subject, 'PROBATION')).toMatchObject({ state: 'COMPLETED' });
  });

  test('falls away by itself when the seven days are over', async () => {
    const who = await api.world.broadcaster();
    await directory.do('sam', 'recordIdentityChange', { broadcasterId: who.id, change: 'IDENTITY' });
    await api.pass(9 * DAY_MS);
    expect(await join.apply(who, await api.world.guild())).toMatchObject({ state: 'DRAFTING' });
  });
});
