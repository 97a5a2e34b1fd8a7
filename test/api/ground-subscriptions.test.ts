import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStream, SocketClient } from '../support/api-client.js';
import type { Ground } from './ground.fixture.js';
import { startGround } from './ground.fixture.js';

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.stop());

const ticks = (count: number) => ({ query: `subscription { ticks(count: ${count}) }` });

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe('over WebSocket', () => {
  test('events come in order, each with a viewer transaction of its own that is ended', async () => {
    const { resolver, viewers } = ground;
    const [before, ended] = [viewers.opened, resolver.sourcesEnded];
    const client = await SocketClient.connect(ground.origin, ground.token);
    client.subscribe('a', ticks(3));
    for (const tick of [1, 2, 3])
      expect(await client.next()).toEqual({ id: 'a', type: 'next', payload: { data: { ticks: tick } } });
    expect([viewers.opened - before, viewers.open_.size]).toEqual([3, 0]);
    client.send({ type: 'complete', id: 'a' });
    await until(() => resolver.sourcesEnded === ended + 1);
    await client.close();
  });

  test('a source ends when its socket goes, also one that waits', async () => {
    const ended = ground.resolver.sourcesEnded;
    const client = await SocketClient.connect(ground.origin, ground.token);
    client.subscribe('a', ticks(1));
    await client.next();
    client.socket.terminate();
    await until(() => ground.resolver.sourcesEnded === ended + 1);
  });

  test('a source that fails is masked, at its start and in its middle', async () => {
    const client = await SocketClient.connect(ground.origin, ground.token);
    client.subscribe('a', { query: 'subscription { broken }' });
    const first = await client.next();
    expect(JSON.stringify(first)).toContain('INTERNAL');
    expect(await client.next()).toEqual({ id: 'a', type: 'complete' });
    client.subscribe('b', ticks(-1));
    await client.next();
    const second = await client.next();
    expect(JSON.stringify(second)).toContain('INTERNAL');
    expect(JSON.stringify([first, second])).not.toContain('secret');
    expect(await client.next()).toEqual({ id: 'b', type: 'complete' });
    await client.close();
  });

  test('a token that expires closes the socket with 4403', async () => {
    const client = await SocketClient.connect(ground.origin, await ground.issuer.mint('ann', 3));
    client.subscribe('a', ticks(1));
    await client.next();
    expect(await client.closed).toEqual({ code: 4403, reason: 'TOKEN_EXPIRED' });
  });

  test('nobody subscribes before a token was shown', async () => {
    const client = await SocketClient.open(ground.origin);
    client.subscribe('a', ticks(1));
    expect((await client.closed).code).toBe(4401);
  });

  test('nonsense closes the socket, without an error in the log', async () => {
    const before = ground.log().length;
    const codes: number[] = [];
    for (const message of ['{', '[]', '{"type":"nonsense"}', '{"type":"subscribe","id":"a","payload":{}}']) {
      const client = await SocketClient.connect(ground.origin, ground.token);
      client.send(message);
      codes.push((await client.closed).code);
    }
    expect(codes).toEqual([4400, 4400, 4400, 4400]);
    expect((await (await SocketClient.open(ground.origin, 'graphql-ws').catch(() => undefined))?.closed)?.code ?? 4406).toBe(
      4406,
    );
    expect(ground.log().slice(before)).not.toContain('"level":"error"');
  });

  test('a message that is too large closes the socket with 1009', async () => {
    const client = await SocketClient.connect(ground.origin, ground.token);
    client.subscribe('a', { query: 'x'.repeat(300_000) });
    expect((await client.closed).code).toBe(1009);
  });

  test('a connection has a bounded number of subscriptions', async () => {
    const small = await startGround({ limits: { maxSubscriptionsPerSocket: 2 } });
    const client = await SocketClient.connect(small.origin, small.token);
    for (const id of ['a', 'b', 'c']) client.subscribe(id, ticks(0));
    expect(JSON.stringify(await client.next())).toContain('TOO_MANY_SUBSCRIPTIONS');
    await small.stop();
  });
});

describe('over server-sent events', () => {
  test('events come in order, and the source ends when the client leaves', async () => {
    const ended = ground.resolver.sourcesEnded;
    const { events, leave, status } = await openStream(ground.origin, ticks(2), ground.token);
    expect(status).toBe(200);
    expect((await events.next()).value).toEqual({ event: 'next', data: { data: { ticks: 1 } } });
    expect((await events.next()).value).toEqual({ event: 'next', data: { data: { ticks: 2 } } });
    leave();
    await until(() => ground.resolver.sourcesEnded === ended + 1);
    expect(ground.viewers.open_.size).toBe(0);
  });

  test('a POST to the endpoint itself that accepts only events is a stream, too', async () => {
    const { events, leave } = await openStream(ground.origin, ticks(1), ground.token, '/graphql');
    expect((await events.next()).value).toEqual({ event: 'next', data: { data: { ticks: 1 } } });
    leave();
    const query = await openStream(ground.origin, { query: '{ hello }' }, ground.token, '/graphql');
    expect(query.refusal?.errors?.[0]?.extensions?.['code']).toBe('OPERATION_NOT_ALLOWED');
  });

  test('a stalled client is not read ahead of', async () => {
    const made = ground.resolver.eventsMade;
    // A long name makes events of 20 kB, so that the buffers are full after hundreds of events and not after a hundred thousand.
    const query = `subscription { ${'t'.repeat(20_000)}: ticks(count: 1000000) }`;
    const { leave } = await openStream(ground.origin, { query }, ground.token);
    // The buffers of kernel and sockets fill first; what counts is that it comes to rest long before the end.
    let [last, quiet] = [-1, 0];
    while (quiet < 20) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      quiet = ground.resolver.eventsMade === last ? quiet + 1 : 0;
      last = ground.resolver.eventsMade;
    }
    expect(last - made).toBeLessThan(100_000);
    leave();
  });

  test('a token that expires ends the stream with the reason', async () => {
    const { events } = await openStream(ground.origin, ticks(0), await ground.issuer.mint('ann', 3));
    expect(JSON.stringify((await events.next()).value)).toContain('TOKEN_EXPIRED');
    expect((await events.next()).value).toEqual({ event: 'complete', data: null });
    expect((await events.next()).done).toBe(true);
  });

  test('a source that fails is masked', async () => {
    const { events } = await openStream(ground.origin, ticks(-1), ground.token);
    await events.next();
    const failed = JSON.stringify((await events.next()).value);
    expect(failed).toContain('INTERNAL');
    expect(failed).not.toContain('secret');
    expect((await events.next()).value).toEqual({ event: 'complete', data: null });
  });
});
