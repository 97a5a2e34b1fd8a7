import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { post } from '../support/api-client.js';
import { assertInvariants } from '../support/invariants.js';
import { ProofFlow } from '../support/proof-flow.js';
import { JoinFlow, type RequestAnswer } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

interface Act {
  readonly operation: string;
  readonly amr: string[];
  readonly origin: { address: string; agent: string; subject: string; requestId: string } | null;
  readonly [field: string]: unknown;
}

const fields = `actorId operation issuer method amr acr authenticatedAt consent { textId version locale sha256 } shownSha256
  signatureLevel signatureMethod bulkOperationId origin { subject address agent requestId credentialId } erasedAt sha256`;
const query = `query ($id: ID!) { request(id: $id) { history(first: 50) { nodes { version event act { ${fields} } } } } }`;

describe('The record of an act', () => {
  let api: TestApi;
  let join: JoinFlow;
  let guild: TestGuild;
  let who: TestBroadcaster;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    guild = await api.world.guild();
    who = await api.world.broadcaster();
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  async function acts(subject: string, id: string): Promise<Record<string, Act | null>> {
    const data = await api.gql<{ request: { history: { nodes: { version: number; event: string; act: Act | null }[] } } }>(
      subject,
      query,
      { id },
    );
    return Object.fromEntries(data.request.history.nodes.map(({ version, event, act }) => [`${version} ${event}`, act]));
  }

  const sign = (request: RequestAnswer, token: string, headers: Record<string, string>, more: object = {}, origin = api.origin) =>
    post(
      `${origin}/graphql`,
      JSON.stringify({
        query: `mutation ($input: SignAgreementInput!) { signAgreement(input: $input) { ... on Request { version } ... on Refusal { code } } }`,
        variables: {
          input: {
            requestId: request.id,
            agreementVersion: request.agreement!.version,
            sha256: request.agreement!.sha256,
            ...more,
          },
        },
      }),
      { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    );

  test('says who, when, how authenticated, under which words, over what, from where and with what', async () => {
    const words = await new ProofFlow(api).consent(who.subject, 'zh-CN');
    const request = await join.signing(who, guild);
    const token = await api.token(who.subject, 600, { amr: ['pwd', 'otp'], acr: 'urn:loa:2', auth_time: 1_760_000_000 });
    const answer = await sign(
      request,
      token,
      { 'user-agent': 'A'.repeat(1_000), 'x-forwarded-for': '203.0.113.9' },
      { proof: { consent: words } },
    );
    const { version } = answer.body.data!['signAgreement'] as { version: number };
    const own = (await acts(who.subject, request.id))[`${version} SIGN_AGREEMENT`]!;
    expect(own).toEqual({
      actorId: expect.any(String) as unknown,
      operation: 'signAgreement',
      issuer: 'urn:guildhall:development',
      method: 'bearer',
      amr: ['pwd', 'otp'],
      acr: 'urn:loa:2',
      authenticatedAt: '2025-10-09T08:53:20.000Z',
      consent: { textId: expect.stringMatching(/^[A-Z_]+$/) as unknown, version: 1, locale: 'zh-CN', sha256: words.sha256 },
      shownSha256: request.agreement!.sha256,
      signatureLevel: 'CONSENT_AND_CLICK',
      signatureMethod: 'CLICK',
      bulkOperationId: null,
      origin: {
        subject: who.subject,
        // Not what the client says about where it is.
        address: '127.0.0.1',
        agent: 'A'.repeat(256),
        requestId: answer.headers.get('x-request-id'),
        credentialId: null,
      },
      erasedAt: null,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
  });

  test('is shown to the other party without where it came from, and whole to the platform', async () => {
    const other = await api.world.guild();
    const request = await join.signing(who, other);
    const { version } = await join.sign(who.subject, request);
    const at = `${version} SIGN_AGREEMENT`;
    const own = (await acts(who.subject, request.id))[at]!;
    expect(own.origin?.address).toBe('127.0.0.1');
    for (const subject of ['sam', await api.world.platform('AUDITOR')]) {
      expect((await acts(subject, request.id))[at]).toEqual(own);
    }
    const theirs = (await acts(other.owner, request.id))[at]!;
    expect(theirs).toEqual({ ...own, origin: null });
    expect((await acts(other.owner, request.id))['3 ACCEPT_TERMS']!.origin?.subject).toBe(other.owner);
  });

  test('is there for every step of a person and for no other', async () => {
    const theirs = await api.world.guild();
    const request = await join.coolingOff(await api.world.broadcaster(), theirs);
    const seen = await acts(theirs.owner, request.id);
    const told = Object.fromEntries(
      Object.entries(seen).map(([name, act]) => [name, act && [act.operation, act.origin !== null]]),
    );
    expect(told).toEqual({
      '1 START': ['requestJoin', false],
      '2 AGREEMENT_RENDERED': null,
      '3 ACCEPT_TERMS': ['acceptTerms', true],
      '4 SIGN_AGREEMENT': ['signAgreement', false],
      '5 SIGN_AGREEMENT': ['signAgreement', true],
    });
  });

  test('names no words that do not exist, and cannot be brought along', async () => {
    const request = await join.signing(who, await api.world.guild());
    const token = await api.token(who.subject);
    const words = { ...(await new ProofFlow(api).consent(who.subject)), sha256: 'f'.repeat(64) };
    const unknown = await sign(request, token, {}, { proof: { consent: words } });
    expect(unknown.body.data!['signAgreement']).toEqual({ code: 'DIFFERENT_CONSENT_TEXT' });
    const brought = await join.do(who.subject, 'sendRequestEvent', {
      requestId: request.id,
      event: 'SIGN_AGREEMENT',
      input: { version: 1, sha256: request.agreement!.sha256, act: 'f'.repeat(64) },
    });
    const act = (await acts(who.subject, request.id))[`${brought.version} SIGN_AGREEMENT`]!;
    expect(act).toMatchObject({ operation: 'sendRequestEvent', consent: null });
    expect(act['sha256']).not.toBe('f'.repeat(64));
  });

  test('of bulk work names the operation that was set off', async () => {
    const request = await join.apply(await api.world.broadcaster(), await api.world.guild());
    const { bulkCaseAction } = await api.gql<{ bulkCaseAction: { id: string } }>(
      'sam',
      'mutation ($input: BulkCaseActionInput!) { bulkCaseAction(input: $input) { ... on BulkOperation { id } } }',
      { input: { action: 'VOID', reasonCode: 'PLATFORM_ERROR', requestIds: [request.id] } },
    );
    await api.pass(0);
    const act = (await acts('sam', request.id))['3 VOID_REQUEST']!;
    expect(act).toMatchObject({ operation: 'bulk', bulkOperationId: bulkCaseAction.id, issuer: null, method: null });
  });

  test('believes a proxy only when it is one of ours', async () => {
    const behind = await api.another({ trustedProxies: ['127.0.0.0/8'] });
    try {
      const request = await join.signing(who, await api.world.guild());
      const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' };
      const answer = await sign(request, await api.token(who.subject), headers, {}, behind.origin);
      const { version } = answer.body.data!['signAgreement'] as { version: number };
      const act = (await acts(who.subject, request.id))[`${version} SIGN_AGREEMENT`]!;
      // The last one that a proxy of ours has seen; what stands before it anybody can have written.
      expect(act.origin!.address).toBe('203.0.113.9');
    } finally {
      await behind.stop();
    }
  });

  test('is changed, deleted or emptied by nobody', async () => {
    const owner = api.db.pool('owner', 1);
    for (const [statement, role] of [
      [`update guildhall.act set body = '{}'`, 'engine'],
      ['delete from guildhall.act', 'engine'],
      ['truncate guildhall.act', 'engine'],
      ['select details from guildhall.act', 'app'],
    ] as const) {
      await expect(api.db.pool(role, 1).query(statement)).rejects.toMatchObject({ code: '42501' });
    }
    for (const statement of [
      `update guildhall.act set body = '{}'`,
      `update guildhall.act set details = '{}'`,
      `update guildhall.act set details = null, salt = null, erased_at = now(), body = '{}'`,
      `update guildhall.act set details_hash = ''`,
      'delete from guildhall.act',
      'truncate guildhall.act',
    ]) {
      await expect(owner.query(statement)).rejects.toMatchObject({ code: '23001', message: 'act is append-only' });
    }
  });
});
