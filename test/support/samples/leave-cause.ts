import {
  commonPayloads,
  disputeAnswers,
  disputePayloads,
  ineligible,
  MEMBERSHIP,
  requestInput,
  switchAnswers,
} from './request.js';
import { sha, uuid, type Sample } from './sample.js';

const said = { cause: 'UNPAID', annexId: uuid(30), annexHash: sha(30) };
const about = { membershipId: MEMBERSHIP, parties: ['BROADCASTER', 'GUILD', 'PLATFORM'], curable: true, excluded: [] };
const minor = { minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] };

export const sample: Sample = {
  starts: {
    cause: requestInput(said, about),
    notCurable: requestInput({ ...said, cause: 'HARASSMENT' }, { ...about, curable: false }),
    minor: requestInput(said, { ...about, ...minor }),
    ineligible: requestInput(said, { ...about, ...ineligible }),
  },
  payloads: {
    ...commonPayloads,
    ...disputePayloads,
    WITHDRAW_REQUEST: () => ({}),
    ADD_EVIDENCE: () => ({ annexId: uuid(31), annexHash: sha(31) }),
    ANSWER_CAUSE: () => ['CONTESTED', 'CURED', 'ACCEPTED'].map((answer) => ({ answer })),
    CONFIRM_CURE: () => ({}),
    REJECT_CURE: () => ({}),
    RULE_CAUSE: () => [{ outcome: 'DENIED' }, { outcome: 'UPHELD', verifiedCause: 'PAID_LATE' }],
    APPEAL_RULING: () => [{ ground: 'WRONG_FACTS' }, { ground: 'QUOTA' }],
  },
  answers: { ...switchAnswers, ...disputeAnswers, recordFault: () => ({ type: 'FAULT_RECORDED' }) },
  notVoidable: ['released'],
};
