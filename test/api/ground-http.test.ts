import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { post, request, SocketClient, openStream } from '../support/api-client.js';
import type { Ground } from './ground.fixture.js';
import { AUDIENCE, startGround } from './ground.fixture.js';

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.stop());

const reasonOf = async (token: string | undefined): Promise<[number, unknown, unknown]> => {
  const { status, body } = await request(ground.origin, { query: '{ hello }' }, token);
  const extensions = body.errors?.[0]?.extensions;
  return [status, extensions?.['code'], extensions?.['reason']];
};

const badTokens = async (): Promise<Record<string, string>> => {
  const { privateKey } = await generateKeyPair('ES256');
  const foreign = new SignJWT({ sub: 'ann' })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(ground.issuer.issuer)
    .setExpirationTime('1h');
  const [header, payload, signature] = ground.token.split('.') as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    TOKEN_EXPIRED: await ground.issuer.mint('ann', -10),
    TOKEN_FORGED: `${header}.${encode({ ...claims, sub: 'eve' })}.${signature}`,
    'TOKEN_FORGED by another key': await foreign.setAudience(AUDIENCE).sign(privateKey),
    'TOKEN_FORGED without a signature': `${encode({ alg: 'none' })}.${payload}.`,
    'TOKEN_FORGED with the public key as a secret': await new SignJWT({ sub: 'ann' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ground.issuer.issuer)
      .setAudience(AUDIENCE)
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode('0123456789abcdef0123456789abcdef')),
    WRONG_ISSUER: `${header}.${encode({ ...claims, iss: 'https://elsewhere.example' })}.${signature}`,
    TOKEN_MALFORMED: 'not-a-token',
  };
};

describe('tokens', () => {
  test('everything but a valid one is 401 with a reason, over every transport', async () => {
    expect(await reasonOf(ground.token)).toEqual([200, undefined, undefined]);
    expect(await reasonOf(undefined)).toEqual([401, 'UNAUTHENTICATED', 'TOKEN_MISSING']);
    for (const [name, token] of Object.entries(await badTokens())) {
      const reason = name.split(' ')[0];
      expect([name, await reasonOf(token)]).toEqual([name, [401, 'UNAUTHENTICATED', reason]]);
      const stream = await openStream(ground.origin, { query: 'subscription { ticks(count: 1) }' }, token);
      expect([stream.status, stream.refusal?.errors?.[0]?.extensions?.['reason']]).toEqual([401, reason]);
      const socket = await SocketClient.open(ground.origin);
      socket.send({ type: 'connection_init', payload: { token } });
      expect(await socket.closed).toEqual({ code: 4403, reason });
      expect(ground.log()).not.toContain(token);
    }
    expect(ground.log()).not.toContain(ground.token);
  });

  test('only the schema can be had without one', async () => {
    const ask = (query: string) => request(ground.origin, { query });
    expect((await ask('{ __schema { queryType { name } } }')).status).toBe(200);
    expect((await ask('{ __typename hello }')).status).toBe(401);
    expect((await ask('{ ...F } fragment F on Query { hello }')).status).toBe(401);
  });
});

describe('bad requests are 400s with a code', () => {
  const json = { 'content-type': 'application/json' };
  const send = async (body: string | null, headers: Record<string, string> = json): Promise<[number, unknown]> => {
    const answer = await post(`${ground.origin}/graphql`, body, { ...headers, authorization: `Bearer ${ground.token}` });
    expect(answer.text).not.toMatch(/\bat .*:\d+:\d+|node_modules/);
    return [answer.status, answer.body.errors?.[0]?.extensions?.['code']];
  };

  test.each([
    ['malformed JSON', '{"query": '],
    ['an array', '[{"query":"{ hello }"}]'],
    ['null', 'null'],
    ['a number', '1'],
    ['nothing', null],
    ['no query', '{}'],
    ['a query that is a number', '{"query":1}'],
    ['variables that are a string', '{"query":"{ hello }","variables":"{}"}'],
    ['variables that are a list', '{"query":"{ hello }","variables":[]}'],
    ['an operation name that is a list', '{"query":"{ hello }","operationName":[]}'],
    ['extensions that are a list', '{"query":"{ hello }","extensions":[]}'],
    ['a hash that is none', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"../x"}}}'],
  ])('%s', async (_name, body) => {
    expect(await send(body)).toEqual([400, 'BAD_REQUEST']);
  });

  test('a prototype in the variables is refused', async () => {
    expect(await send('{"query":"{ hello }","variables":{"__proto__":{"a":1}}}')).toEqual([400, 'BAD_REQUEST']);
  });

  test('what a page of another site could send without asking is refused', async () => {
    const body = '{"query":"{ hello }"}';
    expect((await send(body, { 'content-type': 'text/plain' }))[0]).toBe(415);
    expect((await send(body, { 'content-type': 'text/plain; application/json' }))[0]).toBe(415);
    expect((await send('query=%7Bhello%7D', { 'content-type': 'application/x-www-form-urlencoded' }))[0]).toBe(415);
    const stream = await post(`${ground.origin}/graphql/stream`, body, {
      'content-type': 'text/plain',
      accept: 'text/event-stream',
    });
    expect(stream.status).toBe(415);
    expect((await fetch(`${ground.origin}/graphql?query={hello}`)).status).toBe(405);
  });

  test('a body that is too large is 413', async () => {
    expect(await send(JSON.stringify({ query: `{ hello } #${'x'.repeat(300_000)}` }))).toEqual([413, 'OPERATION_TOO_LARGE']);
  });

  test('an unknown path is 404', async () => {
    expect((await fetch(`${ground.origin}/nowhere`)).status).toBe(404);
  });
});

