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
const membershipId = MEMBERSHIP;
const found = { termStartsAt: '2025-09-01T00:00:00.000Z', termEndsAt: '2026-06-01T00:00:00.000Z' };
const minor = { minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD'] };

export const sample: Sample = {
  starts: {
    broadcaster: requestInput(said, { membershipId, found }),
    guild: requestInput(said, { membershipId, found, initiator: 'GUILD' }),
    minor: requestInput(said, { membershipId, found, ...minor }),
    ineligible: requestInput(said, { membershipId, found, ...ineligible }),
  },
  payloads: { ...commonPayloads, ...agreementPayloads },
  answers: { ...agreementAnswers, ...switchAnswers },
};
