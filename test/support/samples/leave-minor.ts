import { ineligible, MEMBERSHIP, requestInput, switchAnswers } from './request.js';
import type { Sample } from './sample.js';

const said = { primaryReason: 'WORKLOAD_HEALTH' };
const minor = { membershipId: MEMBERSHIP, minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD'] };

export const sample: Sample = {
  starts: {
    minor: requestInput(said, minor),
    guardian: requestInput(said, { ...minor, initiator: 'GUARDIAN' }),
    ineligible: requestInput(said, { ...minor, ...ineligible }),
  },
  payloads: {},
  answers: switchAnswers,
};
