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
/** The owner approves, then two of the guild sign, then the broadcaster; nobody's proof is looked at. */
const plan = {
  stages: [
    { groups: [{ key: 'GUILD_APPROVAL', party: 'GUILD', role: 'APPROVER', need: 1, by: ['GUILD_OWNER'] }] },
    { groups: [{ key: 'GUILD', party: 'GUILD', role: 'SIGNER', need: 2 }] },
    { groups: [{ key: 'BROADCASTER', party: 'BROADCASTER', role: 'SIGNER', need: 1 }] },
  ],
  level: null,
  reminderDays: 2,
};
const minor = { minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] };

export const sample: Sample = {
  starts: {
    application: requestInput(said),
    invitation: requestInput(said, { initiator: 'GUILD' }),
    minor: requestInput(said, minor),
    planned: requestInput(said, { signing: plan }),
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
