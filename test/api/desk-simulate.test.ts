import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { JoinFlow, type RequestAnswer } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

interface Simulated {
  readonly accepted: boolean;
  readonly authorities: readonly string[];
  readonly code: string | null;
  readonly reasons: readonly { readonly code: string }[];
  readonly state: string | null;
  readonly explanation: { readonly text: string; readonly awaits: readonly string[] } | null;
  readonly deadlinesArmed: readonly { readonly name: string; readonly dueAt: string }[];
  readonly deadlinesTakenDown: readonly { readonly name: string; readonly dueAt: string }[];
  readonly effects: readonly { readonly type: string; readonly mode: string; readonly params: object | null }[];
}

const query = `query ($id: ID!, $event: String!, $input: JSON, $as: String) { simulateEvent(requestId: $id, event: $event, input: $input, as: $as) {
  accepted authorities code reasons { code } state explanation { text awaits } deadlinesArmed { name dueAt } deadlinesTakenDown { name dueAt }
  effects { type mode params } } }`;

describe('simulating an event', () => {
  let api: TestApi;
  let join: JoinFlow;
  let guild: TestGuild;
  let who: TestBroadcaster;
  let request: RequestAnswer;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    guild = await api.world.guild();
    who = await api.world.broadcaster();
    request = await join.signing(who, guild);
  });
  afterAll(() => api.stop());

  const ask = async (subject: string, event: string, more: { input?: object; as?: string } = {}, id = request.id) =>
    (await api.gql<{ simulateEvent: Simulated | null }>(subject, query, { id, event, ...more })).simulateEvent;
  const signature = () => ({ version: 1, sha256: request.agreement!.sha256 });
  const everything = async () => {
    const tables = ['instance', 'history', 'timer', 'delivery', 'idempotency', 'annex'];
    const counts = tables.map((table) => `select count(*)::int, coalesce(max(md5(t::text)), '') from guildhall.${table} t`);
    return (await api.db.pool('superuser', 1).query<object>(counts.join(' union all '))).rows;
  };

  test('of a party: what would follow, with the deadlines and effects; and nothing is written', async () => {
    await api.pass(0);
    const before = await everything();
    const first = await ask(who.subject, 'SIGN_AGREEMENT', { input: signature() });
    expect(first).toMatchObject({
      accepted: true,
      authorities: ['BROADCASTER'],
      state: 'SIGNING',
      deadlinesArmed: [],
      code: null,
    });
    expect(first!.explanation!.awaits).toEqual(['GUILD']);
    expect(first!.effects).toEqual([{ type: 'notifyParties', mode: 'delivery', params: null }]);
    const refused = await ask(who.subject, 'SIGN_AGREEMENT', { input: { ...signature(), sha256: 'f'.repeat(64) } });
    expect(refused).toMatchObject({ accepted: false, code: 'NOT_ALLOWED', state: null, explanation: null });
    expect(refused!.reasons.length).toBeGreaterThan(0);
    expect(await ask(who.subject, 'VOID_REQUEST', { input: { reasonCode: 'FRAUD' } })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await ask(who.subject, 'NO_SUCH_EVENT')).toMatchObject({ code: 'UNKNOWN_EVENT' });
    expect(await everything()).toEqual(before);
  });

  test('of support as anybody: the last signature would end one clock and begin another, as it then does', async () => {
    await join.sign(who.subject, request);
    expect(await ask('sam', 'SIGN_AGREEMENT', { input: signature() })).toMatchObject({
      code: 'NOT_ALLOWED',
      authorities: ['SUPPORT'],
    });
    const simulated = await ask('sam', 'SIGN_AGREEMENT', { input: signature(), as: 'GUILD_AGENT' });
    expect(simulated).toMatchObject({
      accepted: true,
      state: 'COOLING_OFF',
      deadlinesArmed: [{ name: 'coolingOffEnd' }],
      deadlinesTakenDown: [{ name: 'signatureWindow', dueAt: request.deadlines[0]!.dueAt }],
    });
    expect(simulated!.effects.map(({ params }) => params)).not.toContain(null);
    const real = await join.sign(guild.agent, request);
    expect(real).toMatchObject({ state: 'COOLING_OFF', explanation: { text: simulated!.explanation!.text } });
    expect(real.deadlines.map(({ name, dueAt }) => ({ name, dueAt }))).toEqual(simulated!.deadlinesArmed);
  });

  test('is for those who see the request, each with their own authority', async () => {
    const other = await api.world.broadcaster();
    expect(await ask(other.subject, 'WITHDRAW_REQUEST')).toBeNull();
    expect(await ask('sam', 'WITHDRAW_REQUEST', {}, guild.id)).toBeNull();
    expect(await ask('ava', 'WITHDRAW_REQUEST')).toMatchObject({ accepted: false, code: 'FORBIDDEN', authorities: ['AUDITOR'] });
    expect(await ask(guild.finance, 'WITHDRAW_REQUEST')).toMatchObject({ code: 'FORBIDDEN', authorities: ['GUILD_FINANCE'] });
    for (const subject of ['ava', who.subject]) {
      const { body } = await api.raw(subject, query, { id: request.id, event: 'VOID_REQUEST', as: 'SUPPORT' });
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  test('explainCase tells for each side what it could do now, and why not', async () => {
    const asked = `query ($id: ID!) { explainCase(requestId: $id) { state explanation { text } deadlines { name }
      parties { party title awaited actions { event allowed reasons { code } } } } }`;
    const { explainCase } = await api.gql<{
      explainCase: {
        state: string;
        deadlines: { name: string }[];
        parties: {
          party: string;
          awaited: boolean;
          actions: { event: string; allowed: boolean; reasons: { code: string }[] }[];
        }[];
      };
    }>('ava', asked, { id: request.id });
    expect(explainCase).toMatchObject({ state: 'COOLING_OFF', deadlines: [{ name: 'coolingOffEnd' }] });
    const of = (party: string, event: string) =>
      explainCase.parties.find((one) => one.party === party)?.actions.find((action) => action.event === event);
    expect(of('BROADCASTER', 'WITHDRAW_REQUEST')).toMatchObject({ allowed: true, reasons: [] });
    expect(of('GUILD', 'WITHDRAW_REQUEST')).toMatchObject({ allowed: false, reasons: [{ code: 'ONLY_PROTECTED_PARTY' }] });
    expect(of('PLATFORM', 'VOID_REQUEST')).toMatchObject({ allowed: true });
    expect((await api.raw(who.subject, asked, { id: request.id })).body.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
