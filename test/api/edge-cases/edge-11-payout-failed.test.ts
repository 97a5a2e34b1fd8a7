import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeGlobalId } from '../../../src/schema/index.js';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import type { CaseFlow } from '../../support/case-flow.js';
import { DirectoryFlow } from '../../support/directory-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS } from '../../support/join-flow.js';
import { LeaveFlow } from '../../support/leave-flow.js';
import { agent, memberOf, type TestMember } from '../../support/membership.js';
import { PaymentFlow } from '../../support/payment-flow.js';
import type { TestGuild } from '../../support/world.js';

describe('Edge case 11: payout failed', () => {
  let api: TestApi;
  let payments: PaymentFlow;
  let flow: CaseFlow;
  let directory: DirectoryFlow;
  let guild: TestGuild;
  let member: TestMember;
  let paymentId: string;

  beforeAll(async () => {
    api = await startApi();
    payments = new PaymentFlow(api);
    flow = payments.cases;
    directory = new DirectoryFlow(api);
    guild = await api.world.guild();
    await agent(api, 'tom');
  });
  beforeEach(async () => {
    ({ member, paymentId } = await payments.due(guild));
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const see = (subject = member.who.subject) => flow.see(subject, paymentId);
  const name = (subject: string, payeeId: string = randomUUID(), requestId = paymentId) =>
    flow.do(subject, 'namePayee', { requestId, payeeId });
  const passUntil = async (instant: string) => api.pass(Date.parse(instant) - (await api.clock.now()).getTime() + 1_000);
  const deadline = async (name: string) => (await see()).deadlines.find((each) => each.name === name)!.dueAt;
  /** Whole days of the region that are left after today, whatever its clocks do in between. */
  const daysTo = async (instant: string) => {
    const dayOf = (at: number) => Date.parse(new Date(at).toLocaleDateString('sv-SE', { timeZone: 'Europe/Berlin' }));
    return (dayOf(Date.parse(instant) - 1) - dayOf((await api.clock.now()).getTime())) / DAY_MS;
  };
  const told = async (template: string): Promise<string[]> => {
    await api.pass(0);
    const { rows } = await api.world.owner.query<{ subject: string }>(
      `select p.subject from guildhall.notification n join guildhall.principal p on p.id = n.principal_id
       where n.request_id = $1 and n.template = $2 order by 1`,
      [decodeGlobalId('Request', paymentId), template],
    );
    return rows.map(({ subject }) => subject);
  };

  test('what is due is paid, and reported once', async () => {
    expect(await see()).toMatchObject({ state: 'PAYING', explanation: { awaits: ['PLATFORM'] } });
    expect(await daysTo(await deadline('payoutEnd'))).toBe(10);
    expect(await payments.report(paymentId, undefined, 'provider:1')).toMatchObject({ state: 'COMPLETED' });
    const again = { requestId: paymentId, reference: 'provider:1' };
    expect(await flow.refused('sam', 'reportPayout', again)).toMatchObject({ code: 'FINAL' });
  });

  test('nobody but the platform reports a payout, and no agent one of their own', async () => {
    const report = { requestId: paymentId, reference: 'mine' };
    for (const subject of [member.who.subject, guild.owner, guild.finance, 'ava'])
      expect(await flow.refused(subject, 'reportPayout', report)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.refused((await api.world.broadcaster()).subject, 'reportPayout', report)).toMatchObject({
      code: 'NOT_FOUND',
    });
    await api.world.owner.query(`update guildhall.principal set platform_role = 'SUPPORT' where id = $1`, [
      member.who.principalUuid,
    ]);
    expect(await flow.reasons(member.who.subject, 'reportPayout', report)).toEqual(['NOT_IMPARTIAL']);
    expect(await flow.state(paymentId)).toBe('PAYING');
  });

  test('retryable: it is tried again, and the same reference is not taken twice', async () => {
    const end = await deadline('payoutEnd');
    expect(await payments.report(paymentId, 'PROVIDER_UNAVAILABLE', 'attempt-1')).toMatchObject({ state: 'RETRYING' });
    await passUntil(await deadline('retryEnd'));
    expect(await see()).toMatchObject({ state: 'PAYING' });
    expect(await deadline('payoutEnd')).toBe(end);
    for (const more of [{}, { failure: 'ACCOUNT_CLOSED' }, { failure: 'PROVIDER_UNAVAILABLE' }])
      expect(await flow.reasons('sam', 'reportPayout', { requestId: paymentId, reference: 'attempt-1', ...more })).toEqual([
        'ALREADY_REPORTED',
      ]);
    expect(await payments.report(paymentId, undefined, 'attempt-2')).toMatchObject({ state: 'COMPLETED' });
  });

  test('retried in vain it needs another payee, as if the first failure had been for good', async () => {
    for (const failure of ['TIMEOUT', 'LIMIT_EXCEEDED']) {
      expect(await payments.report(paymentId, failure)).toMatchObject({ state: 'RETRYING' });
      await passUntil(await deadline('retryEnd'));
    }
    expect(await payments.report(paymentId, 'TIMEOUT')).toMatchObject({ state: 'PAYEE_NEEDED' });
  });

  test('terminal: another payee is named, locked for seven days, and paid; the directory knows of it', async () => {
    await payments.report(paymentId, 'ACCOUNT_CLOSED');
    const needed = await see();
    expect(needed).toMatchObject({ state: 'PAYEE_NEEDED', explanation: { awaits: ['BROADCASTER'] } });
    expect(needed.availableActions).toContainEqual(expect.objectContaining({ event: 'NAME_PAYEE', allowed: true }));
    expect(await told('PAYEE_NEEDED')).toEqual([member.who.subject]);
    for (const subject of [guild.owner, guild.finance, 'sam'])
      expect(await flow.refused(subject, 'namePayee', { requestId: paymentId, payeeId: randomUUID() })).toMatchObject({
        code: 'FORBIDDEN',
      });
    const bank = { requestId: paymentId, payeeId: 'DE89370400440532013000' };
    expect(await flow.refused(member.who.subject, 'namePayee', bank)).toMatchObject({ code: 'INVALID_INPUT' });

    const payeeId = randomUUID();
    expect(await name(member.who.subject, payeeId)).toMatchObject({ state: 'PAYEE_LOCKED' });
    const lockEnd = await deadline('lockEnd');
    expect(await daysTo(lockEnd)).toBe(7);
    const file = await directory.file(member.who.handle);
    expect(file).toMatchObject({ lockedUntil: lockEnd, payeeChangedAt: expect.any(String) });
    const [entry] = await directory.events('sam', member.who.id);
    expect(entry).toMatchObject({
      action: 'namePayee',
      authority: 'SELF',
      reasonCode: 'PAYEE_CHANGED',
      details: { change: 'PAYEE', lockedUntil: lockEnd },
    });
    expect(await flow.refused('sam', 'reportPayout', { requestId: paymentId, reference: 'x', failure: 'TIMEOUT' })).toMatchObject(
      {
        code: 'WRONG_STATE',
      },
    );

    await passUntil(lockEnd);
    expect(await see()).toMatchObject({ state: 'PAYING' });
    expect(await payments.report(paymentId, 'NAME_MISMATCH')).toMatchObject({ state: 'PAYEE_NEEDED' });
    expect(await flow.reasons(member.who.subject, 'namePayee', { requestId: paymentId, payeeId })).toEqual(['SAME_PAYEE']);
    await name(member.who.subject);
    await passUntil(await deadline('lockEnd'));
    expect(await payments.report(paymentId)).toMatchObject({ state: 'COMPLETED' });
  });

  test('a minor’s guardian names the payee as well', async () => {
    const leave = new LeaveFlow(api);
    const who = await leave.memberOf(guild);
    const guardian = await leave.minor(who);
    const { id } = await leave.leave(who.subject, 'PROBATION');
    await api.pass(0);
    paymentId = await flow.about(id, 'PAYMENT');
    await api.pass(32 * DAY_MS);
    await api.pass(12 * DAY_MS);
    await payments.report(paymentId, 'ACCOUNT_INVALID');
    expect(await name(guardian)).toMatchObject({ state: 'PAYEE_LOCKED' });
    expect((await directory.events('sam', who.id))[0]).toMatchObject({ action: 'namePayee', authority: 'GUARDIAN' });
  });

  test('a payee who is changed in the directory releases what waits for one, in the same transaction', async () => {
    await payments.report(paymentId, 'PAYEE_REFUSED');
    const change = { broadcasterId: member.who.id, reasonCode: 'PAYEE_CHANGED' };
    await directory.do('sam', 'recordIdentityChange', { ...change, change: 'IDENTITY' });
    expect(await flow.state(paymentId)).toBe('PAYEE_NEEDED');
    expect(
      await directory.objections('sam', 'recordIdentityChange', { ...change, change: 'IDENTITY', payeeId: randomUUID() }),
    ).toEqual(['INVALID_INPUT']);
    const { event, file } = await directory.do('sam', 'recordIdentityChange', { ...change, change: 'PAYEE' });
    const locked = await see();
    expect(locked).toMatchObject({ state: 'PAYEE_LOCKED', deadlines: [{ name: 'lockEnd', dueAt: file!.lockedUntil }] });
    const last = locked.history.nodes.at(-1)!;
    expect(last).toMatchObject({ event: 'PAYEE_CHANGED', source: 'link' });
    const { rows } = await api.world.owner.query(
      `select h.xmin = e.xmin as same from guildhall.history h, guildhall.directory_event e
       where h.instance_id = $1 and h.event_type = 'PAYEE_CHANGED' and e.id = $2 order by h.seq desc limit 1`,
      [decodeGlobalId('Request', paymentId), event.id],
    );
    expect(rows).toEqual([{ same: true }]);
  });

  test('whoever takes over an account is not paid at once: a payout under way is locked too, and so is every other of the same person', async () => {
    const other = await payments.opened(guild, member.who);
    await api.pass(32 * DAY_MS);
    await payments.agree(guild, other.member, other.paymentId);
    expect(await flow.state(paymentId)).toBe('PAYOUT_LATE');
    await payments.report(paymentId, 'ACCOUNT_CLOSED');
    await name(member.who.subject);
    expect(await flow.state(other.paymentId)).toBe('PAYEE_LOCKED');
    await passUntil(await deadline('lockEnd'));
    expect([await flow.state(paymentId), await flow.state(other.paymentId)]).toEqual(['PAYING', 'PAYING']);
  });

  test('a payment that is opened after the change knows of it', async () => {
    const { who } = await memberOf(api, guild);
    const change = { broadcasterId: who.id, change: 'PAYEE', reasonCode: 'PAYEE_CHANGED' };
    const { event } = await directory.do('sam', 'recordIdentityChange', change);
    const { id } = await new LeaveFlow(api).leave(who.subject, 'PROBATION');
    expect(await flow.contextOf(await flow.about(id, 'PAYMENT'))).toMatchObject({ payeeChangedAt: event.at, payeeId: null });
  });

  test('a late payout is told once to both sides and stays to be seen', async () => {
    await passUntil(await deadline('payoutEnd'));
    expect(await see(guild.finance)).toMatchObject({
      state: 'PAYOUT_LATE',
      deadlines: [],
      explanation: { awaits: ['PLATFORM'] },
    });
    await api.pass(100 * DAY_MS);
    expect(await see()).toMatchObject({ state: 'PAYOUT_LATE' });
    const subjects = await told('PAYOUT_LATE');
    expect(subjects).toEqual([...new Set(subjects)]);
    expect(subjects).toEqual(expect.arrayContaining([member.who.subject, guild.owner]));
    expect(await payments.report(paymentId)).toMatchObject({ state: 'COMPLETED' });
  });

  test('unclaimed funds are kept, and claimed later', async () => {
    await payments.report(paymentId, 'ACCOUNT_CLOSED');
    expect(await daysTo(await deadline('unclaimedEnd'))).toBe(90);
    await passUntil(await deadline('unclaimedEnd'));
    expect(await see()).toMatchObject({ state: 'UNCLAIMED', explanation: { awaits: ['BROADCASTER'] } });
    expect(await told('PAYOUT_UNCLAIMED')).toEqual(expect.arrayContaining([member.who.subject, guild.owner]));
    await api.pass(400 * DAY_MS);
    expect(await name(member.who.subject)).toMatchObject({ state: 'PAYEE_LOCKED' });
    await passUntil(await deadline('lockEnd'));
    expect(await payments.report(paymentId)).toMatchObject({ state: 'COMPLETED' });
  });

  test('sanctions lead into escrow, and so does an agent; released it is paid, or still locked', async () => {
    expect(await payments.report(paymentId, 'SANCTIONED')).toMatchObject({ state: 'ESCROW' });
    expect((await see()).explanation.text).toContain('sanctions');
    const release = { requestId: paymentId, reasonCode: 'CLEARED' };
    for (const subject of [member.who.subject, guild.owner])
      expect(await flow.refused(subject, 'releaseEscrow', release)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.do('tom', 'releaseEscrow', release)).toMatchObject({ state: 'PAYING' });
    const escrow = { requestId: paymentId, reasonCode: 'IDENTITY_DOUBT', comment: 'The two documents differ.' };
    expect(await flow.do('sam', 'escrowPayment', escrow)).toMatchObject({ state: 'ESCROW' });
    await directory.do('sam', 'recordIdentityChange', {
      broadcasterId: member.who.id,
      change: 'IDENTITY',
      reasonCode: 'IDENTITY_CHANGED',
    });
    expect(await flow.do('tom', 'releaseEscrow', release)).toMatchObject({ state: 'PAYEE_LOCKED' });
  });

  test('a ban stops no clean payout', async () => {
    await directory.do('sam', 'banBroadcaster', { broadcasterId: member.who.id, reasonCode: 'POLICY_BREACH' });
    await api.app.bulk.drain();
    const banned = await see('sam');
    expect(banned.state).toBe('PAYING');
    expect(banned.history.nodes.map(({ event }) => event)).not.toContain('HOLD_REQUEST');
    expect(await payments.report(paymentId)).toMatchObject({ state: 'COMPLETED' });
  });
});
