import { commonPayloads, correctedReasons, ineligible, MEMBERSHIP, requestInput, switchAnswers } from './request.js';
import type { Sample } from './sample.js';

const said = { primaryReason: 'TERMS_VAGUE' };
const membershipId = MEMBERSHIP;

export const sample: Sample = {
  starts: {
    later: requestInput({ ...said, leaveAt: '2026-03-20T00:00:00.000Z' }, { membershipId }),
    now: requestInput(said, { membershipId }),
    ineligible: requestInput(said, { membershipId, ...ineligible }),
  },
  payloads: { ...commonPayloads, WITHDRAW_REQUEST: () => ({}), ...correctedReasons },
  answers: switchAnswers,
};
