import {
  commonPayloads,
  disputeAnswers,
  disputePayloads,
  ineligible,
  MEMBERSHIP,
  requestInput,
  switchAnswers,
} from './request.js';
import type { Sample } from './sample.js';

const said = { reasonCode: 'CONDUCT' };
const about = { membershipId: MEMBERSHIP, initiator: 'GUILD' };

export const sample: Sample = {
  starts: {
    expulsion: requestInput(said, about),
    minor: requestInput(said, { ...about, minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD'] }),
    ineligible: requestInput(said, { ...about, ...ineligible }),
  },
  payloads: {
    ...commonPayloads,
    ...disputePayloads,
    WITHDRAW_REQUEST: () => ({}),
    APPEAL_EXPULSION: () => [{ ground: 'WRONG_FACTS' }, { ground: 'POPULARITY' }],
  },
  answers: { ...switchAnswers, ...disputeAnswers, closeDispute: () => ({ type: 'DISPUTE_CLOSED' }) },
};
