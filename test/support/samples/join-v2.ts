import {
  agreementAnswers,
  agreementPayloads,
  commonPayloads,
  ineligible,
  MEMBERSHIP,
  requestInput,
  switchAnswers,
  terms,
} from './request.js';
import type { Sample } from './sample.js';

const said = { terms };
const minor = { minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] };

export const sample: Sample = {
  starts: {
    application: requestInput(said),
    invitation: requestInput(said, { initiator: 'GUILD' }),
    minor: requestInput(said, minor),
    ineligible: requestInput(said, ineligible),
  },
  payloads: { ...commonPayloads, ...agreementPayloads, REQUEST_EARLY_START: () => ({}) },
  answers: {
    ...agreementAnswers,
    ...switchAnswers,
    switchMembership: () => [
      { type: 'SWITCHED', membershipId: MEMBERSHIP },
      { type: 'CONSENT_NEEDED', parties: ['BROADCASTER', 'GUILD'], minor: false },
    ],
    annulMembership: () => ({ type: 'UNWOUND' }),
  },
  notVoidable: ['withdrawable'],
};
