import { commonPayloads, disputeAnswers, disputePayloads, MEMBERSHIP, requestInput } from './request.js';
import { uuid, type Sample } from './sample.js';

export const sample: Sample = {
  starts: { statement: requestInput({}, { membershipId: MEMBERSHIP, parentId: uuid(14), initiator: 'PLATFORM' }) },
  payloads: {
    ...commonPayloads,
    ...disputePayloads,
    AGREE_STATEMENT: () => ({}),
    OBJECT_TO_STATEMENT: () => ({ ground: 'AMOUNT' }),
  },
  answers: disputeAnswers,
  byFinance: ['AGREE_STATEMENT', 'OBJECT_TO_STATEMENT'],
};
