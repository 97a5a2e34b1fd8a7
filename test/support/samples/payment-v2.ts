import { PAYOUT_FAILURE_CODES } from '../../../workflows/payment/index.js';
import { commonPayloads, disputeAnswers, disputePayloads, MEMBERSHIP, requestInput } from './request.js';
import { uuid, type Place, type Sample } from './sample.js';

const statement = (change: object = {}) => ({
  ...requestInput({}, { membershipId: MEMBERSHIP, parentId: uuid(14), initiator: 'PLATFORM', ...change }),
  payeeChangedAt: null,
});

/** The next that has not been reported. */
const reference = ({ context }: Place): string =>
  `payout-${String((context as { references: readonly string[] }).references.length + 1)}`;

export const sample: Sample = {
  starts: {
    statement: statement({ parties: ['BROADCASTER', 'GUILD', 'PLATFORM'] }),
    minor: statement({ minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] }),
  },
  payloads: {
    ...commonPayloads,
    ...disputePayloads,
    AGREE_STATEMENT: () => ({}),
    OBJECT_TO_STATEMENT: () => ({ ground: 'AMOUNT' }),
    PAYOUT_SUCCEEDED: (place) => ({ reference: reference(place) }),
    PAYOUT_FAILED: (place) => PAYOUT_FAILURE_CODES.map((code) => ({ reference: reference(place), code })),
    NAME_PAYEE: () => [{ payeeId: uuid(40) }, { payeeId: uuid(41) }],
    PAYEE_CHANGED: () => [
      { change: 'PAYEE', payeeId: null },
      { change: 'IDENTITY', payeeId: null },
    ],
    ESCROW_PAYMENT: () => ({ reasonCode: 'COURT_ORDER' }),
    RELEASE_ESCROW: () => ({ reasonCode: 'CLEARED' }),
  },
  answers: { ...disputeAnswers, changePayee: () => ({ type: 'PAYEE_NAMED' }) },
  byFinance: ['AGREE_STATEMENT', 'OBJECT_TO_STATEMENT'],
};
