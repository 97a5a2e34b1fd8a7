import { z } from 'zod';
import type { Reason } from '../kernel/index.js';
import type { Policy } from './policy.js';

/** What the parties agree on. */
export const termsSchema = z.strictObject({
  /** Of the broadcaster's gross income, in whole percent. */
  guildSharePercent: z.int().min(0).max(100),
  /** Minimum term; 0 binds nobody beyond the notice period. */
  termMonths: z.int().min(0).max(120),
  /** When the membership is to begin; at once after the cooling-off when absent or earlier. */
  startAt: z.iso
    .datetime({ precision: 3 })
    .or(z.iso.datetime({ precision: 0 }))
    .exactOptional(),
  /** After the end: how long no other guild may be joined; not agreed on when absent. */
  nonCompeteMonths: z.int().min(0).max(120).exactOptional(),
});

export type Terms = z.infer<typeof termsSchema>;

/** Everything in which terms break the pinned policy, all at once. */
export function termViolations(
  terms: Terms,
  policy: Pick<Policy, 'guildShareMaxPercent' | 'minTermMonths' | 'maxTermMonths' | 'nonCompeteMaxMonths'>,
): Reason[] {
  const violations: Reason[] = [];
  const { guildSharePercent, termMonths, nonCompeteMonths = 0 } = terms;
  const { guildShareMaxPercent, minTermMonths, maxTermMonths, nonCompeteMaxMonths = 0 } = policy;
  if (guildSharePercent > guildShareMaxPercent) {
    violations.push({
      code: 'GUILD_SHARE_TOO_HIGH',
      message: `The guild's share may be at most ${String(guildShareMaxPercent)} %.`,
      field: 'terms.guildSharePercent',
    });
  }
  if (termMonths < minTermMonths) {
    violations.push({
      code: 'TERM_TOO_SHORT',
      message: `The term must be at least ${String(minTermMonths)} months.`,
      field: 'terms.termMonths',
    });
  }
  if (termMonths > maxTermMonths) {
    violations.push({
      code: 'TERM_TOO_LONG',
      message: `The term may be at most ${String(maxTermMonths)} months.`,
      field: 'terms.termMonths',
    });
  }
  if (nonCompeteMonths > nonCompeteMaxMonths) {
    violations.push({
      code: 'NON_COMPETE_TOO_LONG',
      message:
        nonCompeteMaxMonths === 0
          ? 'The policy allows no restriction of competition.'
          : `A restriction of competition may last at most ${String(nonCompeteMaxMonths)} months.`,
      field: 'terms.nonCompeteMonths',
    });
  }
  return violations;
}

export const isSameTerms = (a: Terms, b: Terms): boolean =>
  a.guildSharePercent === b.guildSharePercent &&
  a.termMonths === b.termMonths &&
  (a.startAt ?? null) === (b.startAt ?? null) &&
  (a.nonCompeteMonths ?? 0) === (b.nonCompeteMonths ?? 0);
