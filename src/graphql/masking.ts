import { randomUUID } from 'node:crypto';
import type { ExecutionResult } from 'graphql';
import { GraphQLError, Kind } from 'graphql';
import type { Logger } from 'pino';
import { PublicError } from '../schema/index.js';

/** The answer to what nobody expected: an id to ask support with, and nothing else. */
export const internalError = (
  error: unknown,
  log: Logger,
  place: Pick<GraphQLError, 'nodes' | 'path'> | undefined,
): GraphQLError => {
  const errorId = randomUUID();
  log.error({ errorId, err: error, path: place?.path?.join('.') }, 'unexpected error');
  return new GraphQLError('Something went wrong on our side; quote this id when you ask about it.', {
    nodes: place?.nodes ?? null,
    path: place?.path ?? null,
    extensions: { code: 'INTERNAL', errorId },
  });
};

export const maskResult = (result: ExecutionResult, log: Logger): ExecutionResult =>
  result.errors ? { ...result, errors: result.errors.map((error) => maskError(error, log)) } : result;

/** What was meant for the client stays as it is; the rest is logged and replaced. */
const maskError = (error: GraphQLError, log: Logger): GraphQLError => {
  const cause = rootCause(error);
  if (cause instanceof PublicError) return error;
  if (cause instanceof GraphQLError && isAboutInput(cause)) {
    const { nodes = null, path = null, message } = error;
    return new GraphQLError(message, { nodes, path, extensions: { code: 'BAD_USER_INPUT' } });
  }
  return internalError(cause, log, error);
};

/**
 * graphql-js itself complains during execution about arguments (it names the node of the argument) and about what a resolver
 * returned (it names none, and quotes the value): only the first is the client's business.
 */
const isAboutInput = (error: GraphQLError): boolean => error.nodes?.some((node) => node.kind !== Kind.FIELD) ?? false;

const rootCause = (error: GraphQLError): Error => {
  let cause: Error = error;
  while (cause instanceof GraphQLError && !(cause instanceof PublicError) && cause.originalError) cause = cause.originalError;
  return cause;
};
