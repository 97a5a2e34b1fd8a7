import { commonPayloads, ineligible, MEMBERSHIP, requestInput } from './request.js';
import { uuid, type Sample } from './sample.js';

const said = { reasonCode: 'FORGED' };
const about = {
  parentId: uuid(14),
  initiator: 'PLATFORM',
  parties: ['BROADCASTER', 'GUILD', 'PLATFORM'],
  proposedBy: uuid(40),
  annulled: MEMBERSHIP,
  restored: null,
};

export const sample: Sample = {
  starts: {
    reversal: requestInput(said, about),
    ineligible: requestInput(said, { ...about, ...ineligible }),
  },
  payloads: { ...commonPayloads, APPROVE_REVERSAL: () => ({}), REJECT_REVERSAL: () => ({}) },
  answers: { reverseSwitch: () => ({ type: 'UNWOUND' }) },
};
