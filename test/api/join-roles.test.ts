import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { JoinFlow, type RequestAnswer } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

/** What support may do in any running request. */
const INTERVENTIONS = ['EXTEND_DEADLINE', 'HOLD_REQUEST', 'PROPOSE_FORCE'];

describe('what each role is shown of a request', () => {
  let api: TestApi;
  let join: JoinFlow;
  let guild: TestGuild;
  let who: TestBroadcaster;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    guild = await api.world.guild();
  });
  afterAll(() => api.stop());

  const allowed = ({ availableActions }: RequestAnswer) =>
    availableActions
      .filter((action) => action.allowed)
      .map(({ event }) => event)
      .sort();
  const refused = ({ availableActions }: RequestAnswer) =>
    Object.fromEntries(
      availableActions.filter((action) => !action.allowed).map(({ event, reasons }) => [event, reasons.map(({ code }) => code)]),
    );
  const everyone = async (id: string) => {
    const [broadcaster, owner, agent, finance, support, auditor] = await Promise.all(
      [who.subject, guild.owner, guild.agent, guild.finance, 'sam', 'ava'].map((subject) => join.see(subject, id)),
    );
    return { broadcaster: broadcaster!, owner: owner!, agent: agent!, finance: finance!, support: support!, auditor: auditor! };
  };

  test('while drafting: the asked guild may answer, the applicant may withdraw, support may void, finance and auditor may nothing', async () => {
    who = await api.world.broadcaster();
    const { id } = await join.apply(who, guild);
    const seen = await everyone(id);
    expect(allowed(seen.broadcaster)).toEqual(['WITHDRAW_REQUEST']);
    expect(refused(seen.broadcaster)).toEqual({
      ACCEPT_TERMS: ['OWN_PROPOSAL'],
      PROPOSE_TERMS: ['OWN_PROPOSAL'],
      DECLINE_REQUEST: ['ONLY_ASKED_PARTY'],
    });
    for (const staff of [seen.owner, seen.agent]) {
      expect(allowed(staff)).toEqual(['ACCEPT_TERMS', 'DECLINE_REQUEST', 'PROPOSE_TERMS']);
      expect(refused(staff)).toEqual({ WITHDRAW_REQUEST: ['ONLY_INITIATOR'] });
    }
    expect(allowed(seen.support)).toEqual(['CORRECT_REQUEST', ...INTERVENTIONS, 'VOID_REQUEST']);
    expect([seen.finance.availableActions, seen.auditor.availableActions]).toEqual([[], []]);
  });

  test('while signing: each party may sign once; finance sees the agreement and may not sign it', async () => {
    who = await api.world.broadcaster();
    const request = await join.signing(who, guild);
    await join.sign(guild.owner, request);
    const seen = await everyone(request.id);
    expect(allowed(seen.broadcaster)).toEqual(['PROPOSE_TERMS', 'SIGN_AGREEMENT', 'WITHDRAW_REQUEST']);
    expect(refused(seen.broadcaster)).toMatchObject({ REVOKE_SIGNATURE: ['NOT_SIGNED'] });
    expect(allowed(seen.agent)).toEqual(['DECLINE_REQUEST', 'PROPOSE_TERMS', 'REVOKE_SIGNATURE']);
    expect(refused(seen.agent)).toMatchObject({ SIGN_AGREEMENT: ['ALREADY_SIGNED'] });
    expect(seen.finance.agreement).toEqual(seen.owner.agreement);
    const signing = { requestId: request.id, agreementVersion: 1, sha256: request.agreement!.sha256 };
    for (const subject of [guild.finance, 'sam', 'ava', 'pia']) {
      const answer = await join.refused(subject, 'signAgreement', signing);
      // Support signs for the platform, where the platform has to consent: not here.
      expect([subject, answer.code]).toEqual([subject, subject === 'sam' ? 'NOT_ALLOWED' : 'FORBIDDEN']);
    }
  });

  test('in cooling-off: the broadcaster alone may withdraw, and after the end nobody may anything', async () => {
    who = await api.world.broadcaster();
    const { id } = await join.coolingOff(who, guild);
    const seen = await everyone(id);
    expect(allowed(seen.broadcaster)).toEqual(['REQUEST_EARLY_START', 'WITHDRAW_REQUEST']);
    expect(refused(seen.owner)).toEqual({ WITHDRAW_REQUEST: ['ONLY_PROTECTED_PARTY'] });
    expect(allowed(seen.support)).toEqual(['CORRECT_REQUEST', ...INTERVENTIONS, 'VOID_REQUEST']);
    await join.do('sam', 'voidRequest', { requestId: id, reasonCode: 'DUPLICATE' });
    for (const view of Object.values(await everyone(id))) {
      expect(view).toMatchObject({ state: 'VOIDED', availableActions: [], deadlines: [], explanation: { awaits: [], by: null } });
    }
  });

  test('deadlines, explanation, history and agreement are the same for all who may see the request', async () => {
    who = await api.world.broadcaster();
    const { id } = await join.apply(who, guild);
    const common = ({ availableActions: _own, ...rest }: RequestAnswer) => rest;
    const { broadcaster, ...others } = await everyone(id);
    for (const view of Object.values(others)) expect(common(view)).toEqual(common(broadcaster));
    expect(broadcaster.explanation).toMatchObject({
      awaits: ['GUILD'],
      by: broadcaster.deadlines[0]!.dueAt,
      silence: broadcaster.deadlines[0]!.silence,
    });
    expect(broadcaster.explanation.text).toContain('Waiting for the guild');
    expect(broadcaster.agreement!.text).toContain(who.handle);
    expect(broadcaster.deadlines[0]!.silence).toContain('Expired');
  });

  test('an action that is shown as allowed carries the deadline, and the schema of its input', async () => {
    who = await api.world.broadcaster();
    const { id, deadlines } = await join.signing(who, guild);
    const query = 'query ($id: ID!) { request(id: $id) { availableActions { event deadline input } } }';
    const { request } = await api.gql<{ request: { availableActions: { event: string; deadline: string; input: object }[] } }>(
      who.subject,
      query,
      { id },
    );
    const action = request.availableActions.find(({ event }) => event === 'SIGN_AGREEMENT');
    expect(action).toMatchObject({
      deadline: deadlines[0]!.dueAt,
      input: { type: 'object', required: ['sha256', 'version'], additionalProperties: false },
    });
  });

  test('an owner who is also the broadcaster has to say for which side they act', async () => {
    who = await api.world.broadcaster();
    await api.world.owner.query(
      `insert into guildhall.guild_staff (guild_id, principal_id, role, since) values ($1, $2, 'OWNER', now())`,
      [guild.uuid, who.principalUuid],
    );
    const request = await join.apply(who, guild);
    const body = { requestId: request.id, agreementVersion: 1 };
    expect((await join.refused(who.subject, 'acceptTerms', body)).reasons).toMatchObject([{ code: 'AMBIGUOUS_PARTY' }]);
    expect((await join.refused(who.subject, 'acceptTerms', { ...body, actingAs: 'BROADCASTER' })).reasons).toMatchObject([
      { code: 'OWN_PROPOSAL' },
    ]);
    expect(await join.do(who.subject, 'acceptTerms', { ...body, actingAs: 'GUILD' })).toMatchObject({ state: 'SIGNING' });
  });
});
