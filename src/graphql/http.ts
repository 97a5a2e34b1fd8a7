import type { ApolloServerPlugin, BaseContext, GraphQLRequestListener } from '@apollo/server';
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Caller } from './context.js';
import type { Door } from './door.js';
import type { Admitted, Guard } from './guard.js';
import { internalError } from './masking.js';
import type { OperationRunner } from './runner.js';
import type { SseTransport } from './sse.js';

interface HttpOperation extends BaseContext {
  readonly admitted: Admitted;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** Apollo speaks GraphQL over HTTP (content types, CSRF, status codes); guard and execution are those of all transports. */
export const startApollo = async (
  guard: Guard,
  runner: OperationRunner<unknown>,
  log: Logger,
): Promise<ApolloServer<HttpOperation>> => {
  const apollo = new ApolloServer<HttpOperation>({
    schema: guard.schema,
    logger: log,
    csrfPrevention: true,
    // Both are the guard's business, for every transport.
    introspection: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    documentStore: {
      get: async (key) => guard.documentOf(key.slice(key.lastIndexOf(':') + 1)),
      set: async () => undefined,
      delete: async () => undefined,
    },
    plugins: [
      executeBy(runner),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    formatError: (formatted, error) =>
      formatted.extensions?.['code'] === 'INTERNAL_SERVER_ERROR' ? internalError(error, log, undefined).toJSON() : formatted,
  });
  await apollo.start();
  return apollo;
};

const executeBy = (runner: OperationRunner<unknown>): ApolloServerPlugin<HttpOperation> => ({
  requestDidStart: async (): Promise<GraphQLRequestListener<HttpOperation>> => ({
    responseForOperation: async ({ contextValue: { admitted, caller, signal } }) => {
      const { errors, ...result } = await runner.execute(admitted, caller, signal);
      const singleResult = errors ? { ...result, errors: errors.map((error) => error.toJSON()) } : result;
      return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
    },
  }),
});

const MAX_AGENT_CHARACTERS = 256;

/** What a client says about itself, bounded: it is kept for years. */
const agentOf = (header: string | undefined): string | null => header?.slice(0, MAX_AGENT_CHARACTERS) ?? null;

export const serveHttp = (
  app: FastifyInstance,
  apollo: ApolloServer<HttpOperation>,
  door: Door,
  log: Logger,
  sse: SseTransport,
): void => {
  const operations = new WeakMap<FastifyRequest, HttpOperation>();
  const handler = fastifyApolloHandler(apollo, {
    context: async (request) => {
      const operation = operations.get(request);
      if (!operation) throw new Error('A request came to Apollo past the guard.');
      return operation;
    },
  });
  app.post('/graphql', async function (request, reply) {
    // As the protocol has it: who accepts nothing but events means a stream. GraphiQL subscribes like that.
    if (request.headers.accept === 'text/event-stream') return sse.stream(request, reply);
    const { admitted, identity } = await door.enter(request.headers.authorization, request.body, ['query', 'mutation']);
    const gone = new AbortController();
    // Not after every answer: nobody listens any more, and the reason of an abort is an error with a stack.
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort();
    });
    const caller: Caller = {
      transport: 'http',
      requestId: request.id,
      identity,
      log: log.child({ requestId: request.id }),
      client: { address: request.ip, agent: agentOf(request.headers['user-agent']) },
    };
    operations.set(request, { admitted, caller, signal: gone.signal });
    // Apollo gets the text behind a persisted operation, and finds its document by hash; variables stay with the guard.
    request.body = { query: admitted.query, operationName: admitted.operationName ?? null };
    return handler.call(app, request, reply);
  });
  app.get('/graphql', async (_request, reply) =>
    reply
      .code(405)
      .header('allow', 'POST')
      .send({
        errors: [
          { message: 'Send operations by POST; a GET here only begins a WebSocket.', extensions: { code: 'BAD_REQUEST' } },
        ],
      }),
  );
};
