import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHandler } from 'graphql-sse';
import type { Logger } from 'pino';
import { AuthenticationFailure } from '../identity/index.js';
import { PublicError } from '../schema/index.js';
import type { Caller } from './context.js';
import type { Door, Entered } from './door.js';
import { whenExpired } from './door.js';
import { refused } from './operation-refused.js';
import type { OperationRunner } from './runner.js';

interface StreamContext extends Entered {
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly response: ServerResponse;
}

export interface SseTransport {
  stream(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Tells every stream why it ends, and ends it. */
  stop(reason: PublicError): Promise<void>;
}

/**
 * GraphQL over server-sent events, in the protocol's "distinct connections" mode: one POST, one stream. The other mode keeps
 * state between requests, and GET would put query and variables into the logs of every proxy.
 */
export const serveSse = (app: FastifyInstance, door: Door, runner: OperationRunner<unknown>, log: Logger): SseTransport => {
  const streams = new Map<AbortController, Promise<void>>();
  let stopped: PublicError | undefined;

  const handle = createHandler<undefined, StreamContext>({
    authenticate: () => null,
    onSubscribe: async ({ context }) => {
      const outcome = await runner.subscribe(context.admitted, context.caller, context.signal);
      // graphql-sse knows a result by its `data`, which a refusal before the first event has none of.
      return Symbol.asyncIterator in outcome ? outcome : { ...outcome, data: null };
    },
    // graphql-sse pulls results as fast as they come and keeps them; waiting here leaves them at their source instead.
    onNext: async (_context, { context: { response } }) => {
      if (response.writableNeedDrain) await drainedOrGone(response);
    },
  });

  const stream = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!request.headers.accept?.includes('text/event-stream')) throw refused('BAD_REQUEST', 'Send `Accept: text/event-stream`.');
    const entered = await door.enter(request.headers.authorization, request.body, ['subscription']);
    if (stopped) throw stopped;
    const caller: Caller = {
      transport: 'sse',
      requestId: request.id,
      identity: entered.identity,
      log: log.child({ requestId: request.id }),
    };
    reply.hijack();
    const controller = new AbortController();
    const cancelExpiry = entered.identity && whenExpired(entered.identity, () => controller.abort(expired()));
    const context = { ...entered, caller, signal: controller.signal, response: reply.raw };
    const written = handle({
      method: 'POST',
      url: '/graphql/stream',
      headers: { get: (name) => (name === 'accept' ? 'text/event-stream' : 'application/json') },
      body: { query: entered.admitted.query },
      raw: undefined,
      context,
    })
      .then(([body, init]) => write(reply.raw, body, init.status, { ...init.headers, 'x-request-id': request.id }))
      .catch((error: unknown) => {
        caller.log.error({ err: error }, 'a stream broke');
        reply.raw.destroy();
      })
      .finally(() => {
        cancelExpiry?.();
        streams.delete(controller);
      });
    streams.set(controller, written);
  };
  app.post('/graphql/stream', stream);

  return {
    stream,
    stop: async (reason) => {
      stopped = reason;
      for (const controller of streams.keys()) controller.abort(reason);
      await Promise.all(streams.values());
    },
  };
};

const expired = (): PublicError =>
  new PublicError('UNAUTHENTICATED', new AuthenticationFailure('TOKEN_EXPIRED').message, { reason: 'TOKEN_EXPIRED' });

type Body = string | AsyncGenerator<string, void, undefined> | null;

const write = async (response: ServerResponse, body: Body, status: number, headers: Record<string, string>): Promise<void> => {
  response.writeHead(status, headers);
  if (body === null || typeof body === 'string') {
    response.end(body ?? undefined);
    return;
  }
  const leave = (): void => void body.return();
  response.once('close', leave);
  if (response.destroyed) leave();
  for await (const chunk of body) {
    if (!response.destroyed && !response.write(chunk)) await drainedOrGone(response);
  }
  response.end();
};

/** Leaves no listener behind: a slow client of a long stream would gather them, two for each time that it was waited for. */
const drainedOrGone = async (response: ServerResponse): Promise<void> => {
  // What has closed already says so no more.
  if (response.destroyed) return;
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).finally(() => over.abort());
};
