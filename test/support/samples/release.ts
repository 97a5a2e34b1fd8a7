import { commonPayloads, ineligible, MEMBERSHIP, requestInput, switchAnswers } from './request.js';
import type { Sample } from './sample.js';

const about = { membershipId: MEMBERSHIP, initiator: 'PLATFORM', parties: ['BROADCASTER', 'GUILD', 'PLATFORM'] };

export const sample: Sample = {
  starts: {
    atOnce: requestInput({ ground: 'GUILD_CLOSED' }, about),
    later: requestInput({ ground: 'TERM_ENDED', effectiveAt: '2026-06-01T00:00:00.000Z' }, about),
    termOver: requestInput({ ground: 'TERM_ENDED', asOfTermEnd: true }, { ...about, termEndsAt: '2026-01-01T00:00:00.000Z' }),
    ineligible: requestInput({ ground: 'GUILD_INACTIVE' }, { ...about, ...ineligible }),
  },
  payloads: commonPayloads,
  answers: switchAnswers,
};
