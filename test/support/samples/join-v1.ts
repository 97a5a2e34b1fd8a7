import {
  agreementAnswers,
  agreementPayloads,
  commonPayloads,
  ineligible,
  requestInput,
  switchAnswers,
  terms,
} from './request.js';
import type { Sample } from './sample.js';

const { requestId, broadcasterId, guildId, initiator, timeZone, currency, policy, eligibilityFailures } = requestInput({});
const { joinCoolingOffDays, guildResponseDays, proposalTtlDays, signatureWindowDays } = policy;
const { maxDraftRounds, minTermMonths, maxTermMonths, guildShareMaxPercent } = policy;

/** Version 1 has an input of its own, and is strict about the policy that it pins. */
const input = {
  requestId,
  broadcasterId,
  guildId,
  initiator,
  timeZone,
  currency,
  policy: {
    joinCoolingOffDays,
    guildResponseDays,
    proposalTtlDays,
    signatureWindowDays,
    maxDraftRounds,
    minTermMonths,
    maxTermMonths,
    guildShareMaxPercent,
  },
  terms,
  eligibilityFailures,
};

export const sample: Sample = {
  starts: { application: input, invitation: { ...input, initiator: 'GUILD' }, ineligible: { ...input, ...ineligible } },
  payloads: { ...commonPayloads, ...agreementPayloads },
  answers: { ...agreementAnswers, ...switchAnswers },
};
