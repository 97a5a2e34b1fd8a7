import { GraphQLError } from 'graphql';

/** What a client may branch on when an operation, as opposed to a command, is refused. Commands answer with `Refusal`. */
export type PublicErrorCode =
  | 'BAD_REQUEST'
  | 'BAD_USER_INPUT'
  | 'BAD_CURSOR'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CURSOR_EXPIRED'
  | 'UNAVAILABLE'
  | 'TOO_MANY_SUBSCRIPTIONS'
  | 'TOO_MANY_REQUESTS'
  | 'OPERATION_NOT_ALLOWED'
  | 'OPERATION_NOT_FOUND'
  | 'OPERATION_TOO_LARGE'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'TOO_MANY_TOKENS'
  | 'TOO_MANY_ALIASES'
  | 'TOO_MANY_DIRECTIVES'
  | 'TOO_MANY_ROOT_FIELDS'
  | 'TOO_DEEP'
  | 'TOO_COSTLY'
  | 'INTROSPECTION_DISABLED'
  | 'PERSISTED_QUERY_NOT_FOUND';

/**
 * The only kind of error whose message reaches a client: everything else is logged with an id and masked. Its message is
 * written for that reader and holds no personal data, no SQL and no names of internals.
 */
export class PublicError extends GraphQLError {
  override readonly name = 'PublicError';

  constructor(
    readonly code: PublicErrorCode,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
  ) {
    super(message, { extensions: { ...details, code } });
  }
}
