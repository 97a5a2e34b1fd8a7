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
