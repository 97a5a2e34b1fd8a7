import { z } from 'zod';

/**
 * Why something cannot be done. The same value reaches the caller of a refused command, `availableActions` and the
 * history, so a person never reads two different explanations of one rule.
 */
export interface Reason {
  /** Stable, UPPER_SNAKE; clients branch on it. */
  readonly code: string;
  /** One sentence for a person, in English; holds no personal data. */
  readonly message: string;
  /** Path of the input field that the reason is about, e.g. `terms.guildSharePercent`. */
  readonly field?: string;
  /** Instant (ISO 8601, UTC) from which the reason no longer holds; absent when time alone does not cure it. */
  readonly until?: string;
}

/**
 * The code of a guard that only tells arrows of one event apart by what the event says. It is nobody's mistake, so that who is refused
 * is not shown it where the arrow that they meant has reasons of its own.
 */
export const OTHER_OUTCOME = 'OTHER_OUTCOME';

/**
 * A reason as it may enter the chain: by the result of an effect or with the input, so written by our own code only.
 * Bounded all the same, because what is in the chain can never be taken out again.
 */
const reasonSchema = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9_]{0,59}$/),
  message: z.string().max(300),
  field: z
    .string()
    .regex(/^[A-Za-z0-9_.]{1,80}$/)
    .exactOptional(),
  until: z.iso.datetime().max(30).exactOptional(),
});

export const reasonsSchema = z.array(reasonSchema).max(20);
