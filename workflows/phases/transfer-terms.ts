import type { z } from 'zod';
import type { Reason } from '../kernel/index.js';
import type { Parameters } from './parameters.js';
import type { Agreement } from './drafting.js';
import type { Signatures } from './signing.js';
import type { SwitchContext } from './switching.js';
import { termsSchema, termViolations } from './terms.js';

/** What a transfer is about, whether the guild that is left has a say in it or not. */

/** The membership that the gaining guild offers to the broadcaster; none of the losing guild's business. */
export const offerSchema = termsSchema.omit({ startAt: true });
export type Offer = z.infer<typeof offerSchema>;

export const TRANSFER_PARAMETERS = [
  'maxDraftRounds',
  'proposalTtlDays',
  'signatureWindowDays',
  'minTermMonths',
  'maxTermMonths',
  'guildShareMaxPercent',
  'nonCompeteMaxMonths',
  'transferCoolingOffDays',
  'disputeDecisionDays',
  'postTransferLockDays',
] as const;
export type TransferPolicy = Parameters<(typeof TRANSFER_PARAMETERS)[number]>;

export interface TransferContext extends SwitchContext {
  readonly policy: TransferPolicy;
  readonly offer: Offer | null;
  /** When the broadcaster is to move; null: as soon as may be. */
  readonly transferAt: string | null;
  /** Number of the text, from 1; 0 before there is one. */
  readonly version: number;
  /** What broadcaster and gaining guild sign: the transfer and the membership that is offered. */
  readonly agreement: Agreement | null;
  /** What the losing guild signs, which does not know the offer; null: its signature is not needed. */
  readonly release: Agreement | null;
  readonly signatures: Signatures;
  /** Others than the initiator have heard of the request. */
  readonly told: boolean;
  readonly coolingOffEndsAt: string | null;
  /** Grounds on which the losing guild has objected; the last one is being decided, or was. */
  readonly grounds: readonly string[];
  readonly gainedMembershipId: string | null;
  readonly paymentId: string | null;
  readonly platformStandsIn: boolean;
}

export const NOTHING_AGREED = {
  offer: null,
  transferAt: null,
  version: 0,
  agreement: null,
  release: null,
  signatures: {},
  told: false,
  coolingOffEndsAt: null,
  switchAt: null,
  grounds: [],
  gainedMembershipId: null,
  paymentId: null,
  platformStandsIn: false,
} as const;

type OfferPolicy = Parameters<'minTermMonths' | 'maxTermMonths' | 'guildShareMaxPercent' | 'nonCompeteMaxMonths'>;

/** Everything in which an offer breaks the policy; `field` is the place of the offer in what was said. */
export const offerViolations = (offer: Offer, policy: OfferPolicy, field = 'offer'): Reason[] =>
  termViolations(offer, policy).map((reason) => ({
    ...reason,
    ...(reason.field !== undefined && { field: reason.field.replace('terms', field) }),
  }));

/** A transfer lies ahead, and within reach: a mistyped year must not keep somebody waiting for good. */
export const MAX_DAYS_AHEAD = 366;

export function instantViolations(transferAt: string, at: string): Reason[] {
  const ahead = Date.parse(transferAt) - Date.parse(at);
  if (ahead <= 0)
    return [{ code: 'IN_THE_PAST', message: 'The time of the transfer has to lie in the future.', field: 'transferAt' }];
  return ahead > MAX_DAYS_AHEAD * 86_400_000
    ? [
        {
          code: 'TOO_FAR_AHEAD',
          message: `The time of the transfer may be at most ${String(MAX_DAYS_AHEAD)} days ahead.`,
          field: 'transferAt',
        },
      ]
    : [];
}