describe('answers', () => {
  const ask = async (query: string, variables = {}) => request(ground.origin, { query, variables }, ground.token);

  test('what nobody expected is masked, and can be found in the log by its id', async () => {
    const { status, text, body } = await ask('{ boom hello }');
    const { code, errorId } = body.errors![0]!.extensions!;
    expect([status, code, body.data]).toEqual([200, 'INTERNAL', { boom: null, hello: 'world' }]);
    expect(text).not.toMatch(/SELECT|principal|example\.org|stack/);
    expect(ground.log()).toContain(String(errorId));
    expect(ground.log()).not.toContain('example.org');
  });

  test('a viewer transaction is opened once, at its first use, and ended, also after an error', async () => {
    const before = ground.viewers.opened;
    await ask('{ hello }');
    expect(ground.viewers.opened).toBe(before);
    expect((await ask('{ a: whoAmI b: whoAmI }')).body.data).toEqual({ a: 'ann', b: 'ann' });
    expect(ground.viewers.opened).toBe(before + 1);
    await ask('{ boom }');
    expect(ground.viewers.open_.size).toBe(0);
    ground.viewers.failToClose = true;
    expect((await ask('{ whoAmI }')).body.data).toEqual({ whoAmI: 'ann' });
    ground.viewers.failToClose = false;
  });

  test('an expected refusal is a member of the result', async () => {
    const query = `mutation R($name: String!, $key: IdempotencyKey!) { rename(name: $name, key: $key) { __typename ... on Item { name }
      ... on Refusal { code message currentState currentVersion reasons { code message field until } } } }`;
    expect((await ask(query, { name: 'new', key: 'k' })).body.data).toEqual({ rename: { __typename: 'Item', name: 'new' } });
    expect((await ask(query, { name: 'taken', key: 'k' })).body.data).toEqual({
      rename: {
        __typename: 'Refusal',
        code: 'NOT_ALLOWED',
        message: 'This name is taken.',
        currentState: 'SIGNING',
        currentVersion: 4,
        reasons: [{ code: 'NAME_TAKEN', message: 'This name is taken.', field: 'name', until: '2030-01-01T00:00:00.000Z' }],
      },
    });
    for (const key of ['', 'x'.repeat(201), 'a\nb', 'ä']) expect((await ask(query, { name: 'new', key })).status).toBe(400);
  });

  test('instants are read with any offset and written in UTC; days that do not exist are refused', async () => {
    const echo = (at: string) => ask('query E($at: DateTime!) { echo(at: $at) }', { at });
    expect((await echo('2026-11-23T10:30:00+01:00')).body.data).toEqual({ echo: '2026-11-23T09:30:00.000Z' });
    for (const at of [
      '2026-02-30T00:00:00Z',
      '2026-11-23',
      '2026-11-23T10:30:00',
      '9999-01-01T00:00:00Z',
      '2026-11-23T25:00:00Z',
    ]) {
      expect([at, (await echo(at)).status]).toEqual([at, 400]);
    }
  });

  test('a connection is walked to its end by cursors, and refuses foreign ones', async () => {
    const query =
      'query P($after: String) { items(first: 100, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }';
    const sizes: number[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const { items } = (await ask(query, { after })).body.data as {
        items: { nodes: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
      sizes.push(items.nodes.length);
      ({ hasNextPage: more, endCursor: after } = items.pageInfo);
    }
    expect(sizes).toEqual([100, 100, 50]);
    for (const bad of [
      '',
      'x',
      Buffer.from('["a"]').toString('base64url'),
      Buffer.from('[1,2]').toString('base64url'),
      'x'.repeat(700),
    ]) {
      expect((await ask(query, { after: bad })).body.errors?.[0]?.extensions?.['code']).toBe('BAD_CURSOR');
    }
  });
});
