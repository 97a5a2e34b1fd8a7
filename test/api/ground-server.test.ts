import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DevelopmentIssuer, TokenVerifier } from '../../src/identity/index.js';
import { decodeGlobalId, encodeGlobalId, parseGlobalId } from '../../src/schema/index.js';
import { openStream, request, SocketClient } from '../support/api-client.js';
import { AUDIENCE, Gate, startGround } from './ground.fixture.js';

test('a stop finishes what is being executed and ends every subscription, quickly', async () => {
  const ground = await startGround();
  const running = request(ground.origin, { query: '{ slow }' }, ground.token);
  const socket = await SocketClient.connect(ground.origin, ground.token);
  socket.subscribe('a', { query: 'subscription { ticks(count: 1) }' });
  await socket.next();
  const stream = await openStream(ground.origin, { query: 'subscription { ticks(count: 1) }' }, ground.token);
  await stream.events.next();
  await ground.resolver.gate.reached;

  const began = performance.now();
  const stopped = ground.server.close();
  expect(await socket.closed).toEqual({ code: 1001, reason: 'Going away' });
  expect(JSON.stringify((await stream.events.next()).value)).toContain('UNAVAILABLE');
  expect((await stream.events.next()).value).toEqual({ event: 'complete', data: null });
  ground.resolver.gate.open();
  expect((await running).body.data).toEqual({ slow: 'done' });
  await stopped;
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(ground.resolver.sourcesEnded).toBe(2);
  expect(ground.viewers.open_.size).toBe(0);
  await ground.stop();
  await expect(request(ground.origin, { query: '{ hello }' })).rejects.toThrow();
});

test('a stop does not wait for an operation that never ends', async () => {
  const ground = await startGround();
  ground.resolver.gate = new Gate();
  const running = request(ground.origin, { query: '{ slow }' }, ground.token).catch(() => 'cut off');
  await ground.resolver.gate.reached;
  const began = performance.now();
  await ground.stop();
  expect(await running).toBe('cut off');
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('readiness follows its checks and tells strangers no reasons; health does not depend on them', async () => {
  let lag: number | undefined = 3;
  const ground = await startGround({
    readiness: {
      tail: async () => {
        if (lag === undefined) throw new Error('connect ECONNREFUSED db.internal:5432');
        return { lagMs: lag };
      },
    },
  });
  const ready = await fetch(`${ground.origin}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', checks: { tail: { ok: true, lagMs: 3 } } }]);
  lag = undefined;
  const notReady = await fetch(`${ground.origin}/readyz`);
  expect([notReady.status, await notReady.json()]).toEqual([503, { status: 'not ready', checks: { tail: { ok: false } } }]);
  expect((await fetch(`${ground.origin}/healthz`)).status).toBe(200);
  await ground.stop();
});

test('metrics are by root field and route, never by what a client makes up', async () => {
  const ground = await startGround();
  await request(ground.origin, { query: 'query MadeUp { hello }' }, ground.token);
  await fetch(`${ground.origin}/made-up`);
  const metrics = await (await fetch(`${ground.origin}/metrics`)).text();
  expect(metrics).toMatch(
    /graphql_operation_duration_seconds_count\{transport="http",kind="query",field="hello",outcome="ok"\} 1/,
  );
  expect(metrics).toMatch(/http_request_duration_seconds_count\{route="\/graphql",method="POST",status="200"\} 1/);
  expect(metrics).not.toMatch(/MadeUp|made-up/);
  await ground.stop();
});

test('GraphiQL loads nothing from elsewhere, by its policy', async () => {
  const ground = await startGround();
  const response = await fetch(`${ground.origin}/graphiql`);
  const html = await response.text();
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/default-src 'none'; script-src 'sha256-[^']+'/);
  expect(policy).not.toMatch(/https?:|unsafe-eval|\*/);
  expect(html).toContain('GRAPHQL_SSE');
  expect(html).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="(https?:)?\/\//);
  await ground.stop();
  const without = await startGround({ graphiql: false });
  expect((await fetch(`${without.origin}/graphiql`)).status).toBe(404);
  await without.stop();
}, 60_000);

test('the development issuer keeps one key, and does not exist in production', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-issuer-'));
  const options = { dataDir, audience: AUDIENCE, production: false };
  await expect(DevelopmentIssuer.open({ ...options, production: true })).rejects.toThrow('does not exist in production');
  const issuers = await Promise.all([1, 2, 3].map(() => DevelopmentIssuer.open(options)));
  const tokens = new TokenVerifier({ issuers: [issuers[0]!.trusted()], audience: AUDIENCE });
  for (const issuer of issuers) expect(await tokens.verify(await issuer.mint('ann', 60))).toMatchObject({ subject: 'ann' });
  expect((await stat(join(dataDir, 'development-issuer.json'))).mode & 0o777).toBe(0o600);
  const elsewhere = new TokenVerifier({ issuers: [issuers[0]!.trusted()], audience: 'another' });
  await expect(elsewhere.verify(await issuers[0]!.mint('ann', 60))).rejects.toMatchObject({ reason: 'WRONG_AUDIENCE' });
  await rm(dataDir, { recursive: true });
});

test('a verified token is remembered until it expires, and not a moment longer', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-issuer-'));
  const issuer = await DevelopmentIssuer.open({ dataDir, audience: AUDIENCE, production: false });
  let lookups = 0;
  let now = Date.now();
  const trusted = issuer.trusted();
  const keys: typeof trusted.keys = async (header, input) => {
    lookups += 1;
    return trusted.keys(header, input);
  };
  const tokens = new TokenVerifier({ issuers: [{ ...trusted, keys }], audience: AUDIENCE, cacheSize: 2, now: () => now });
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((subject) => issuer.mint(subject, 60)));
  for (const token of [a, a, b, a, c, a, b]) await tokens.verify(token);
  expect(lookups).toBe(4); // b was forgotten for c, a never
  now += 61_000;
  await expect(tokens.verify(a)).rejects.toMatchObject({ reason: 'TOKEN_EXPIRED' });
  await rm(dataDir, { recursive: true });
});

test('a global id is of one type, has one spelling, and nothing else is one', () => {
  const uuid = '0192f0c4-6f4e-7a3b-9c1d-2e3f4a5b6c7d';
  const id = encodeGlobalId('Request', uuid);
  expect(decodeGlobalId('Request', id)).toBe(uuid);
  expect(decodeGlobalId('Guild', id)).toBeUndefined();
  expect(parseGlobalId(id)).toEqual({ type: 'Request', uuid });
  for (const bad of [
    '',
    'x',
    `${id}=`,
    ` ${id}`,
    uuid,
    encodeGlobalId('Request', 'x'),
    encodeGlobalId('a b', uuid),
    'x'.repeat(9_999),
  ]) {
    expect(parseGlobalId(bad)).toBeUndefined();
  }
});
