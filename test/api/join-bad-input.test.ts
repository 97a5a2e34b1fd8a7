import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { encodeGlobalId } from '../../src/schema/index.js';
import { request as send } from '../support/api-client.js';
import { startApi, type TestApi } from '../support/api.js';
import { JoinFlow, mutations, mutationText, terms, type Mutation, type RequestAnswer } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

const secrets = /\bselect\b|\binsert\b|guildhall\.|at .*\.(ts|js):\d|node_modules|pg_|stack|constraint/i;

describe('bad input gets a clear, typed answer, and nothing changes', () => {
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

  const bodyOf = (name: Mutation, requestId: string): object => ({
    ...(name === 'requestJoin' || name === 'inviteToJoin' ? { guildId: requestId, terms } : { requestId }),
    ...(name === 'inviteToJoin' && { broadcasterHandle: who.handle }),
    ...(name === 'proposeTerms' && { terms }),
    ...(name === 'acceptTerms' && { agreementVersion: 1 }),
    ...(name === 'signAgreement' && { agreementVersion: 1, sha256: request.agreement!.sha256 }),
    ...(name === 'declineRequest' && { reasonCode: 'OTHER' }),
    ...(name === 'voidRequest' && { reasonCode: 'OTHER' }),
    ...(name === 'sendRequestEvent' && { event: 'WITHDRAW_REQUEST' }),
  });
  const onRequests = mutations.filter((name) => name !== 'requestJoin' && name !== 'inviteToJoin');
  /** Whatever is sent: JSON, no failure of the server, nothing of its inside. */
  const answer = async (subject: string, query: string, variables?: unknown) => {
    const { status, text, body } = await api.raw(subject, query, variables);
    expect(status).toBeLessThan(500);
    expect(text).not.toMatch(secrets);
    return body;
  };
  const codeOf = async (subject: string, query: string, variables?: unknown) => {
    const { data, errors } = await answer(subject, query, variables);
    return errors?.[0]?.extensions?.['code'] ?? (Object.values(data ?? {})[0] as { code?: string } | null)?.code;
  };

  const oddIds = () => ({
    unknown: encodeGlobalId('Request', uuidv7()),
    'of another type': encodeGlobalId('Membership', uuidv7()),
    'a plain uuid': uuidv7(),
    empty: '',
    'not base64': '💥 or 1=1 --',
    'very long': 'x'.repeat(5_000),
  });

  test.each(onRequests)('%s answers NOT_FOUND to unknown, mistyped and malformed ids', async (name) => {
    for (const [what, id] of Object.entries(oddIds())) {
      expect([what, await codeOf(who.subject, mutationText(name), { input: bodyOf(name, id) })]).toEqual([what, 'NOT_FOUND']);
    }
  });

  test.each(onRequests)('%s tells the owner of another guild exactly what it tells about an unknown id', async (name) => {
    const unknown = await answer('olivia', mutationText(name), { input: bodyOf(name, encodeGlobalId('Request', uuidv7())) });
    for (const stranger of ['olivia', 'bela', 'fiona']) {
      expect(await answer(stranger, mutationText(name), { input: bodyOf(name, request.id) })).toEqual(unknown);
    }
    const versioned = { ...bodyOf(name, request.id), expectedVersion: 1, idempotencyKey: 'k' };
    expect(await answer('olivia', mutationText(name), { input: versioned })).toEqual(unknown);
  });

  test('queries answer null to them all', async () => {
    const node = 'query ($id: ID!) { node(id: $id) { id } }';
    for (const id of [...Object.values(oddIds()), request.id])
      expect(await answer('olivia', node, { id })).toEqual({ data: { node: null } });
    expect(await answer(who.subject, node, { id: request.id })).toEqual({ data: { node: { id: request.id } } });
    for (const id of [...Object.values(oddIds()), request.id]) {
      expect(await answer('olivia', 'query ($id: ID!) { request(id: $id) { id } }', { id })).toEqual({ data: { request: null } });
    }
    expect(await answer(who.subject, 'query ($id: ID!) { guild(id: $id) { id } }', { id: request.id })).toEqual({
      data: { guild: null },
    });
    const listed = await answer('olivia', 'query ($id: ID!) { requests(guildId: $id) { nodes { id } } }', { id: guild.id });
    expect(listed).toEqual({ data: { requests: { nodes: [] } } });
    const mistyped = await answer(who.subject, 'query ($id: ID!) { requests(guildId: $id) { nodes { id } } }', {
      id: request.id,
    });
    expect(mistyped).toEqual({ data: { requests: { nodes: [] } } });
  });

  test('opening a request for a guild or a broadcaster that does not exist, or for a party that one is not', async () => {
    for (const id of [encodeGlobalId('Guild', uuidv7()), request.id, 'nonsense']) {
      expect(await codeOf(who.subject, mutationText('requestJoin'), { input: bodyOf('requestJoin', id) })).toBe('NOT_FOUND');
      expect(await codeOf(guild.owner, mutationText('inviteToJoin'), { input: bodyOf('inviteToJoin', id) })).toBe('NOT_FOUND');
    }
    const nobody = { guildId: guild.id, broadcasterHandle: `nobody's handle`, terms };
    expect(await codeOf(guild.owner, mutationText('inviteToJoin'), { input: nobody })).toBe('NOT_FOUND');
    expect(await codeOf(guild.owner, mutationText('inviteToJoin'), { input: { ...nobody, broadcasterHandle: 'a\u0000b' } })).toBe(
      'NOT_FOUND',
    );
    expect(await codeOf(guild.owner, mutationText('requestJoin'), { input: bodyOf('requestJoin', guild.id) })).toBe('FORBIDDEN');
    for (const stranger of ['olivia', guild.finance, who.subject, 'ava']) {
      expect([
        stranger,
        await codeOf(stranger, mutationText('inviteToJoin'), { input: bodyOf('inviteToJoin', guild.id) }),
      ]).toEqual([stranger, 'FORBIDDEN']);
    }
  });

  test('a wrong state, a stale version and another text are told with where the request is', async () => {
    const wrong = await join.refused(who.subject, 'acceptTerms', { requestId: request.id, agreementVersion: 1 });
    expect(wrong).toMatchObject({ code: 'WRONG_STATE', currentState: 'SIGNING', currentVersion: request.version });
    const stale = await join.refused(who.subject, 'withdrawRequest', { requestId: request.id, expectedVersion: 1 });
    expect(stale).toMatchObject({ code: 'STALE_VERSION', currentState: 'SIGNING', currentVersion: request.version });
    const signing = { requestId: request.id, agreementVersion: 1, sha256: 'a'.repeat(64) };
    const other = await join.refused(who.subject, 'signAgreement', signing);
    expect(other).toMatchObject({
      code: 'NOT_ALLOWED',
      currentState: 'SIGNING',
      reasons: [{ code: 'DIFFERENT_AGREEMENT', field: 'sha256' }],
    });
    const outdated = await join.refused(who.subject, 'signAgreement', {
      ...signing,
      agreementVersion: 2,
      sha256: request.agreement!.sha256,
    });
    expect(outdated.reasons).toMatchObject([{ code: 'OUTDATED_VERSION' }]);
    expect((await join.see(who.subject, request.id)).version).toBe(request.version);
  });

  test('the same key gives the same answer and one request; with another body it is refused', async () => {
    const applicant = await api.world.broadcaster();
    const input = { guildId: guild.id, terms, idempotencyKey: 'apply-1' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => join.do(applicant.subject, 'requestJoin', input)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    const other = await join.refused(applicant.subject, 'requestJoin', { ...input, terms: { ...terms, termMonths: 7 } });
    expect(other.code).toBe('KEY_REUSED');
    // A key is its owner's: the same one of another person is another.
    const neighbour = await api.world.broadcaster();
    expect((await join.do(neighbour.subject, 'requestJoin', input)).id).not.toBe(answers[0]!.id);
    const { id } = answers[0]!;
    const withdrawal = { requestId: id, idempotencyKey: 'withdraw-1' };
    const first = await join.do(applicant.subject, 'withdrawRequest', withdrawal);
    expect(await join.do(applicant.subject, 'withdrawRequest', withdrawal)).toEqual(first);
    expect((await join.refused(applicant.subject, 'withdrawRequest', { ...withdrawal, expectedVersion: 3 })).code).toBe(
      'KEY_REUSED',
    );
    expect((await join.refused(applicant.subject, 'withdrawRequest', { requestId: id })).code).toBe('FINAL');
  });

  test('a token that is missing, expired, forged, nonsense or of nobody is UNAUTHENTICATED', async () => {
    const query = '{ viewer { platformRole } }';
    const [gone, forged, nobody] = await Promise.all([
      api.token('olivia', -10),
      api.forgedToken('olivia'),
      api.token('nobody-at-all'),
    ]);
    for (const token of [undefined, gone, forged, nobody, 'nonsense', 'a.b.c']) {
      const { status, text, body } = await send(api.origin, { query }, token);
      expect(body.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
      expect(status).toBeLessThan(500);
      expect(text).not.toMatch(secrets);
    }
    await api.world.owner.query(`update guildhall.principal set disabled_at = now() where subject = 'pia'`);
    expect(await codeOf('pia', query)).toBe('UNAUTHENTICATED');
    expect(await codeOf('pia', mutationText('withdrawRequest'), { input: { requestId: request.id } })).toMatch(
      /UNAUTHENTICATED|NOT_FOUND/,
    );
  });

  test.each<[string, string, unknown]>([
    ['no variables', mutationText('signAgreement'), undefined],
    ['an input of null', mutationText('signAgreement'), { input: null }],
    ['a list for variables', mutationText('signAgreement'), []],
    ['a field that does not exist', mutationText('withdrawRequest'), { input: { requestId: 'x', force: true } }],
    ['a text for a number', mutationText('acceptTerms'), { input: { requestId: 'x', agreementVersion: '1' } }],
    ['a number beyond Int', mutationText('acceptTerms'), { input: { requestId: 'x', agreementVersion: 2 ** 40 } }],
    [
      'a hash that is none',
      mutationText('signAgreement'),
      { input: { requestId: 'x', agreementVersion: 1, sha256: 'A'.repeat(64) } },
    ],
    ['a key that is too long', mutationText('withdrawRequest'), { input: { requestId: 'x', idempotencyKey: 'k'.repeat(201) } }],
    [
      'an instant that does not exist',
      mutationText('proposeTerms'),
      { input: { requestId: 'x', terms: { ...terms, startAt: '2026-02-31T00:00:00Z' } } },
    ],
    ['an unknown reason', mutationText('voidRequest'), { input: { requestId: 'x', reasonCode: 'BECAUSE' } }],
    ['a page that is too long', '{ requests(first: 1000) { nodes { id } } }', undefined],
    ['a page of nothing', '{ requests(first: 0) { nodes { id } } }', undefined],
    ['a cursor of nobody', '{ requests(after: "nonsense") { nodes { id } } }', undefined],
  ])('malformed variables: %s', async (_what, query, variables) => {
    expect(await codeOf(who.subject, query, variables)).toMatch(
      /^(BAD_USER_INPUT|BAD_REQUEST|BAD_CURSOR|GRAPHQL_VALIDATION_FAILED)$/,
    );
  });

  test('events that are unknown, of the system or with a wrong input are refused by the generic mutation', async () => {
    const event = async (name: string, input?: object) =>
      codeOf(who.subject, mutationText('sendRequestEvent'), { input: { requestId: request.id, event: name, input } });
    for (const name of [
      'NO_SUCH_EVENT',
      'xstate.init',
      'xstate.after.signatureWindow.JOIN.signing',
      '__proto__',
      'constructor',
      '',
    ]) {
      expect([name, await event(name)]).toEqual([name, 'UNKNOWN_EVENT']);
    }
    for (const name of ['AGREEMENT_RENDERED', 'SWITCHED', 'SWITCH_REFUSED'])
      expect([name, await event(name)]).toEqual([name, 'FORBIDDEN']);
    expect(await event('SIGN_AGREEMENT', { version: 1 })).toBe('INVALID_INPUT');
    expect(
      await event('WITHDRAW_REQUEST', {
        actor: { id: 'me', authorities: ['SUPPORT'] },
        at: '2000-01-01T00:00:00Z',
        type: 'VOID_REQUEST',
        extra: 1,
      }),
    ).toBe('INVALID_INPUT');
    expect((await join.see(who.subject, request.id)).version).toBe(request.version);
  });

  test('a comment that is too long is refused, one that SQL or XML would stumble over is taken', async () => {
    const { id } = await join.apply(await api.world.broadcaster(), guild);
    const body = { requestId: id, reasonCode: 'OTHER' };
    expect((await join.refused('sam', 'voidRequest', { ...body, comment: 'x'.repeat(2_001) })).code).toBe('INVALID_INPUT');
    expect(await codeOf('sam', mutationText('voidRequest'), { input: { ...body, comment: 'a\u0000b' } })).toBe('INVALID_INPUT');
    expect((await join.do('sam', 'voidRequest', { ...body, comment: `'); drop table "guild"; -- <b>&\ud83d\udca5` })).state).toBe(
      'VOIDED',
    );
  });

  test('operations that are too deep or too costly are refused before anything is read', async () => {
    // The schema's data does not nest any deeper than the limit; its introspection does, and has a bound of its own.
    const deep = `{ __schema { types { ${'fields { type { '.repeat(6)} name ${'} } '.repeat(6)} } } }`;
    expect(await codeOf(who.subject, deep)).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await codeOf(who.subject, '{ requests(first: 100) { nodes { history(first: 100) { nodes { event } } } } }')).toBe(
      'TOO_COSTLY',
    );
    const aliases = Array.from({ length: 31 }, (_, index) => `a${String(index)}: viewer { platformRole }`).join(' ');
    expect(await codeOf(who.subject, `{ ${aliases} }`)).toMatch(/TOO_MANY/);
  });

  test('the log of all this holds no handle, no name, no token and no comment', () => {
    expect(api.log()).not.toMatch(/-handle|Staffname|Realname|drop table|eyJ/);
  });
});
