import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { DirectoryFlow } from '../../support/directory-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS, JoinFlow, type RequestAnswer } from '../../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../../support/world.js';

describe('Edge case 14: the broadcaster comes of age, or the guardian revokes, mid-flow', () => {
  let api: TestApi;
  let join: JoinFlow;
  let directory: DirectoryFlow;
  let guild: TestGuild;
  let minor: TestBroadcaster;
  let guardian: string;
  let count = 0;

  /** In the region CN, where who is sixteen joins with the consent of a guardian and of the platform. */
  const born = async (yearsAgo: number, days = 0): Promise<string> => {
    const day = new Date((await api.clock.now()).getTime() + days * DAY_MS);
    day.setUTCFullYear(day.getUTCFullYear() - yearsAgo);
    return day.toISOString().slice(0, 10);
  };
  const newGuardian = async (who: TestBroadcaster): Promise<string> => {
    const subject = `guardian-${String((count += 1))}`;
    await directory.do('sam', 'assignGuardian', { broadcasterId: who.id, principalId: await directory.person(subject) });
    return subject;
  };

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    directory = new DirectoryFlow(api);
  });
  beforeEach(async () => {
    guild = await api.world.guild({ region: 'CN' });
    minor = await api.world.broadcaster({ region: 'CN', birthDate: await born(17) });
    guardian = await newGuardian(minor);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const signing = (who = minor) => join.signing(who, guild);
  const signAll = async (request: RequestAnswer, ...subjects: string[]): Promise<RequestAnswer> => {
    let answer = request;
    for (const subject of subjects) answer = await join.sign(subject, request);
    return answer;
  };
  const lastEvent = async (id: string) => (await join.see('sam', id)).history.nodes.at(-1)!;
  const memberships = async (who: TestBroadcaster): Promise<number> =>
    (await api.world.owner.query('select from guildhall.membership where broadcaster_id = $1', [who.uuid])).rowCount!;

  test('a minor joins when the minor, the guardian, the guild and the platform have all signed, and not before', async () => {
    const request = await signing();
    expect(request.explanation.awaits.toSorted()).toEqual(['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM']);
    expect(await signAll(request, minor.subject, guild.owner, 'sam')).toMatchObject({ state: 'SIGNING' });
    expect((await join.see(guardian, request.id)).explanation.awaits).toEqual(['GUARDIAN']);
    expect(await join.sign(guardian, request)).toMatchObject({ state: 'COOLING_OFF' });
    await api.pass(16 * DAY_MS);
    expect(await join.see(minor.subject, request.id)).toMatchObject({ state: 'COMPLETED' });
    expect(await memberships(minor)).toBe(1);
  });

  test('under sixteen no consent helps, and without a guardian nobody under age joins', async () => {
    const child = await api.world.broadcaster({ region: 'CN', birthDate: await born(15) });
    await newGuardian(child);
    expect((await join.apply(child, guild)).rejectedFor.map(({ code }) => code)).toEqual(['UNDER_AGE']);
    const alone = await api.world.broadcaster({ region: 'CN', birthDate: await born(17) });
    expect((await join.apply(alone, guild)).rejectedFor.map(({ code }) => code)).toEqual(['GUARDIAN_MISSING']);
  });

  test('who comes of age before the switch consents again, alone, and the guardian no longer does', async () => {
    const who = await api.world.broadcaster({ region: 'CN', birthDate: await born(18, 7) });
    const consents = await newGuardian(who);
    const request = await signing(who);
    expect(await signAll(request, who.subject, consents, guild.owner, 'sam')).toMatchObject({ state: 'COOLING_OFF' });
    await api.pass(16 * DAY_MS);
    const again = await join.see(who.subject, request.id);
    expect(again).toMatchObject({ state: 'SIGNING', explanation: { awaits: ['BROADCASTER'] } });
    expect(again.history.nodes.map(({ event }) => event)).toContain('CONSENT_NEEDED');
    expect(await memberships(who)).toBe(0);
    const body = { requestId: request.id, agreementVersion: 1, sha256: request.agreement!.sha256 };
    const refused = await join.refused(consents, 'signAgreement', body);
    expect([refused.code, refused.reasons.map(({ code }) => code)]).toEqual(['NOT_ALLOWED', ['NOT_YOUR_PARTY']]);
    expect(await join.sign(who.subject, request)).toMatchObject({ state: 'COOLING_OFF' });
    await api.pass(16 * DAY_MS);
    expect(await join.see(who.subject, request.id)).toMatchObject({ state: 'COMPLETED' });
    expect(await memberships(who)).toBe(1);
  });

  test('a guardian who revokes puts it on hold, its clocks stop, and a new guardian is asked for consent', async () => {
    const request = await signing();
    await signAll(request, minor.subject, guardian, guild.owner, 'sam');
    await directory.do(guardian, 'revokeGuardianship', { broadcasterId: minor.id });
    await api.pass(0);
    expect(await lastEvent(request.id)).toMatchObject({ event: 'HOLD_REQUEST', state: 'COOLING_OFF' });
    await api.pass(40 * DAY_MS);
    expect(await join.see(minor.subject, request.id)).toMatchObject({ state: 'COOLING_OFF', deadlines: [] });
    const successor = await newGuardian(minor);
    await api.pass(0);
    expect(await lastEvent(request.id)).toMatchObject({ event: 'RESUME_REQUEST', state: 'COOLING_OFF' });
    await api.pass(16 * DAY_MS);
    const again = await join.see(minor.subject, request.id);
    expect([again.state, again.explanation.awaits.toSorted()]).toEqual(['SIGNING', ['BROADCASTER', 'GUARDIAN']]);
    expect(await memberships(minor)).toBe(0);
    expect(await signAll(request, minor.subject, successor)).toMatchObject({ state: 'COOLING_OFF' });
    await api.pass(16 * DAY_MS);
    expect(await join.see(minor.subject, request.id)).toMatchObject({ state: 'COMPLETED' });
  });

  test('a ban and a missing guardian hold one after the other: only when both are over it goes on', async () => {
    const request = await signing();
    await directory.do('sam', 'banBroadcaster', { broadcasterId: minor.id, reasonCode: 'POLICY_BREACH' });
    await api.pass(0);
    await directory.do(guardian, 'revokeGuardianship', { broadcasterId: minor.id });
    await api.pass(0);
    await directory.do('sam', 'unbanBroadcaster', { broadcasterId: minor.id, reasonCode: 'CLEARED' });
    await api.pass(0);
    expect(await lastEvent(request.id)).toMatchObject({ event: 'HOLD_REQUEST', state: 'SIGNING' });
    await newGuardian(minor);
    await api.pass(0);
    expect(await lastEvent(request.id)).toMatchObject({ event: 'RESUME_REQUEST', state: 'SIGNING' });
  });

  test('who has come of age without a guardian is held for none when another hold ends', async () => {
    const who = await api.world.broadcaster({ region: 'CN', birthDate: await born(18, 7) });
    await newGuardian(who);
    const request = await signing(who);
    await directory.do('sam', 'revokeGuardianship', { broadcasterId: who.id });
    await api.pass(0);
    await api.pass(8 * DAY_MS);
    await join.do('sam', 'sendRequestEvent', {
      requestId: request.id,
      event: 'RESUME_REQUEST',
      input: { reasonCode: 'RESOLVED' },
    });
    expect(await lastEvent(request.id)).toMatchObject({ event: 'RESUME_REQUEST' });
  });

  test('a guardian who revokes and one who follows at once leave nothing on hold', async () => {
    const request = await signing();
    await directory.do('sam', 'revokeGuardianship', { broadcasterId: minor.id });
    const successor = await newGuardian(minor);
    await api.pass(0);
    expect(await lastEvent(request.id)).toMatchObject({ event: 'RESUME_REQUEST', state: 'SIGNING' });
    expect(await signAll(request, minor.subject, successor, guild.owner, 'sam')).toMatchObject({ state: 'COOLING_OFF' });
  });
});
