import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { NetworkError, type Client as StreamSubscriber } from 'graphql-sse';
import type { Client as SocketSubscriber } from 'graphql-ws';
import { v7 as uuidv7 } from 'uuid';
import type { App } from '../../src/app.js';
import { ViewerTransaction } from '../../src/database/index.js';
import { DEVELOPMENT_ISSUER, type ViewerContext } from '../../src/identity/index.js';
import { requestUpdates } from '../../src/requests/request-updates.js';
import { decodeGlobalId, encodeCursor, encodeGlobalId } from '../../src/schema/index.js';
import { SocketClient } from '../support/api-client.js';
import { startApi, type ApiProcess, type TestApi } from '../support/api.js';
import { JoinFlow, type RequestAnswer } from '../support/join-flow.js';
import type { TestGuild } from '../support/world.js';

interface Update {
  readonly cursor: string;
  readonly entry: { readonly version: number; readonly event: string };
  readonly request: { readonly id: string; readonly state: string };
}
interface Result {
  readonly data?: Readonly<Record<string, Update>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: unknown }[];
}
type Follow = (subject: string, query: string, variables: Record<string, unknown>, origin?: string) => Promise<Feed>;

/** What a subscriber has got, taken one by one. */
interface Feed {
  next(): Promise<Update>;
  take(count: number): Promise<Update[]>;
  /**
   * The change that brought the request to this version, and not what came before it: a guild's feed begins at the end of what is
   * readable, so what a transaction of another test's database still hid comes too, although it was done before.
   */
  reach(request: Pick<RequestAnswer, 'id'>, version: number): Promise<Update>;
  /** The code with which the server ended it; throws when an event comes instead. */
  refusal(): Promise<unknown>;
  leave(): Promise<void>;
}

const updateFields = '{ cursor entry { version event } request { id state } }';
const ofRequest = `subscription ($id: ID!, $after: String) { requestUpdated(id: $id, after: $after) ${updateFields} }`;
const ofGuild = `subscription ($id: ID!, $after: String) { guildRequests(guildId: $id, after: $after) ${updateFields} }`;

function feedOf(results: AsyncIterableIterator<Result>, leave: () => Promise<void>): Feed {
  const next = async () => {
    const { value, done } = (await results.next()) as IteratorResult<Result, undefined>;
    if (done || !value.data) throw new Error(`An event was expected: ${JSON.stringify(value)}`);
    return Object.values(value.data)[0]!;
  };
  return {
    next,
    take: async (count) => {
      const updates: Update[] = [];
      while (updates.length < count) updates.push(await next());
      return updates;
    },
    reach: async ({ id }, version) => {
      for (;;) {
        const update = await next();
        if (update.request.id === id && update.entry.version === version) return update;
      }
    },
    refusal: async () => {
      try {
        const { value } = (await results.next()) as IteratorResult<Result, undefined>;
        if (value?.data) throw new Error(`A refusal was expected: ${JSON.stringify(value)}`);
        return value?.errors?.[0]?.extensions;
      } catch (error) {
        // What a server answers instead of a stream the clients throw: one the list of errors, the other the response.
        const errors = error instanceof NetworkError ? ((await (error.response as Response).json()) as Result).errors : error;
        if (!Array.isArray(errors)) throw error;
        return (errors as Result['errors'])?.[0]?.extensions;
      }
    },
    leave,
  };
}

/** Counts who listens to the log, and tells when it has become nobody. */
function watchListeners(app: App) {
  let open = 0;
  let told: () => void = () => undefined;
  const subscribe = app.tail.subscribe.bind(app.tail);
  app.tail.subscribe = (topic, listener) => {
    open += 1;
    told();
    const leave = subscribe(topic, listener);
    return () => {
      leave();
      open -= 1;
      told();
    };
  };
  return async (count: number) => {
    while (open !== count) await new Promise<void>((resolve) => (told = resolve));
  };
}

