const RETRYABLE_STATES = new Set(['40001', '40P01', '57P01', '57P02', '57P03', '08000', '08003', '08006']);
const RETRYABLE_ERRNOS = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT']);

/**
 * Serialisation failures, deadlocks and lost connections. After a lost connection the command may have been committed:
 * **an error is not a rollback**, so the caller must look before it does anything twice.
 */
export function isRetryable(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    (code !== undefined && (RETRYABLE_STATES.has(code) || RETRYABLE_ERRNOS.has(code))) ||
    /connection (was )?(terminated|closed|ended)|terminating connection|socket hang up|query read timeout|Client has encountered a connection error/i.test(
      message ?? '',
    )
  );
}

export function isUniqueViolation(error: unknown): boolean {
  return (error as { code?: string }).code === '23505';
}

/** Doubles from `baseMs` to `capMs`; spread by half, so that those who failed together do not return together. */
export function backoffMs(attempt: number, baseMs: number, capMs: number): number {
  const full = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return full / 2 + (Math.random() * full) / 2;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
