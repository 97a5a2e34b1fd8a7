import { z } from 'zod';
import {
  BROADCASTER_SIDE,
  endOf,
  pinned,
  requestContext,
  requestInput,
  sideOf,
  type Contested,
  type Party,
} from '../../phases/index.js';
import type { EscrowReason, PayoutFailure } from './payouts.js';

export const policy = pinned(
  'settlementCycleDays',
  'objectionDays',
  'payoutDays',
  'payoutRetryDays',
  'payoutAttemptsMax',
  'identityLockDays',
  'unclaimedDays',
  'retentionYears',
);
export const said = z.strictObject({});
const instant = z.iso.datetime({ precision: 3 });
/** `payeeChangedAt`: when the broadcaster's payee was changed last before the payment began; null: never. */
export const input = requestInput(policy, said).extend({ payeeChangedAt: instant.nullable() });
export type Input = z.infer<typeof input>;

export interface PaymentV2Context extends Contested {
  readonly policy: z.infer<typeof policy>;
  /** Sides that have agreed to the statement. */
  readonly agreed: readonly Party[];
  /** Money is what a guild's finance is for. */
  readonly financeActs: true;
  /** Under which the payout system outside knows the payee who was named last; null: the one that it has. */
  readonly payeeId: string | null;
  /** The payee cannot be paid: another one has to be named. */
  readonly payeeMissing: boolean;
  /** Last change of the payee or of the identity, from which the lock counts. */
  readonly payeeChangedAt: string | null;
  /** From when `payoutDays` count; kept while an attempt is repeated, gone where it was not the platform that was waited for. */
  readonly dueSince: string | null;
  /** Attempts that have failed with this payee. */
  readonly failures: number;
  readonly lastFailure: PayoutFailure | null;
  /** Of every payout that was reported, so that none counts twice. */
  readonly references: readonly string[];
  readonly escrowReason: EscrowReason | null;
}

/** What version 1 did not know, as it is before the payout. */
export const NOTHING_PAID = {
  payeeId: null,
  payeeMissing: false,
  payeeChangedAt: null,
  dueSince: null,
  failures: 0,
  lastFailure: null,
  references: [],
  escrowReason: null,
} as const;

export function initialContext({ payeeChangedAt, ...given }: Input): PaymentV2Context {
  const context = requestContext<z.infer<typeof policy>>(given);
  return { ...context, agreed: [], disputeId: null, financeActs: true, ...NOTHING_PAID, payeeChangedAt };
}

export const broadcasterSide = ({ parties }: Pick<PaymentV2Context, 'parties'>): Party[] =>
  parties.filter((party) => BROADCASTER_SIDE.includes(party as never));

/** The parties whose side has not agreed yet. The platform has no side. */
export const notAgreed = ({ parties, agreed }: Pick<PaymentV2Context, 'parties' | 'agreed'>): Party[] =>
  parties.filter((party) => party !== 'PLATFORM' && !agreed.includes(sideOf(party)));

/** When a changed payee may be paid; null: at any time. */
export const lockedUntil = ({ payeeChangedAt, policy: { identityLockDays }, timeZone }: PaymentV2Context): string | null =>
  payeeChangedAt === null ? null : endOf(payeeChangedAt, identityLockDays, timeZone);

/** When the payout is late; null: it is not due. */
export const lateFrom = ({ dueSince, policy: { payoutDays }, timeZone }: PaymentV2Context): string | null =>
  dueSince === null ? null : endOf(dueSince, payoutDays, timeZone);
