import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { CaseFlow } from '../../support/case-flow.js';
import { DirectoryFlow } from '../../support/directory-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS } from '../../support/join-flow.js';
import { LeaveFlow, type Member } from '../../support/leave-flow.js';
import { TransferFlow } from '../../support/transfer-flow.js';
import type { TestBroadcaster, TestGuild } from '../../support/world.js';

describe('Edge case 3: broadcaster banned', () => {
  let api: TestApi;
  let directory: DirectoryFlow;
  let leave: LeaveFlow;
  let transfer: TransferFlow;
  let guild: TestGuild;
  let member: Member;

  beforeAll(async () => {
    api = await startApi();
    directory = new DirectoryFlow(api);
    leave = new LeaveFlow(api);
    transfer = new TransferFlow(api);
  });
  beforeEach(async () => {
    guild = await api.world.guild();
    member = await leave.memberOf(guild);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const ban = (who: TestBroadcaster) =>
    directory.do('sam', 'banBroadcaster', { broadcasterId: who.id, reasonCode: 'POLICY_BREACH' });
  const unban = (who: TestBroadcaster) =>
    directory.do('sam', 'unbanBroadcaster', { broadcasterId: who.id, reasonCode: 'CLEARED' });
  const events = async (id: string) => (await leave.join.see('sam', id)).history.nodes.map(({ event }) => event);
  const dueIn = async (id: string): Promise<number> => {
    const [deadline] = (await leave.join.see('sam', id)).deadlines;
    return Date.parse(deadline!.dueAt) - (await api.clock.now()).getTime();
  };

  test('a join goes on hold, its clock stops, and goes on with what was left when the ban ends', async () => {
    const who = await api.world.broadcaster();
    const request = await leave.join.signing(who, guild);
    await api.pass(2 * DAY_MS);
    await ban(who);
    await api.pass(0);
    expect((await events(request.id)).at(-1)).toBe('HOLD_REQUEST');
    expect(await leave.join.see(who.subject, request.id)).toMatchObject({ state: 'SIGNING', deadlines: [] });
    const body = { requestId: request.id, agreementVersion: 1, sha256: request.agreement!.sha256 };
    expect((await leave.join.refused(who.subject, 'signAgreement', body)).reasons).toMatchObject([{ code: 'HELD' }]);
    await api.pass(60 * DAY_MS);
    await unban(who);
    await api.pass(0);
    expect((await events(request.id)).at(-1)).toBe('RESUME_REQUEST');
    const left = (await dueIn(request.id)) / DAY_MS;
    expect(left).toBeGreaterThan(4);
    expect(left).toBeLessThan(7);
    await leave.join.sign(who.subject, request);
    expect(await leave.join.sign(guild.owner, request)).toMatchObject({ state: 'COOLING_OFF' });
  });

  test('so does a transfer, and nothing new that leads into a guild is begun', async () => {
    const gaining = await api.world.guild();
    const who = await transfer.member(guild);
    const { id } = await transfer.matched(who, guild, gaining);
    await ban(who);
    await api.pass(0);
    await api.pass(20 * DAY_MS);
    expect((await events(id)).at(-1)).toBe('HOLD_REQUEST');
    const other = await transfer.request(who, await api.world.guild());
    expect([other.state, other.rejectedFor.map(({ code }) => code)]).toMatchObject([
      'REJECTED',
      expect.arrayContaining(['BANNED']),
    ]);
    await unban(who);
    await api.pass(0);
    expect((await events(id)).at(-1)).toBe('RESUME_REQUEST');
    await transfer.sign(who.subject, id);
  });

  test('exits go on, those that run and those that begin during the ban, and so does the payment after them', async () => {
    const running = await leave.leave(member.subject, 'NOTICE', { acceptsExitFee: true });
    const second = await leave.memberOf(guild);
    for (const who of [member, second]) await ban(who);
    await api.pass(0);
    const { id } = await leave.leave(second.subject, 'PROBATION');
    expect(await leave.ended(second)).toMatchObject({ endKind: 'VOLUNTARY' });
    await api.pass(32 * DAY_MS);
    expect(await leave.join.see(member.subject, running.id)).toMatchObject({ state: 'COMPLETED' });
    const cases = new CaseFlow(api);
    const paymentId = await cases.about(id, 'PAYMENT');
    await api.pass(60 * DAY_MS);
    const paid = await cases.do('sam', 'reportPayout', { requestId: paymentId, reference: 'provider-1' });
    expect(paid).toMatchObject({ state: 'COMPLETED' });
    for (const each of [running.id, id, paymentId]) expect(await events(each)).not.toContain('HOLD_REQUEST');
  });

  const supportSends = (requestId: string, event: string, reasonCode: string) =>
    leave.join.do('sam', 'sendRequestEvent', { requestId, event, input: { reasonCode } });

  test.each(['JOIN', 'TRANSFER'])(
    '%s: what was on hold for something else is not set free by the end of that, because the ban stands',
    async (kind) => {
      const who = kind === 'JOIN' ? await api.world.broadcaster() : await transfer.member(guild);
      const { id } =
        kind === 'JOIN' ? await leave.join.signing(who, guild) : await transfer.matched(who, guild, await api.world.guild());
      await supportSends(id, 'HOLD_REQUEST', 'INVESTIGATION');
      await ban(who);
      await api.pass(0);
      expect((await events(id)).filter((event) => event === 'HOLD_REQUEST')).toHaveLength(1);
      await supportSends(id, 'RESUME_REQUEST', 'RESOLVED');
      const { history, deadlines } = await leave.join.see('sam', id);
      expect(history.nodes.slice(-2)).toMatchObject([
        { event: 'RESUME_REQUEST', source: 'outside', authority: 'SUPPORT' },
        { event: 'HOLD_REQUEST', source: 'effect', authority: 'SYSTEM' },
      ]);
      expect(deadlines).toEqual([]);
      await api.pass(20 * DAY_MS);
      await unban(who);
      await api.pass(0);
      expect((await events(id)).at(-1)).toBe('RESUME_REQUEST');
      expect((await dueIn(id)) / DAY_MS).toBeGreaterThan(6);
    },
  );

  test('what is on hold for the ban itself is not set free by support while it stands, and an exit is by anybody’s', async () => {
    const who = await api.world.broadcaster();
    const { id } = await leave.join.apply(who, guild);
    await ban(who);
    await api.pass(0);
    await supportSends(id, 'RESUME_REQUEST', 'OTHER');
    expect((await events(id)).at(-1)).toBe('HOLD_REQUEST');
    const exit = await leave.leave(member.subject, 'NOTICE', { acceptsExitFee: true });
    await ban(member);
    await supportSends(exit.id, 'HOLD_REQUEST', 'COURT_ORDER');
    await supportSends(exit.id, 'RESUME_REQUEST', 'RESOLVED');
    expect((await events(exit.id)).at(-1)).toBe('RESUME_REQUEST');
  });

  test('a ban that was over before the other hold leaves nothing behind', async () => {
    const who = await api.world.broadcaster();
    const { id } = await leave.join.apply(who, guild);
    await supportSends(id, 'HOLD_REQUEST', 'INVESTIGATION');
    await ban(who);
    await unban(who);
    await api.pass(0);
    // The end of the ban is not the end of the investigation.
    expect((await events(id)).at(-1)).toBe('HOLD_REQUEST');
    await supportSends(id, 'RESUME_REQUEST', 'RESOLVED');
    expect((await events(id)).at(-1)).toBe('RESUME_REQUEST');
  });

  test('a ban that ends at once leaves nothing on hold, however the two are worked off', async () => {
    const second = await api.another();
    const people = await Promise.all(Array.from({ length: 8 }, () => api.world.broadcaster()));
    const requests = await Promise.all(people.map(async (who) => leave.join.apply(who, guild)));
    await Promise.all(
      people.map(async (who) => {
        await ban(who);
        await unban(who);
      }),
    );
    await Promise.all([api.pass(0), second.app.bulk.drain()]);
    await api.pass(0);
    for (const { id } of requests) expect((await events(id)).slice(-2)).toEqual(['HOLD_REQUEST', 'RESUME_REQUEST']);
    await second.stop();
  });
});
