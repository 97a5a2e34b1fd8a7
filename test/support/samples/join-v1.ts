import type { Json } from '../../../workflows/kernel/index.js';
import { sha, uuid, type Place, type Sample } from './sample.js';

const terms = { guildSharePercent: 20, termMonths: 12 };
const otherTerms = { guildSharePercent: 15, termMonths: 6 };

const input = {
  requestId: uuid(10),
  broadcasterId: uuid(11),
  guildId: uuid(12),
  initiator: 'BROADCASTER',
  timeZone: 'Asia/Tokyo',
  currency: 'JPY',
  policy: {
    joinCoolingOffDays: 8,
    guildResponseDays: 5,
    proposalTtlDays: 7,
    signatureWindowDays: 7,
    // Few, so that the limit is reached soon.
    maxDraftRounds: 2,
    minTermMonths: 3,
    maxTermMonths: 12,
    guildShareMaxPercent: 30,
  },
  terms,
  eligibilityFailures: [],
};

const versionIn = ({ context }: Place): number => (context as { version: number }).version;

export const sample: Sample = {
  starts: {
    application: input,
    invitation: { ...input, initiator: 'GUILD' },
    ineligible: { ...input, eligibilityFailures: [{ code: 'LOCKED', message: 'There is a lock.' }] },
  },
  payloads: {
    PROPOSE_TERMS: (place) => ({ terms: versionIn(place) % 2 === 1 ? otherTerms : terms }),
    ACCEPT_TERMS: (place) => ({ version: versionIn(place) }),
    SIGN_AGREEMENT: (place) => ({ version: versionIn(place), sha256: sha(versionIn(place)) }),
    REVOKE_SIGNATURE: () => ({}),
    DECLINE_REQUEST: () => ({ reasonCode: 'TERMS' }),
    WITHDRAW_REQUEST: () => ({}),
    VOID_REQUEST: () => ({ reasonCode: 'FRAUD' }),
  },
  answers: {
    renderAgreement: ({ version }: Readonly<Record<string, Json>>) => ({
      type: 'AGREEMENT_RENDERED',
      version,
      sha256: sha(version as number),
      agreementId: uuid(100 + (version as number)),
    }),
    switchMembership: () => ({ type: 'SWITCHED', membershipId: uuid(200) }),
  },
};
