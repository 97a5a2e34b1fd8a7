import { z } from 'zod';
import type { Reason } from '../kernel/index.js';
import { instantViolations, offerViolations, type Offer, type TransferContext } from '../phases/index.js';

/** What the two guilds have to agree on. Each enters it without seeing the other's entry; then they match field by field, or not. */

const MAX_FEE_MINOR = 1_000_000_000_000;

export const transferTermsSchema = z.strictObject({
  transferAt: z.iso.datetime({ precision: 3 }),
  /** What the gaining guild pays to the losing one, in minor units of the request's currency. */
  feeMinor: z.int().min(0).max(MAX_FEE_MINOR),
  /** Of the fee, for the guilds in which the broadcaster began. */
  originSharePercent: z.int().min(0).max(100),
});
export type TransferTerms = z.infer<typeof transferTermsSchema>;

const FIELDS = ['transferAt', 'feeMinor', 'originSharePercent'] as const;
export type TransferTermsField = (typeof FIELDS)[number];

export type TransferGuild = 'GUILD' | 'GAINING_GUILD';

export interface Entries {
  readonly GUILD: TransferTerms | null;
  readonly GAINING_GUILD: TransferTerms | null;
}

/** Fields in which two entries differ; all of them at once. */
export const differingFields = (a: TransferTerms, b: TransferTerms): TransferTermsField[] =>
  FIELDS.filter((field) => a[field] !== b[field]);

export interface EntryContext extends TransferContext {
  readonly policy: TransferContext['policy'] & { readonly originSharePercent: number };
  readonly entries: Entries;
  /** How often each guild has entered its terms. */
  readonly rounds: Readonly<Record<TransferGuild, number>>;
  /** The losing guild did not answer in time, which counts as its consent. */
  readonly deemed: boolean;
}

/**
 * The terms that stand. Who was silent has agreed to the transfer, but not asked for a fee: the gaining guild's terms hold, and it
 * owes nothing. Null: they do not match yet.
 */
export function standingTerms({
  entries: { GUILD, GAINING_GUILD },
  deemed,
}: Pick<EntryContext, 'entries' | 'deemed'>): TransferTerms | null {
  if (GAINING_GUILD === null) return null;
  if (deemed) return { ...GAINING_GUILD, feeMinor: 0 };
  return GUILD !== null && differingFields(GUILD, GAINING_GUILD).length === 0 ? GAINING_GUILD : null;
}

/** Everything in which an entry breaks the policy, all at once. */
export function entryViolations(
  { terms, offer }: { readonly terms: TransferTerms; readonly offer?: Offer },
  { policy }: EntryContext,
  at: string,
): Reason[] {
  return [
    ...instantViolations(terms.transferAt, at).map((reason) => ({ ...reason, field: 'terms.transferAt' })),
    ...(terms.originSharePercent > policy.originSharePercent
      ? [
          {
            code: 'ORIGIN_SHARE_TOO_HIGH',
            message: `The share for the guilds of origin may be at most ${String(policy.originSharePercent)} %.`,
            field: 'terms.originSharePercent',
          },
        ]
      : []),
    ...(offer === undefined ? [] : offerViolations(offer, policy)),
  ];
}
