import type { FastifyInstance } from 'fastify';
import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { PublicError } from '../schema/index.js';
import { internalError } from './masking.js';
import type { ApiMetrics } from './metrics.js';
import { OperationRefused } from './operation-refused.js';

/** Every answer that is not a result: GraphQL errors with a code, never a stack; and a line in the log for each request. */
export const serveReplies = (app: FastifyInstance, log: Logger, metrics: ApiMetrics): void => {
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
  });

  app.addHook('onResponse', async (request, reply) => {
    // The pattern of the route, not the address that was asked for: it may hold anything.
    const route = request.routeOptions.url ?? 'unknown';
    metrics.observeHttp(route, request.method, reply.statusCode, reply.elapsedTime / 1_000);
    const line = {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    log.info(line, 'request');
  });

  app.setErrorHandler(async (error, request, reply) => {
    const [status, errors] = answerTo(error, request.id, log);
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send({ errors: errors.map((item) => item.toJSON()) });
  });

  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ errors: [notFound.toJSON()] }));
};

const notFound = new PublicError('NOT_FOUND', 'There is nothing here; see /graphql and /graphiql.');

/** What the HTTP layer refuses before there is an operation, by its status. */
const TRANSPORT_MESSAGES: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON.',
  413: 'The body is too large.',
  415: 'Send JSON, with `Content-Type: application/json`.',
};

const answerTo = (error: unknown, requestId: string, log: Logger): [number, readonly GraphQLError[]] => {
  if (error instanceof OperationRefused) return [error.httpStatus, error.errors];
  if (error instanceof PublicError) return [error.code === 'UNAVAILABLE' ? 503 : 400, [error]];
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) {
    const code = status === 413 ? 'OPERATION_TOO_LARGE' : 'BAD_REQUEST';
    return [status, [new PublicError(code, TRANSPORT_MESSAGES[status] ?? 'This request cannot be read.')]];
  }
  return [500, [internalError(error, log.child({ requestId }), undefined)]];
};
