import {
  agreementAnswers,
  agreementPayloads,
  commonPayloads,
  ineligible,
  MEMBERSHIP,
  requestInput,
  switchAnswers,
} from './request.js';
import { uuid, type Place, type Sample } from './sample.js';

const said = { primaryReason: 'GROWTH_OUTGREW', becomesNotice: true, acceptsExitFee: false };
const membershipId = MEMBERSHIP;
const found = { guildSuspended: false };
const minor = { minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD'] };
const early = { leaveAt: '2026-05-01T00:00:00.000Z' };
const late = { leaveAt: '2026-06-01T00:00:00.000Z' };
const versionIn = ({ context }: Place): number => (context as { version: number }).version;

export const sample: Sample = {
  starts: {
    broadcaster: requestInput(said, { membershipId, found }),
    guild: requestInput({ ...said, ...early, becomesNotice: false }, { membershipId, found, initiator: 'GUILD' }),
    minor: requestInput(said, { membershipId, found, ...minor }),
    ineligible: requestInput(said, { membershipId, found, ...ineligible }),
  },
  payloads: {
    ...commonPayloads,
    ...agreementPayloads,
    PROPOSE_TERMS: (place) => ({ terms: versionIn(place) % 2 === 1 ? late : early }),
    CORRECT_REQUEST: () => ({ terms: { leaveAt: '2026-07-01T00:00:00.000Z' }, reasonCode: 'PLATFORM_ERROR' }),
    WISH_NOTICE: () => [{ becomesNotice: false }, { becomesNotice: true, acceptsExitFee: true }],
    STAND_IN: () => ({ reasonCode: 'GUILD_SUSPENDED' }),
  },
  answers: { ...agreementAnswers, ...switchAnswers, giveNotice: () => ({ type: 'NOTICE_GIVEN', noticeId: uuid(30) }) },
};
