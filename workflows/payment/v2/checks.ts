import { OTHER_OUTCOME, type Check, type Reason } from '../../kernel/index.js';
import { commonChecks, decidingChecks, forParty, says, sideOf } from '../../phases/index.js';
import { lateFrom, lockedUntil, type PaymentV2Context } from './context.js';
import { PAYOUT_FAILURES, type PayoutFailure } from './payouts.js';

const NOT_A_SIDE: Reason = { code: 'ONLY_PARTIES', message: 'The statement is agreed between broadcaster and guild.' };
const otherOutcome = (message: string): Reason[] => [{ code: OTHER_OUTCOME, message }];

const leadsTo =
  (consequence: string): Check<PaymentV2Context> =>
  ({ payload }) =>
    !payload || PAYOUT_FAILURES[payload['code'] as PayoutFailure].leadsTo === consequence
      ? []
      : otherOutcome(`This way is for codes that lead to ${consequence}.`);

export const checks = {
  ...commonChecks,
  isImpartial: decidingChecks.isImpartial,
  isForBroadcaster: decidingChecks.isForBroadcaster,
  hasNotAgreed: forParty<PaymentV2Context>((party, { context }) => {
    if (party === 'PLATFORM') return [NOT_A_SIDE];
    return context.agreed.includes(sideOf(party)) ? [{ code: 'ALREADY_AGREED', message: 'Your side has agreed already.' }] : [];
  }),
  isAgreedByAll: ({ context }) =>
    context.agreed.length >= 2 ? [] : [{ code: 'AGREEMENT_MISSING', message: 'Not both sides have agreed.' }],
  hasPayee: ({ context }) =>
    context.payeeMissing ? [{ code: 'PAYEE_MISSING', message: 'Another payee has to be named first.' }] : [],
  isPayeeFree: ({ context, at }) => {
    const until = lockedUntil(context);
    return until === null || Date.parse(until) <= Date.parse(at)
      ? []
      : [{ code: 'PAYEE_LOCKED', message: 'The payee was changed a short time ago.', until }];
  },
  /** A report that comes twice says nothing new, and a second payout has a reference of its own. */
  isNewReference: ({ context, payload }) =>
    payload && context.references.includes(payload['reference'] as string)
      ? [
          {
            code: 'ALREADY_REPORTED',
            message: 'The result of the payout of this reference was reported before.',
            field: 'reference',
          },
        ]
      : [],
  isForEscrow: leadsTo('ESCROW'),
  isRetryable: leadsTo('RETRY'),
  hasAttemptsLeft: ({ context, payload }) =>
    !payload || context.failures + 1 < context.policy.payoutAttemptsMax ? [] : otherOutcome('This was the last attempt.'),
  isInTime: ({ context, at }) => {
    const from = lateFrom(context);
    return from === null || Date.parse(at) < Date.parse(from) ? [] : [{ code: 'LATE', message: 'The payout is late.' }];
  },
  isOtherPayee: ({ context, payload }) =>
    payload && context.payeeId !== null && payload['payeeId'] === context.payeeId
      ? [{ code: 'SAME_PAYEE', message: 'This is the payee who could not be paid; name another one.', field: 'payeeId' }]
      : [],
  namesPayee: says('change', 'PAYEE') as Check<PaymentV2Context>,
} satisfies Record<string, Check<PaymentV2Context>>;
