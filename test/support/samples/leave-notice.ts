import { commonPayloads, correctedReasons, ineligible, MEMBERSHIP, requestInput, switchAnswers } from './request.js';
import type { Sample } from './sample.js';

const said = { primaryReason: 'MONEY_UNPAID', acceptsExitFee: false };
const membershipId = MEMBERSHIP;

export const sample: Sample = {
  starts: {
    notice: requestInput(said, { membershipId }),
    ineligible: requestInput(said, { membershipId, ...ineligible }),
  },
  payloads: { ...commonPayloads, WITHDRAW_REQUEST: () => ({}), ...correctedReasons },
  answers: switchAnswers,
};
