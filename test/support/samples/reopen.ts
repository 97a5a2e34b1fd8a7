import { commonPayloads, ineligible, requestInput } from './request.js';
import { sha, uuid, type Sample } from './sample.js';

const said = { ground: 'NEW_EVIDENCE', annexId: uuid(30), annexHash: sha(30) };
const about = { parentId: uuid(14), parties: ['BROADCASTER', 'GUILD', 'PLATFORM'], excluded: [] };

export const sample: Sample = {
  starts: {
    petition: requestInput(said, about),
    byGuild: requestInput(said, { ...about, initiator: 'GUILD' }),
    ineligible: requestInput(said, { ...about, ...ineligible }),
  },
  payloads: {
    ...commonPayloads,
    WITHDRAW_REQUEST: () => ({}),
    DECIDE_PETITION: () => [{ outcome: 'DENIED' }, { outcome: 'GRANTED' }],
  },
  answers: { reopenRequest: () => ({ type: 'REOPENED', requestId: uuid(23) }) },
};
