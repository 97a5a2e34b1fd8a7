import { z } from 'zod';

/** What the platform's payouts, which are made outside, can come to: the one table of it. */

/** `RETRY`: the same payee, once more. `NEW_PAYEE`: never to this one. `ESCROW`: to nobody until somebody has looked at it. */
type Consequence = 'RETRY' | 'NEW_PAYEE' | 'ESCROW';

interface PayoutFailureSpec {
  readonly leadsTo: Consequence;
  /** One sentence for people. */
  readonly message: string;
}

export const PAYOUT_FAILURE_CODES = [
  'PROVIDER_UNAVAILABLE',
  'LIMIT_EXCEEDED',
  'TIMEOUT',
  'ACCOUNT_CLOSED',
  'ACCOUNT_INVALID',
  'NAME_MISMATCH',
  'PAYEE_REFUSED',
  'SANCTIONED',
] as const;
export type PayoutFailure = (typeof PAYOUT_FAILURE_CODES)[number];

/** Each is reported only when it is certain that nothing was paid: a payout whose result is not known yet is still under way. */
export const PAYOUT_FAILURES: Readonly<Record<PayoutFailure, PayoutFailureSpec>> = {
  PROVIDER_UNAVAILABLE: { leadsTo: 'RETRY', message: 'The payout provider could not be reached.' },
  LIMIT_EXCEEDED: { leadsTo: 'RETRY', message: 'A limit of the payout provider was exceeded.' },
  TIMEOUT: { leadsTo: 'RETRY', message: 'The payout provider did not carry it out in time.' },
  ACCOUNT_CLOSED: { leadsTo: 'NEW_PAYEE', message: 'The account of the payee is closed.' },
  ACCOUNT_INVALID: { leadsTo: 'NEW_PAYEE', message: 'There is no such account of the payee.' },
  NAME_MISMATCH: { leadsTo: 'NEW_PAYEE', message: 'The account belongs to another name than that of the payee.' },
  PAYEE_REFUSED: { leadsTo: 'NEW_PAYEE', message: 'The payee or the payee’s bank has refused the payout.' },
  SANCTIONED: {
    leadsTo: 'ESCROW',
    message: 'The payee may stand on a list of sanctions; nothing is paid before that is cleared.',
  },
};

/** Why funds are kept back. A ban is no reason: exits and clean payouts go on (edge case 3). */
export const ESCROW_REASONS = ['SANCTIONS', 'COURT_ORDER', 'IDENTITY_DOUBT', 'INVESTIGATION', 'OTHER'] as const;
export type EscrowReason = (typeof ESCROW_REASONS)[number];

export const RELEASE_REASONS = ['CLEARED', 'COURT_ORDER', 'PLATFORM_ERROR', 'OTHER'] as const;

const LOOKS_LIKE_IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/i;

/**
 * Of one attempt, as the payout system outside calls it; never an account. It stays in the chain for good, so what looks like an
 * account number is refused.
 */
export const payoutReference = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/)
  .refine((reference) => !LOOKS_LIKE_IBAN.test(reference), 'This is an account number, not the reference of a payout.');
