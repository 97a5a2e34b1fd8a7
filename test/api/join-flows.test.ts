import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS, JoinFlow, terms } from '../support/join-flow.js';
import type { TestGuild } from '../support/world.js';

describe('JOIN from the request to the membership', () => {
  let api: TestApi;
  let join: JoinFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    guild = await api.world.guild();
  });
  afterAll(() => api.stop());

  const memberships = async (subject: string) => {
    const query = '{ memberships { nodes { startsAt endsAt guild { id } broadcaster { handle } } } }';
    return (await api.gql<{ memberships: { nodes: { startsAt: string; guild: { id: string } }[] } }>(subject, query)).memberships
      .nodes;
  };

  test('by application: counter-offer, acceptance, both signatures, cooling-off ended by the clock, an active membership', async () => {
    const who = await api.world.broadcaster();
    const applied = await join.apply(who, guild);
    expect(applied).toMatchObject({ state: 'DRAFTING', initiator: 'BROADCASTER', agreement: { version: 1, terms } });
    const countered = await join.do(guild.owner, 'proposeTerms', {
      requestId: applied.id,
      terms: { ...terms, guildSharePercent: 18 },
    });
    expect(countered).toMatchObject({ state: 'DRAFTING', agreement: { version: 2, terms: { guildSharePercent: 18 } } });
    const agreed = await join.do(who.subject, 'acceptTerms', { requestId: applied.id, agreementVersion: 2 });
    expect(agreed.state).toBe('SIGNING');
    expect(createHash('sha256').update(agreed.agreement!.text, 'utf8').digest('hex')).toBe(agreed.agreement!.sha256);
    expect(await join.sign(guild.owner, agreed)).toMatchObject({ state: 'SIGNING', explanation: { awaits: ['BROADCASTER'] } });
    const signed = await join.sign(who.subject, agreed);
    expect(signed).toMatchObject({ state: 'COOLING_OFF', deadlines: [{ name: 'coolingOffEnd' }] });
    // Only the clock is moved here: the running workers find the timers themselves.
    await api.clock.shift(16 * DAY_MS);
    await join.reached(applied.id, 'COMPLETED');
    const done = await join.see(who.subject, applied.id);
    expect(done.endedAt).not.toBeNull();
    expect(done.deadlines).toEqual([]);
    const [membership, ...others] = await memberships(who.subject);
    expect(others).toEqual([]);
    expect(membership).toMatchObject({ endsAt: null, guild: { id: guild.id }, broadcaster: { handle: who.handle } });
    expect(membership!.startsAt).toBe(signed.deadlines[0]!.dueAt);
    expect(done.history.nodes.map(({ event, source, authority }) => `${source} ${event} ${authority}`)).toEqual([
      'start START BROADCASTER',
      'effect AGREEMENT_RENDERED SYSTEM',
      'outside PROPOSE_TERMS GUILD_OWNER',
      'effect AGREEMENT_RENDERED SYSTEM',
      'outside ACCEPT_TERMS BROADCASTER',
      'outside SIGN_AGREEMENT GUILD_OWNER',
      'outside SIGN_AGREEMENT BROADCASTER',
      'timer coolingOffEnd SYSTEM',
      'timer switchAt SYSTEM',
      'effect SWITCHED SYSTEM',
    ]);
    expect(done.history.nodes.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('by invitation: the broadcaster accepts, the broadcaster signs first, an agent signs for the guild', async () => {
    const who = await api.world.broadcaster();
    const invited = await join.invite(guild, who);
    expect(invited).toMatchObject({ state: 'DRAFTING', initiator: 'GUILD', explanation: { awaits: ['BROADCASTER'] } });
    const agreed = await join.do(who.subject, 'acceptTerms', { requestId: invited.id, agreementVersion: 1 });
    await join.sign(who.subject, agreed);
    const signed = await join.sign(guild.agent, agreed);
    expect(signed.state).toBe('COOLING_OFF');
    await api.pass(16 * DAY_MS);
    expect(await join.see(guild.owner, invited.id)).toMatchObject({ state: 'COMPLETED' });
    expect(await memberships(who.subject)).toHaveLength(1);
  });

  test('the last day of cooling-off ends at the end of the day in the region, and not before', async () => {
    const who = await api.world.broadcaster();
    const { id, deadlines } = await join.coolingOff(who, guild);
    const due = Date.parse(deadlines[0]!.dueAt);
    const berlin = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/Berlin',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    expect(berlin.format(due)).toBe('00:00');
    await api.pass(due - (await api.clock.now()).getTime() - 60_000);
    expect((await join.see(who.subject, id)).state).toBe('COOLING_OFF');
    await api.pass(61_000);
    expect((await join.see(who.subject, id)).state).toBe('COMPLETED');
  });

  test('a later start waits in settlement, and the membership begins at exactly that instant', async () => {
    const who = await api.world.broadcaster();
    const request = await join.settlement(who, guild);
    const { startAt } = request.agreement!.terms;
    expect(request).toMatchObject({ state: 'SETTLEMENT', deadlines: [{ name: 'switchAt', dueAt: startAt }] });
    await api.pass(30 * DAY_MS);
    expect((await join.see(who.subject, request.id)).state).toBe('COMPLETED');
    expect(await memberships(who.subject)).toMatchObject([{ startsAt: startAt }]);
  });

  test('a server that was down over the chosen instant still lets the membership begin at it', async () => {
    const who = await api.world.broadcaster();
    const startAt = new Date((await api.clock.now()).getTime() + 40 * DAY_MS).toISOString();
    const { id } = await join.coolingOff(who, guild, { startAt });
    await api.pass(60 * DAY_MS);
    expect((await join.see(who.subject, id)).state).toBe('COMPLETED');
    expect(await memberships(who.subject)).toMatchObject([{ startsAt: startAt }]);
  });

  test('everybody whom it concerns finds it in their inbox, once', async () => {
    const who = await api.world.broadcaster();
    const { id } = await join.coolingOff(who, guild);
    await api.pass(0);
    const inbox = async (subject: string) => {
      const { notifications } = await api.gql<{ notifications: { nodes: { template: string; requestId: string }[] } }>(
        subject,
        '{ notifications(first: 100) { nodes { template requestId } } }',
      );
      return notifications.nodes
        .filter(({ requestId }) => requestId === id)
        .map(({ template }) => template)
        .sort();
    };
    const both = ['AGREEMENT_READY', 'COOLING_OFF_STARTED', 'SIGNATURE_ADDED', 'SIGNATURE_ADDED'];
    expect(await inbox(who.subject)).toEqual(both);
    expect(await inbox(guild.agent)).toEqual([...both, 'TERMS_PROPOSED']);
    expect(await inbox(guild.finance)).toEqual([]);
    expect(await inbox('olivia')).toEqual([]);
  });
});
