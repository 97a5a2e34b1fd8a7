import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { DirectoryFlow } from '../support/directory-flow.js';
import { DAY_MS } from '../support/join-flow.js';
import { LeaveFlow, type Member } from '../support/leave-flow.js';
import type { TestGuild } from '../support/world.js';

describe('leaving alone', () => {
  let api: TestApi;
  let flow: LeaveFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    flow = new LeaveFlow(api);
    guild = await api.world.guild();
  });
  afterAll(() => api.stop());

  const rejectedFor = async (subject: string, route: string, more: object = {}) => {
    const { state, rejectedFor: reasons } = await flow.leave(subject, route, more);
    expect(state).toBe('REJECTED');
    return reasons.map(({ code }) => code);
  };
  test('in probation: released at once, with a statement; the guild finds it in its inbox', async () => {
    const who = await flow.memberOf(guild);
    const left = await flow.leave(who.subject, 'PROBATION');
    expect(left).toMatchObject({ state: 'COMPLETED', deadlines: [] });
    expect(left.history.nodes.map(({ event }) => event)).toEqual(['START', 'SWITCHED', 'STATEMENT_OPENED']);
    const { endsAt, ...how } = await flow.ended(who);
    expect(how).toEqual({ endKind: 'VOLUNTARY', endCause: 'PROBATION' });
    expect(Math.abs(endsAt!.getTime() - (await flow.now()).getTime())).toBeLessThan(60_000);
    await api.pass(0);
    const { notifications } = await api.gql<{ notifications: { nodes: { template: string; requestId: string }[] } }>(
      guild.owner,
      '{ notifications(first: 100) { nodes { template requestId } } }',
    );
    expect(notifications.nodes.filter(({ requestId }) => requestId === left.id)).toMatchObject([
      { template: 'REQUEST_COMPLETED' },
    ]);
  });

  test('in probation on a later day: it can be taken back until then, and holds for who does not', async () => {
    const who = await flow.memberOf(guild);
    const leaveAt = await flow.inDays(20);
    const planned = await flow.leave(who.subject, 'PROBATION', { leaveAt });
    expect(planned).toMatchObject({ state: 'SETTLEMENT', deadlines: [{ name: 'switchAt', dueAt: leaveAt }] });
    expect(await flow.join.refused(guild.owner, 'withdrawRequest', { requestId: planned.id })).toMatchObject({
      code: 'FORBIDDEN',
    });
    await flow.join.do(who.subject, 'withdrawRequest', { requestId: planned.id });
    const again = await flow.leave(who.subject, 'PROBATION', { leaveAt });
    await api.pass(25 * DAY_MS);
    expect(await flow.join.see(who.subject, again.id)).toMatchObject({ state: 'COMPLETED' });
    expect(await flow.ended(who)).toMatchObject({ endsAt: new Date(leaveAt) });
  });

  test('after probation: rejected; a day that is too far off is refused without a trace', async () => {
    const who = await flow.memberOf(guild);
    const refused = await flow.refused(who.subject, 'requestLeave', {
      route: 'PROBATION',
      primaryReason: 'LIFE_QUIT',
      leaveAt: await flow.inDays(60),
    });
    expect(refused).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'LEAVE_AT_TOO_LATE', field: 'leaveAt' }] });
    await api.pass(16 * DAY_MS);
    expect(await rejectedFor(who.subject, 'PROBATION')).toEqual(['PROBATION_OVER']);
    expect(await flow.ended(who)).toMatchObject({ endsAt: null });
  });

  test('for low activity: by the policy’s rule over the last whole month that was reported', async () => {
    const who = await flow.memberOf(guild);
    expect(await rejectedFor(who.subject, 'LOW_ACTIVITY')).toEqual(['NO_WHOLE_MONTH', 'ACTIVITY_UNKNOWN']);
    await api.pass(70 * DAY_MS);
    expect(await rejectedFor(who.subject, 'LOW_ACTIVITY')).toEqual(['ACTIVITY_UNKNOWN']);
    const now = await flow.now();
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
    const report = (line: object) =>
      new DirectoryFlow(api).do('sam', 'reportActivity', {
        source: 'statistics',
        lines: [{ broadcasterId: who.id, month, ...line }],
      });
    const income = { amountMinor: 9_000_000, currency: 'EUR' };
    await report({ lineId: 'busy', days: 20, minutes: 6000, income });
    expect(await rejectedFor(who.subject, 'LOW_ACTIVITY')).toEqual(['NOT_LOW_ACTIVITY']);
    await report({ lineId: 'corrected', replaces: 'busy', days: 2, minutes: 90, income: { ...income, amountMinor: 100 } });
    expect(await flow.leave(who.subject, 'LOW_ACTIVITY')).toMatchObject({ state: 'COMPLETED' });
    expect(await flow.ended(who)).toMatchObject({ endCause: 'LOW_ACTIVITY' });
  });

  test('with notice: not before the minimum term is over but for the capped fee, then released when the notice ends', async () => {
    const who = await flow.memberOf(await flow.guildUnder({ minTermMonths: 2 }));
    const { rows } = await api.world.owner.query<{ over: Date }>(
      `select (starts_at at time zone 'Europe/Berlin' + interval '2 months') at time zone 'Europe/Berlin' as over from guildhall.membership where id = $1`,
      [who.membershipUuid],
    );
    const { rejectedFor: reasons } = await flow.leave(who.subject, 'NOTICE');
    expect(reasons).toMatchObject([{ code: 'MIN_TERM', until: rows[0]!.over.toISOString() }]);
    const given = await flow.leave(who.subject, 'NOTICE', { acceptsExitFee: true });
    expect(given).toMatchObject({ state: 'NOTICE_PERIOD', deadlines: [{ name: 'switchAt' }], explanation: { awaits: [] } });
    expect(await rejectedFor(who.subject, 'NOTICE', { acceptsExitFee: true })).toEqual(['FLOW_OPEN']);
    await api.pass(32 * DAY_MS);
    expect(await flow.join.see(who.subject, given.id)).toMatchObject({ state: 'COMPLETED' });
    expect((await flow.ended(who)).endsAt!.toISOString()).toBe(given.deadlines[0]!.dueAt);
    expect(await flow.refused(who.subject, 'requestLeave', { route: 'NOTICE', primaryReason: 'LIFE_QUIT' })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('with notice: after the policy’s minimum, long before the agreed term is over, without a fee', async () => {
    const who = await flow.memberOf(await flow.guildUnder({ minTermMonths: 1 }));
    expect(await rejectedFor(who.subject, 'NOTICE')).toEqual(['MIN_TERM']);
    await api.pass(31 * DAY_MS);
    expect(await flow.leave(who.subject, 'NOTICE')).toMatchObject({ state: 'NOTICE_PERIOD' });
  });

  test('a hold stops the notice, and the membership ends as much later', async () => {
    const who = await flow.memberOf(guild);
    const given = await flow.leave(who.subject, 'NOTICE', { acceptsExitFee: true });
    const event = (name: string, input: object) =>
      flow.join.do('sam', 'sendRequestEvent', { requestId: given.id, event: name, input });
    await event('HOLD_REQUEST', { reasonCode: 'INVESTIGATION' });
    await api.pass(40 * DAY_MS);
    expect(await flow.ended(who)).toMatchObject({ endsAt: null });
    const resumed = await event('RESUME_REQUEST', { reasonCode: 'RESOLVED' });
    await api.pass(32 * DAY_MS);
    const { endsAt } = await flow.ended(who);
    expect(endsAt!.toISOString()).toBe(resumed.deadlines[0]!.dueAt);
    expect(endsAt!.getTime() - Date.parse(given.deadlines[0]!.dueAt)).toBeGreaterThanOrEqual(40 * DAY_MS);
  });

  test('a guild that is merged: until then without term, notice and quota', async () => {
    const from = await flow.guildUnder({ exitQuotaPercentPerMonth: 1 });
    const into = await api.world.guild({ region: from.region });
    const [who, later] = [await flow.memberOf(from), await flow.memberOf(from)];
    expect(await rejectedFor(who.subject, 'NOTICE')).toEqual(['MIN_TERM']);
    const merger = { fromGuildId: from.id, intoGuildId: into.id, effectiveAt: await flow.inDays(40) };
    await new DirectoryFlow(api).do('sam', 'mergeGuilds', merger);
    const { id } = await flow.leave(who.subject, 'NOTICE');
    await api.pass(0);
    expect(await flow.join.see(who.subject, id)).toMatchObject({ state: 'COMPLETED' });
    const beyond = await flow.leave(later.subject, 'NOTICE', { leaveAt: await flow.inDays(50) });
    expect(beyond.rejectedFor.map(({ code }) => code)).toEqual(['MIN_TERM', 'EXIT_QUOTA']);
  });

  describe('as a minor', () => {
    let who: Member;
    let guardian: string;

    beforeAll(async () => {
      who = await flow.memberOf(guild);
      expect(await rejectedFor(who.subject, 'MINOR')).toEqual(['NOT_A_MINOR']);
      guardian = await flow.minor(who);
    });

    test('the guardian is told and acts; nobody else does, and a guardian of somebody of age does not', async () => {
      const adult = await flow.memberOf(guild);
      await api.world.owner.query(
        'insert into guildhall.guardian (broadcaster_id, principal_id, since) select $1, principal_id, since from guildhall.guardian where broadcaster_id = $2',
        [adult.uuid, who.uuid],
      );
      const input = { route: 'MINOR', primaryReason: 'WORKLOAD_HEALTH', membershipId: adult.membershipId };
      expect(await flow.refused(guardian, 'requestLeave', input)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await flow.refused(guild.owner, 'requestLeave', { ...input, membershipId: who.membershipId })).toMatchObject({
        code: 'FORBIDDEN',
      });
    });

    test('released at once by the guardian: banned, locked, and whatever else is under way ends with it', async () => {
      const mutual = await flow.leave(who.subject, 'MUTUAL');
      const notice = await flow.leave(who.subject, 'NOTICE', { acceptsExitFee: true });
      expect(await flow.join.see(guardian, mutual.id)).toMatchObject({ state: 'SUPERSEDED' });
      await api.world.owner.query(
        `update guildhall.broadcaster set banned_at = now(), locked_until = now() + interval '99 years' where id = $1`,
        [who.uuid],
      );
      const left = await flow.leave(guardian, 'MINOR', { membershipId: who.membershipId, actingAs: 'GUARDIAN' });
      expect(left).toMatchObject({ state: 'COMPLETED', initiator: 'GUARDIAN' });
      expect(await flow.join.see(who.subject, notice.id)).toMatchObject({ state: 'SUPERSEDED' });
      expect(await flow.ended(who)).toMatchObject({ endKind: 'VOLUNTARY', endCause: 'MINOR' });
      await api.pass(0);
      const { notifications } = await api.gql<{ notifications: { nodes: { requestId: string }[] } }>(
        guardian,
        '{ notifications(first: 100) { nodes { requestId } } }',
      );
      expect(notifications.nodes.map(({ requestId }) => requestId)).toContain(left.id);
    });

    test('a second time there is nothing to leave', async () => {
      const input = { route: 'MINOR', primaryReason: 'LIFE_QUIT', membershipId: who.membershipId };
      expect(await flow.refused(who.subject, 'requestLeave', input)).toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  test('the statement of an exit is opened with it, and the payment goes its own way', async () => {
    const who = await flow.memberOf(guild);
    await flow.leave(who.subject, 'PROBATION');
    const { rows } = await api.world.owner.query(
      `select r.kind, r.relation, i.state, s.lines, s.note like 'This statement holds no amounts%' as says_so
       from guildhall.statement s join guildhall.request r on r.id = s.request_id join guildhall.instance i on i.id = r.id where s.membership_id = $1`,
      [who.membershipUuid],
    );
    expect(rows).toEqual([{ kind: 'PAYMENT', relation: 'PAYS', state: 'accruing', lines: [], says_so: true }]);
  });
});