describe('live updates over real sockets', () => {
  let api: TestApi;
  let other: ApiProcess;
  let join: JoinFlow;
  let guild: TestGuild;
  let listeners: (count: number) => Promise<void>;
  let otherListeners: (count: number) => Promise<void>;

  beforeAll(async () => {
    api = await startApi();
    other = await api.another();
    join = new JoinFlow(api);
    guild = await api.world.guild();
    listeners = watchListeners(api.app);
    otherListeners = watchListeners(other.app);
  });
  // Listeners are counted, so a feed that a failed test has left open would let every later test wait in vain.
  afterEach(async () => {
    await Promise.all(followed.splice(0).map((feed) => feed.leave()));
    await Promise.all([listeners(0), otherListeners(0)]);
  });
  afterAll(async () => {
    await other.stop();
    await api.stop();
  });

  const followed: Feed[] = [];
  const begun = (client: SocketSubscriber | StreamSubscriber, query: string, variables: Record<string, unknown>): Feed => {
    const feed = feedOf(client.iterate({ query, variables }) as AsyncIterableIterator<Result>, async () => client.dispose());
    followed.push(feed);
    return feed;
  };
  const overSocket: Follow = async (subject, query, variables, origin) =>
    begun(await api.socket(subject, origin), query, variables);
  const overStream: Follow = async (subject, query, variables, origin) =>
    begun(await api.stream(subject, origin), query, variables);
  const events = (updates: readonly Update[]) => updates.map(({ entry }) => entry.event);
  const versions = (updates: readonly Update[]) => updates.map(({ entry }) => entry.version);
  const bothSign = async (request: RequestAnswer, subject: string) => {
    await join.sign(subject, request);
    await join.sign(guild.owner, request);
  };

  describe.each<[string, Follow]>([
    ['graphql-ws', overSocket],
    ['server-sent events', overStream],
  ])('over %s', (_name, follow) => {
    test('requestUpdated shows each change as it happens, to both parties', async () => {
      const who = await api.world.broadcaster();
      const request = await join.signing(who, guild);
      const feeds = [
        await follow(who.subject, ofRequest, { id: request.id }),
        await follow(guild.finance, ofRequest, { id: request.id }),
      ];
      const seen = feeds.map((feed) => feed.take(2));
      await listeners(2);
      await bothSign(request, who.subject);
      for (const updates of await Promise.all(seen)) {
        expect(events(updates)).toEqual(['SIGN_AGREEMENT', 'SIGN_AGREEMENT']);
        expect(versions(updates)).toEqual([request.version + 1, request.version + 2]);
        expect(updates[1]!.request).toEqual({ id: request.id, state: 'COOLING_OFF' });
      }
      await Promise.all(feeds.map((feed) => feed.leave()));
      await listeners(0);
    });

    test('guildRequests shows the changes of every request with the guild, and of no other', async () => {
      const [own, foreign] = [await api.world.guild(), await api.world.guild()];
      const [first, second] = [await api.world.broadcaster(), await api.world.broadcaster()];
      const feed = await follow(own.agent, ofGuild, { id: own.id });
      const seen = feed.take(4);
      await listeners(1);
      await join.apply(second, foreign);
      const a = await join.apply(first, own);
      const b = await join.apply(second, own);
      const updates = await seen;
      expect(updates.map(({ request }) => request.id)).toEqual([a.id, a.id, b.id, b.id]);
      expect(versions(updates)).toEqual([1, 2, 1, 2]);
      await feed.leave();
      await listeners(0);
    });

    test('a reconnect with the last cursor gives what was missed, without gap or repeat, also from another server', async () => {
      const who = await api.world.broadcaster();
      const request = await join.signing(who, guild);
      for (const [query, id] of [
        [ofRequest, request.id],
        [ofGuild, guild.id],
      ] as const) {
        const first = await follow(guild.owner, query, { id });
        const seen = first.next();
        await listeners(1);
        await join.sign(who.subject, request);
        const { cursor, entry } = await seen;
        await first.leave();
        await join.do(who.subject, 'revokeSignature', { requestId: request.id });
        await join.sign(who.subject, request);
        for (const origin of [api.origin, other.origin]) {
          const second = await follow(guild.owner, query, { id, after: cursor }, origin);
          expect(versions(await second.take(2))).toEqual([entry.version + 1, entry.version + 2]);
          await second.leave();
        }
        await Promise.all([listeners(0), otherListeners(0)]);
        await join.do(who.subject, 'revokeSignature', { requestId: request.id });
      }
    });

    test('a subscriber on one server hears at once what is done on another', async () => {
      const who = await api.world.broadcaster();
      const request = await join.signing(who, guild);
      const feed = await follow(who.subject, ofRequest, { id: request.id }, other.origin);
      const seen = feed.take(2);
      await otherListeners(1);
      await bothSign(request, who.subject);
      expect(versions(await seen)).toEqual([request.version + 1, request.version + 2]);
      await feed.leave();
      await otherListeners(0);
    });

    test('a version is a cursor too: nothing is lost between a query and the subscription', async () => {
      const who = await api.world.broadcaster();
      const request = await join.apply(who, guild);
      await join.do(guild.owner, 'acceptTerms', { requestId: request.id, agreementVersion: 1 });
      const feed = await follow(who.subject, ofRequest, { id: request.id, after: String(request.version) });
      expect(await feed.next()).toMatchObject({ entry: { version: request.version + 1, event: 'ACCEPT_TERMS' } });
      await feed.leave();
    });

    test('a cursor of a log that has been restored since is CURSOR_EXPIRED, one of nobody is BAD_CURSOR', async () => {
      const { id } = await join.apply(await api.world.broadcaster(), guild);
      const refusal = async (query: string, variables: Record<string, unknown>) =>
        (await follow(guild.owner, query, variables)).refusal();
      expect(await refusal(ofGuild, { id: guild.id, after: encodeCursor([uuidv7(), '1', '1']) })).toMatchObject({
        code: 'CURSOR_EXPIRED',
      });
      expect(await refusal(ofRequest, { id, after: encodeCursor([uuidv7(), 1]) })).toMatchObject({ code: 'CURSOR_EXPIRED' });
      expect(await refusal(ofRequest, { id, after: '999' })).toMatchObject({ code: 'CURSOR_EXPIRED' });
      for (const after of ['nonsense', '', encodeCursor(['x', 1])]) {
        expect(await refusal(ofRequest, { id, after })).toMatchObject({ code: 'BAD_CURSOR' });
        expect(await refusal(ofGuild, { id: guild.id, after })).toMatchObject({ code: 'BAD_CURSOR' });
      }
    });

    test('what one may not see is NOT_FOUND, as is what does not exist', async () => {
      const who = await api.world.broadcaster();
      const { id } = await join.apply(who, guild);
      const cases: [string, string, string][] = [
        ['olivia', ofGuild, guild.id],
        [who.subject, ofGuild, guild.id],
        ['olivia', ofRequest, id],
        ['bela', ofRequest, id],
        [guild.owner, ofRequest, encodeGlobalId('Request', uuidv7())],
        [guild.owner, ofRequest, guild.id],
        [guild.owner, ofGuild, 'nonsense'],
      ];
      for (const [subject, query, target] of cases) {
        expect(await (await follow(subject, query, { id: target })).refusal()).toMatchObject({ code: 'NOT_FOUND' });
      }
    });

    test('who is dismissed from the guild gets no further event', async () => {
      const dismissed = await api.world.staff(guild.uuid, 'AGENT');
      const who = await api.world.broadcaster();
      const request = await join.signing(who, guild);
      const feeds = [await follow(dismissed, ofGuild, { id: guild.id }), await follow(dismissed, ofRequest, { id: request.id })];
      const seen = feeds.map((feed) => feed.reach(request, request.version + 1));
      await listeners(2);
      await join.sign(who.subject, request);
      expect(events(await Promise.all(seen))).toEqual(['SIGN_AGREEMENT', 'SIGN_AGREEMENT']);
      const ends = feeds.map((feed) => feed.refusal());
      await api.world.dismiss(guild.uuid, dismissed);
      await join.sign(guild.owner, request);
      expect(await Promise.all(ends)).toMatchObject([{ code: 'NOT_FOUND' }, { code: 'NOT_FOUND' }]);
      await listeners(0);
    });
  });

  test('what was read before somebody was dismissed is not handed out after it', async () => {
    const subject = await api.world.staff(guild.uuid, 'AGENT');
    const app = await api.db.dataSource('app', { poolSize: 1 });
    const request = await join.signing(await api.world.broadcaster(), guild);
    // The source itself, because only here the test decides when the next event of a batch is taken.
    const shortViewer = async <T>(work: (tx: ViewerTransaction) => Promise<T>) => {
      const tx = await ViewerTransaction.open(app, { issuer: DEVELOPMENT_ISSUER, subject }, 'short');
      return work(tx).finally(() => tx.end());
    };
    const context = { signal: new AbortController().signal, shortViewer } as unknown as ViewerContext;
    const updates = await requestUpdates(api.app.tail, context, decodeGlobalId('Request', request.id)!, '0');
    try {
      expect(await updates.next()).toMatchObject({ value: { entry: { version: 1 } } });
      expect(await updates.next()).toMatchObject({ value: { entry: { version: 2 } } });
      await api.world.dismiss(guild.uuid, subject);
      await expect(updates.next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await listeners(0);
    } finally {
      await updates.return(undefined);
    }
  });

  test('a token that expires closes its socket, and frees what listened', async () => {
    const who = await api.world.broadcaster();
    const { id } = await join.apply(who, guild);
    const client = await SocketClient.connect(api.origin, await api.token(who.subject, 2));
    client.subscribe('1', { query: ofRequest, variables: { id } });
    // On a machine that is too busy the token may expire before anybody listens.
    await Promise.race([listeners(1), client.closed]);
    expect(await client.closed).toEqual({ code: 4403, reason: 'TOKEN_EXPIRED' });
    await listeners(0);
  });

  test('a socket without a good token is closed before it can subscribe', async () => {
    for (const token of ['nonsense', await api.forgedToken('olivia'), await api.token('olivia', -10)]) {
      const client = await SocketClient.open(api.origin);
      client.send({ type: 'connection_init', payload: { token } });
      expect((await client.closed).code).toBe(4403);
    }
  });
});
