import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { assertInvariants } from '../support/invariants.js';
import { JoinFlow } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';
import { registry } from '../../workflows/registry.js';

const DAY_MS = 86_400_000;
const AGENT = 'sam';

describe('what support does to a running request', () => {
  let api: TestApi;
  let join: JoinFlow;
  let guild: TestGuild;
  let who: TestBroadcaster;
  let secondAgent: string;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    guild = await api.world.guild();
    secondAgent = await api.world.platform('SUPPORT');
  });
  beforeEach(async () => {
    who = await api.world.broadcaster();
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const intervene = async (subject: string, mutation: string, inputType: string, input: object) => {
    const fields = `__typename ... on Request { id state version deadlines { name dueAt } explanation { text } agreement { version terms { guildSharePercent } } }
      ... on Refusal { code reasons { code field } }`;
    const data = await api.gql<Record<string, Answer>>(
      subject,
      `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { ${fields} } }`,
      { input },
    );
    return data[mutation]!;
  };
  interface Answer {
    readonly __typename: string;
    readonly state?: string;
    readonly code?: string;
    readonly reasons?: readonly { readonly code: string; readonly field: string | null }[];
    readonly deadlines?: readonly { readonly name: string; readonly dueAt: string }[];
    readonly explanation?: { readonly text: string };
    readonly agreement?: { readonly version: number; readonly terms: { readonly guildSharePercent: number } } | null;
  }
  const hold = (subject: string, requestId: string) =>
    intervene(subject, 'holdRequest', 'HoldRequestInput', {
      requestId,
      reasonCode: 'INVESTIGATION',
      comment: 'A complaint came in.',
    });
  const resume = (requestId: string) =>
    intervene(AGENT, 'resumeRequest', 'InterveneInput', { requestId, reasonCode: 'RESOLVED' });

  test('a hold stops the clocks for as long as it lasts, and not a day longer', async () => {
    const { id, deadlines } = await join.apply(who, guild);
    const due = Date.parse(deadlines[0]!.dueAt);
    expect(await hold(AGENT, id)).toMatchObject({
      state: 'DRAFTING',
      deadlines: [],
      explanation: { text: expect.stringContaining('On hold') },
    });
    await api.pass(60 * DAY_MS);
    expect(await join.refused(guild.owner, 'acceptTerms', { requestId: id, agreementVersion: 1 })).toMatchObject({
      code: 'HELD',
    });
    const resumed = await resume(id);
    const now = (await api.clock.now()).getTime();
    const gained = Date.parse(resumed.deadlines![0]!.dueAt) - due;
    expect(Math.abs(gained - 60 * DAY_MS)).toBeLessThan(60_000);
    await api.pass(due + gained - now + 1_000);
    expect(await join.see(who.subject, id)).toMatchObject({ state: 'EXPIRED' });
  });

  test('a hold before the switch moves the switch: nobody becomes a member while the clocks stand still', async () => {
    const request = await join.settlement(who, guild);
    const due = Date.parse(request.deadlines[0]!.dueAt);
    await hold(AGENT, request.id);
    await api.pass(60 * DAY_MS);
    const resumed = await resume(request.id);
    const moved = resumed.deadlines![0]!.dueAt;
    expect(Math.abs(Date.parse(moved) - due - 60 * DAY_MS)).toBeLessThan(60_000);
    await api.pass(90 * DAY_MS);
    const { memberships } = await api.gql<{ memberships: { nodes: { startsAt: string }[] } }>(
      who.subject,
      '{ memberships { nodes { startsAt } } }',
    );
    expect(memberships.nodes).toEqual([{ startsAt: moved }]);
  });

  test('the parties may still take back, decline or revoke during a hold', async () => {
    const request = await join.signing(who, guild);
    await join.sign(who.subject, request);
    await hold(AGENT, request.id);
    expect(await join.do(who.subject, 'revokeSignature', { requestId: request.id })).toMatchObject({ state: 'SIGNING' });
    expect(await join.do(who.subject, 'withdrawRequest', { requestId: request.id })).toMatchObject({ state: 'WITHDRAWN' });
  });

  test('only support intervenes: nobody else is even told of it as an action', async () => {
    const { id } = await join.apply(who, guild);
    for (const subject of [who.subject, guild.owner, guild.finance, 'ava'])
      expect(await hold(subject, id)).toMatchObject({ __typename: 'Refusal', code: 'FORBIDDEN' });
    expect(await hold((await api.world.broadcaster()).subject, id)).toMatchObject({ code: 'NOT_FOUND' });
    const seen = await join.see(guild.owner, id);
    expect(seen.availableActions.map(({ event }) => event)).not.toContain('HOLD_REQUEST');
    expect((await join.see(AGENT, id)).availableActions.map(({ event }) => event)).toContain('HOLD_REQUEST');
  });

  test('a deadline is extended, and fires at its new instant', async () => {
    const { id, deadlines } = await join.apply(who, guild);
    const until = new Date(Date.parse(deadlines[0]!.dueAt) + 5 * DAY_MS).toISOString();
    const input = { requestId: id, deadline: 'response', until, reasonCode: 'PARTY_PREVENTED' };
    expect(await intervene(AGENT, 'extendDeadline', 'ExtendDeadlineInput', input)).toMatchObject({
      deadlines: [{ name: 'response', dueAt: until }],
    });
    expect(await intervene(AGENT, 'extendDeadline', 'ExtendDeadlineInput', input)).toMatchObject({
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'NOT_LATER', field: 'until' }],
    });
    await api.pass(Date.parse(deadlines[0]!.dueAt) - (await api.clock.now()).getTime() + DAY_MS);
    expect(await join.see(who.subject, id)).toMatchObject({ state: 'DRAFTING' });
    await api.pass(5 * DAY_MS);
    expect(await join.see(who.subject, id)).toMatchObject({ state: 'EXPIRED' });
  });

  test('a correction makes a new text and voids the signatures', async () => {
    const request = await join.coolingOff(who, guild);
    const terms = { guildSharePercent: 12, termMonths: 6 };
    const input = { requestId: request.id, terms, reasonCode: 'PLATFORM_ERROR' };
    expect(await intervene(AGENT, 'correctRequest', 'CorrectRequestInput', input)).toMatchObject({
      state: 'DRAFTING',
      agreement: { version: 2, terms: { guildSharePercent: 12 } },
    });
    expect(
      await intervene(AGENT, 'correctRequest', 'CorrectRequestInput', {
        ...input,
        terms: { guildSharePercent: 99, termMonths: 6 },
      }),
    ).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'GUILD_SHARE_TOO_HIGH', field: 'terms.guildSharePercent' }] });
  });

  test('a transition is forced by two agents, never by one', async () => {
    const { id } = await join.coolingOff(who, guild);
    const propose = (state: string) =>
      intervene(AGENT, 'proposeForcedTransition', 'ProposeForceInput', { requestId: id, state, reasonCode: 'COURT_ORDER' });
    const approve = (subject: string) =>
      intervene(subject, 'approveForcedTransition', 'InterveneInput', { requestId: id, reasonCode: 'COURT_ORDER' });
    expect(await propose('COMPLETED')).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'NOT_FORCIBLE' }] });
    expect(await propose('EXPIRED')).toMatchObject({ state: 'COOLING_OFF' });
    expect(await approve(AGENT)).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'SECOND_AGENT' }] });
    expect(await approve(secondAgent)).toMatchObject({ state: 'EXPIRED', deadlines: [] });
  });

  test('every intervention is in the history, and its comment beside it, not in it', async () => {
    const { id } = await join.apply(who, guild);
    await hold(AGENT, id);
    await resume(id);
    const { history } = await join.see(who.subject, id);
    expect(history.nodes.slice(-2)).toMatchObject([
      { event: 'HOLD_REQUEST', authority: 'SUPPORT', source: 'outside' },
      { event: 'RESUME_REQUEST', authority: 'SUPPORT', source: 'outside' },
    ]);
    const { rows } = await api.db.pool('superuser', 1).query<{ event: string; body: string }>(
      `select h.event, a.body from guildhall.annex a join guildhall.history h on h.instance_id = a.instance_id and h.seq = a.seq
         where h.event_type = 'HOLD_REQUEST' order by h.log_id desc limit 1`,
    );
    expect(rows[0]!.body).toBe('A complaint came in.');
    expect(rows[0]!.event).not.toContain('complaint');
  });
});
