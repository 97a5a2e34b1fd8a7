import { permits, set, type Reason, type StateConfig, type WorkflowEvent } from '../../kernel/index.js';
import { about, tell } from '../../phases/index.js';
import type { PaymentV2Context } from './context.js';
import { PAYOUT_FAILURES, type EscrowReason } from './payouts.js';

/** Why nothing is being paid, and the escrow. */

export const PAYEE_GONE = { payeeMissing: true, dueSince: null } as const;

export const lastFailureOf = ({ lastFailure }: PaymentV2Context): Reason[] =>
  lastFailure === null ? [] : [{ code: lastFailure, message: PAYOUT_FAILURES[lastFailure].message }];

const WHY: Readonly<Record<EscrowReason, string>> = {
  SANCTIONS: 'The payee may stand on a list of sanctions.',
  COURT_ORDER: 'A court has ordered it.',
  IDENTITY_DOUBT: 'It is in doubt who the payee is.',
  INVESTIGATION: 'The platform investigates.',
  OTHER: 'The platform has given another reason.',
};

export const escrowing: StateConfig = {
  ESCROW_PAYMENT: {
    guard: permits('isImpartial'),
    target: 'escrow',
    actions: set<PaymentV2Context, WorkflowEvent & { reasonCode: EscrowReason }>((_context, { reasonCode }) => ({
      escrowReason: reasonCode,
    })),
  },
};

/**
 * Without a clock: what a court or a list of sanctions keeps back has no end that the platform could promise. `to`: where a release
 * leads; `on`: what happens meanwhile.
 */
export const escrow = (to: (...when: string[]) => readonly object[], on: StateConfig): StateConfig => ({
  ...about({
    title: 'In escrow',
    description: 'The funds are kept back until the platform releases them.',
    phase: 'settlement',
    awaits: () => ['PLATFORM'],
    acts: ['RELEASE_ESCROW'],
    reasons: ({ escrowReason }: PaymentV2Context): Reason[] =>
      escrowReason === null ? [] : [{ code: escrowReason, message: WHY[escrowReason] }],
  }),
  entry: [set<PaymentV2Context>(() => ({ dueSince: null, failures: 0 })), tell('PAYOUT_IN_ESCROW')],
  on: {
    RELEASE_ESCROW: to('isImpartial'),
    VOID_REQUEST: 'voided',
    ...on,
  },
});
