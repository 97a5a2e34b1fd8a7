import { commonPayloads, ineligible, requestInput } from './request.js';
import { uuid, type Sample } from './sample.js';

const said = { ground: 'FRAUD' };
const about = { parentId: uuid(14), parties: ['BROADCASTER', 'GUILD', 'PLATFORM'], excluded: [] };
const minor = { minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] };

export const sample: Sample = {
  starts: {
    filed: requestInput(said, about),
    byGuild: requestInput(said, { ...about, initiator: 'GUILD' }),
    minor: requestInput(said, { ...about, ...minor, initiator: 'GUARDIAN' }),
    ineligible: requestInput(said, { ...about, ...ineligible }),
  },
  payloads: {
    ...commonPayloads,
    WITHDRAW_REQUEST: () => ({}),
    ANSWER_DISPUTE: () => [{ answer: 'CONTESTED' }, { answer: 'CONCEDED' }],
    DECIDE_DISPUTE: () => [{ outcome: 'DENIED' }, { outcome: 'UPHELD' }],
    APPEAL_DISPUTE: () => [{ ground: 'UNFAIR_PROCESS' }, { ground: 'NO_ANSWER' }],
    CLOSE_DISPUTE: () => ({}),
  },
  answers: {
    reportDecision: () => ({ type: 'DECISION_REPORTED', taken: true }),
    releaseInterim: () => [
      { type: 'INTERIM_RELEASED', taken: false },
      { type: 'INTERIM_RELEASED', taken: true },
    ],
  },
};
