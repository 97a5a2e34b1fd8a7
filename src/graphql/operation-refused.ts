import type { GraphQLError } from 'graphql';
import type { AuthenticationFailure } from '../identity/index.js';
import type { PublicErrorCode } from '../schema/index.js';
import { PublicError } from '../schema/index.js';

/** An operation that is not executed at all. Every transport turns it into its own form of a request error. */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused';

  constructor(
    readonly errors: readonly [GraphQLError, ...GraphQLError[]],
    readonly httpStatus = 400,
  ) {
    super(errors[0].message);
  }
}

export const refused = (
  code: PublicErrorCode,
  message: string,
  details: Readonly<Record<string, string | number>> = {},
): OperationRefused => new OperationRefused([new PublicError(code, message, details)]);

/** 503 when it is not the token's fault, else 401. */
export const unauthenticated = (failure: AuthenticationFailure): OperationRefused =>
  new OperationRefused(
    [new PublicError('UNAUTHENTICATED', failure.message, { reason: failure.reason })],
    failure.reason === 'ISSUER_UNAVAILABLE' ? 503 : 401,
  );
