import { isNativeError } from 'node:util/types';
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';

/**
 * Structured logs: JSON lines without host and pid, which the platform adds. Nothing personal: request ids, never subjects,
 * addresses, query texts or variables.
 */
export const createLogger = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError },
      redact: ['token', 'authorization', 'headers', 'variables', '*.token', '*.authorization', '*.headers', '*.variables'],
    },
    // Gathered: a write for each request took a twelfth of the server's time. The rest is written at exit.
    destination ?? pino.destination({ dest: 1, sync: false, minLength: 4_096, periodicFlush: 250 }),
  );

export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: readonly string[];
  readonly cause?: ErrorDescription;
}

const MAX_MESSAGE_CHARACTERS = 300;

/**
 * Enough to find the fault, without the values: libraries quote input in their messages (`invalid input syntax for type uuid:
 * "…"`, `Key (handle)=(…) already exists`), and PostgreSQL's errors carry `detail` and `where` beside.
 */
export const describeError = (error: unknown, levels = 3): ErrorDescription => {
  if (!isNativeError(error)) return { type: typeof error, message: 'Something that is no Error was thrown.' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const stack = error.stack?.split('\n').flatMap((line) => (/^\s+at /.test(line) ? [line.trim()] : []));
  return {
    type: error.name,
    message: withoutValues(error.message),
    ...(code !== undefined && { code }),
    ...(stack && { stack }),
    ...(error.cause !== undefined && levels > 0 && { cause: describeError(error.cause, levels - 1) }),
  };
};

const withoutValues = (message: string): string =>
  message
    .slice(0, MAX_MESSAGE_CHARACTERS)
    .replace(/"[^"]*"?|'[^']*'|`[^`]*`|=\([^)]*\)?/g, '…')
    .replace(/\S+@\S+/g, '…');
