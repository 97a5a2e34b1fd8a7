import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { fastify } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { TokenVerifier, ViewerTransactions } from '../identity/index.js';
import { PublicError } from '../schema/index.js';
import { Door } from './door.js';
import { serveDownloads, type Download, type PublicDocument } from './downloads.js';
import type { GraphiqlOptions } from './graphiql.js';
import { serveGraphiql } from './graphiql.js';
import { Guard } from './guard.js';
import type { ReadinessCheck } from './health.js';
import { serveHealth } from './health.js';
import { serveHttp, startApollo } from './http.js';
import type { GuardLimits } from './limits.js';
import { DEFAULT_LIMITS } from './limits.js';
import { createApiMetrics } from './metrics.js';
import { serveReplies } from './replies.js';
import { serveRequestFiles, type RequestFiles } from './request-files.js';
import { OperationRunner } from './runner.js';
import { serveSse } from './sse.js';
import { serveWebSocket } from './websocket.js';

export interface ApiServerOptions<Tx> {
  readonly schema: GraphQLSchema;
  readonly tokens: TokenVerifier;
  readonly viewers: ViewerTransactions<Tx>;
  readonly log: Logger;
  /** Metrics of the API are registered here; the same registry is what `/metrics` shows. */
  readonly registry: Registry;
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  /** Whether the schema may be asked for. With it, and only for it, no token is needed. */
  readonly introspection: boolean;
  readonly graphiql: GraphiqlOptions | false;
  /** What can be had of a request besides by GraphQL. */
  readonly files?: RequestFiles<Tx>;
  readonly limits?: Partial<GuardLimits>;
  /** Files to be had by GET, beside the API. */
  readonly downloads?: readonly Download<Tx>[];
  readonly documents?: readonly PublicDocument[];
  /** Proxies (addresses, networks) whose `X-Forwarded-For` is believed; nobody's when there is none. */
  readonly trustedProxies?: readonly string[];
}

export interface ApiServer {
  /** @returns the port, which the system chooses when 0 is asked for */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /** Ends subscriptions, finishes what is being executed, closes; under 6 s whatever clients do. Safe to call twice. */
  close(): Promise<void>;
}

const SOCKET_GRACE_MS = 2_000;
const REQUEST_GRACE_MS = 5_000;
const EXECUTION_GRACE_MS = 500;
const SWEEP_MS = 50;
/** Of receiving a whole request, so that a client cannot hold a connection by sending a byte now and then. */
const REQUEST_TIMEOUT_MS = 15_000;

export const createApiServer = async <Tx>(options: ApiServerOptions<Tx>): Promise<ApiServer> => {
  const { schema, tokens, viewers, log, registry } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const guard = new Guard(schema, limits, options.introspection);
  const door = new Door(guard, tokens);
  const metrics = createApiMetrics(registry);
  const runner = new OperationRunner<unknown>(schema, viewers, metrics);
  let closing: Promise<void> | undefined;

  const app: FastifyInstance = fastify({
    bodyLimit: limits.maxMessageBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    // A client's own id would put what the client likes into our log.
    requestIdHeader: false,
    // Anybody can send that header: without a list of proxies it would be the client who says where it is.
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
  });
  // A form or a script of another site can send text/plain without asking first, JSON it cannot.
  app.removeContentTypeParser('text/plain');
  serveReplies(app, log, metrics);
  serveHealth(app, { checks: options.readiness, registry, stopping: () => closing !== undefined, log });
  if (options.graphiql) serveGraphiql(app, options.graphiql);
  const apollo = await startApollo(guard, runner, log);
  const sse = serveSse(app, door, runner, log);
  serveHttp(app, apollo, door, log, sse);
  serveRequestFiles(app, door, viewers, log, options.files ?? {});
  serveDownloads(app, door, viewers, log, options.downloads, options.documents);
  const webSocket = serveWebSocket(app.server, door, runner, log);

  const close = async (): Promise<void> => {
    const stopping = new PublicError('UNAVAILABLE', 'The server is stopping; subscribe again after your last cursor.');
    const giveUp = setTimeout(() => app.server.closeAllConnections(), REQUEST_GRACE_MS);
    // Node closes the connections that are idle now; one that finishes its request a moment later would stay for a minute.
    const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
    await Promise.all([webSocket.stop(SOCKET_GRACE_MS), sse.stop(stopping), app.close()]);
    clearInterval(sweep);
    clearTimeout(giveUp);
    await Promise.race([runner.idle(), afterMs(EXECUTION_GRACE_MS)]);
    await apollo.stop();
  };

  return {
    listen: async ({ host, port }) => {
      await app.listen({ host, port });
      const address = app.server.address();
      return typeof address === 'object' && address ? address.port : port;
    },
    close: () => (closing ??= close()),
  };
};

const afterMs = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
