import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { DirectoryFlow } from '../../support/directory-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS, JoinFlow, type RequestAnswer } from '../../support/join-flow.js';
import { LeaveFlow } from '../../support/leave-flow.js';
import { offer, TransferFlow } from '../../support/transfer-flow.js';
import type { TestBroadcaster, TestGuild } from '../../support/world.js';

describe('Edge case 14, of members: everything that a guardian signs is looked at again at its switch', () => {
  let api: TestApi;
  let join: JoinFlow;
  let leave: LeaveFlow;
  let transfer: TransferFlow;
  let directory: DirectoryFlow;
  let guild: TestGuild;
  let gaining: TestGuild;
  let region: string;
  let minor: TestBroadcaster;
  let guardian: string;
  let count = 0;

  const born = async (yearsAgo: number, days = 0): Promise<string> => {
    const day = new Date((await api.clock.now()).getTime() + days * DAY_MS);
    day.setUTCFullYear(day.getUTCFullYear() - yearsAgo);
    return day.toISOString().slice(0, 10);
  };
  /** A document shows when the birthday really is. */
  const comesOfAgeIn = async (days: number) =>
    directory.do('sam', 'attestAge', { broadcasterId: minor.id, birthDate: await born(18, days) });
  const newGuardian = async (): Promise<string> => {
    const subject = `guardian-of-member-${String((count += 1))}`;
    await directory.do('sam', 'assignGuardian', { broadcasterId: minor.id, principalId: await directory.person(subject) });
    return subject;
  };

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    leave = new LeaveFlow(api);
    transfer = new TransferFlow(api);
    directory = new DirectoryFlow(api);
  });
  /** Somebody of seventeen joins with the consent of a guardian and of the platform; without a term nothing binds from the first day. */
  async function enrol(termMonths: number): Promise<void> {
    minor = await api.world.broadcaster({ region, birthDate: await born(17) });
    guardian = await newGuardian();
    const request = await join.signing(minor, guild, { termMonths });
    for (const subject of [minor.subject, guardian, guild.owner, 'sam']) await join.sign(subject, request);
    await api.pass(16 * DAY_MS);
  }
  beforeEach(async () => {
    guild = await leave.guildUnder({ minBroadcasterAgeYears: 16, minTermMonths: 0 });
    region = guild.region;
    gaining = await api.world.guild({ region });
    await enrol(0);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  /** Drives a request to where it only waits for its switch, with everybody's signature on it; gives its id. */
  const signed: Readonly<Record<string, () => Promise<string>>> = {
    AMEND: async () => agreed(await newTerms('requestAmendment')),
    RENEW: async () => agreed(await newTerms('requestRenewal')),
    LEAVE_MUTUAL: async () => agreed(await leave.leave(minor.subject, 'MUTUAL', { leaveAt: await leave.inDays(20) })),
    TRANSFER_AGREED: async () => {
      const { id } = await transfer.matched(minor, guild, gaining, 20);
      for (const subject of [minor.subject, guardian, gaining.agent, guild.agent]) await transfer.sign(subject, id);
      await transfer.do('sam', 'certifyTransfer', { requestId: id });
      return id;
    },
    TRANSFER_PORTABLE: async () => {
      const code = await transfer.code(minor);
      const redeemed = { guildId: gaining.id, code, offer, transferAt: await transfer.inDays(20) };
      const { id } = await transfer.do(gaining.agent, 'redeemTransferCode', redeemed);
      for (const subject of [minor.subject, guardian, gaining.agent]) await transfer.sign(subject, id);
      return id;
    },
  };
  const newTerms = async (name: 'requestAmendment' | 'requestRenewal') =>
    leave.do(minor.subject, name, { terms: { guildSharePercent: 10, termMonths: 6, startAt: await leave.inDays(20) } });
  async function agreed(asked: RequestAnswer): Promise<string> {
    const { id } = asked;
    await join.do(guild.owner, 'acceptTerms', { requestId: id, agreementVersion: asked.agreement!.version });
    for (const subject of [minor.subject, guardian, guild.owner]) await join.sign(subject, asked);
    return id;
  }
  /** Past what has to be over again after the new signatures, to the end. */
  async function toTheEnd(kind: string, id: string): Promise<void> {
    if (kind === 'TRANSFER_AGREED') await transfer.do('sam', 'certifyTransfer', { requestId: id });
    await api.pass(16 * DAY_MS);
  }

  const memberships = async () =>
    (
      await api.world.owner.query<{ guild: string; ended: boolean; terms: number }>(
        `select m.guild_id as guild, m.ends_at is not null as ended, (select count(*)::int from guildhall.membership_terms t where t.membership_id = m.id) as terms
         from guildhall.membership m where m.broadcaster_id = $1 order by m.starts_at`,
        [minor.uuid],
      )
    ).rows;
  const unchanged = () => [{ guild: guild.uuid, ended: false, terms: 1 }];
  const moved = () => [
    { guild: guild.uuid, ended: true, terms: 1 },
    { guild: gaining.uuid, ended: false, terms: 1 },
  ];
  const switched: Readonly<Record<string, () => object[]>> = {
    AMEND: () => [{ guild: guild.uuid, ended: false, terms: 2 }],
    RENEW: () => [{ guild: guild.uuid, ended: false, terms: 2 }],
    LEAVE_MUTUAL: () => [{ guild: guild.uuid, ended: true, terms: 1 }],
    TRANSFER_AGREED: moved,
    TRANSFER_PORTABLE: moved,
  };
  const KINDS = Object.keys(switched);
  const events = async (id: string) => (await join.see('sam', id)).history.nodes.map(({ event }) => event);

  test.each(KINDS)(
    '%s: who comes of age before the switch consents again, alone, and nothing is switched without it',
    async (kind) => {
      const id = await signed[kind]!();
      await comesOfAgeIn(10);
      await api.pass(21 * DAY_MS);
      expect(await join.see(minor.subject, id)).toMatchObject({ state: 'SIGNING', explanation: { awaits: ['BROADCASTER'] } });
      expect(await events(id)).toContain('CONSENT_NEEDED');
      expect(await memberships()).toEqual(unchanged());
      const request = await join.see(minor.subject, id);
      const body = { requestId: id, agreementVersion: request.agreement!.version, sha256: request.agreement!.sha256 };
      expect((await join.refused(guardian, 'signAgreement', body)).reasons.map(({ code }) => code)).toContain('NOT_YOUR_PARTY');
      await join.sign(minor.subject, request);
      await toTheEnd(kind, id);
      expect(await join.see(minor.subject, id)).toMatchObject({ state: 'COMPLETED' });
      expect(await memberships()).toEqual(switched[kind]!());
    },
  );

  test.each(KINDS)('%s: another guardian than the one who signed consents for the minor', async (kind) => {
    const id = await signed[kind]!();
    await directory.do(guardian, 'revokeGuardianship', { broadcasterId: minor.id });
    await api.pass(0);
    // An exit is never held: who is to leave leaves, and the switch asks.
    expect((await events(id)).includes('HOLD_REQUEST')).toBe(kind !== 'LEAVE_MUTUAL');
    const successor = await newGuardian();
    await api.pass(0);
    await api.pass(21 * DAY_MS);
    const again = await join.see('sam', id);
    expect([again.state, again.explanation.awaits.toSorted()]).toEqual(['SIGNING', ['BROADCASTER', 'GUARDIAN']]);
    expect(await memberships()).toEqual(unchanged());
    const request = await join.see(minor.subject, id);
    for (const subject of [minor.subject, successor]) await join.sign(subject, request);
    await toTheEnd(kind, id);
    expect(await join.see(minor.subject, id)).toMatchObject({ state: 'COMPLETED' });
    expect(await memberships()).toEqual(switched[kind]!());
  });

  test.each(KINDS)('%s: a consent that still holds is not asked for again', async (kind) => {
    const id = await signed[kind]!();
    await api.pass(21 * DAY_MS);
    expect(await join.see(minor.subject, id)).toMatchObject({ state: 'COMPLETED' });
    expect(await events(id)).not.toContain('CONSENT_NEEDED');
    expect(await memberships()).toEqual(switched[kind]!());
  });

  test('silence ends it, for everybody to see, and the membership stays as it was', async () => {
    const id = await signed['AMEND']!();
    await comesOfAgeIn(10);
    await api.pass(21 * DAY_MS);
    expect(await join.see(guild.owner, id)).toMatchObject({ state: 'SIGNING' });
    await api.pass(9 * DAY_MS);
    expect(await join.see(guild.owner, id)).toMatchObject({ state: 'EXPIRED' });
    expect(await memberships()).toEqual(unchanged());
  });

  describe('a renewal whose term is over while consent is asked for again', () => {
    let id: string;

    beforeEach(async () => {
      await enrol(6);
      const { rows } = await api.world.owner.query<{ end: Date }>(
        'select term_ends_at as end from guildhall.membership where broadcaster_id = $1',
        [minor.uuid],
      );
      const untilEnd = rows[0]!.end.getTime() - (await api.clock.now()).getTime();
      await api.pass(untilEnd - 20 * DAY_MS);
      id = await signed['RENEW']!();
      await comesOfAgeIn(10);
      await api.pass(21 * DAY_MS);
      expect(await join.see(minor.subject, id)).toMatchObject({ state: 'SIGNING' });
      expect(await memberships()).toEqual(unchanged());
    });

    test('takes over all the same, with the new signature', async () => {
      await join.sign(minor.subject, await join.see(minor.subject, id));
      await api.pass(16 * DAY_MS);
      expect(await join.see(minor.subject, id)).toMatchObject({ state: 'COMPLETED' });
      expect(await memberships()).toEqual(switched['RENEW']!());
    });

    test('does not without it: the membership has ended with its term', async () => {
      await api.pass(9 * DAY_MS);
      await api.pass(0);
      expect(await join.see(guild.owner, id)).toMatchObject({ state: 'EXPIRED' });
      expect(await memberships()).toEqual([{ guild: guild.uuid, ended: true, terms: 1 }]);
    });
  });

  test('what the broadcaster’s side does alone has no signature that could lapse: it ends on its day', async () => {
    const { id } = await leave.leave(minor.subject, 'NOTICE', { acceptsExitFee: true });
    await directory.do(guardian, 'revokeGuardianship', { broadcasterId: minor.id });
    await comesOfAgeIn(10);
    await api.pass(40 * DAY_MS);
    expect(await join.see(minor.subject, id)).toMatchObject({ state: 'COMPLETED' });
    expect(await memberships()).toEqual([{ guild: guild.uuid, ended: true, terms: 1 }]);
  });
});
