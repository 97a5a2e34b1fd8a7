import { sha, uuid, type Place, type Sample } from './sample.js';

/** What the samples of most kinds have in common. */

/** Every parameter that a kind may pin; a kind takes its own. `maxDraftRounds` is small, so that the limit is reached soon. */
export const policy = {
  majorityAgeYears: 18,
  minBroadcasterAgeYears: 16,
  joinCoolingOffDays: 8,
  guildResponseDays: 5,
  proposalTtlDays: 7,
  signatureWindowDays: 7,
  maxDraftRounds: 2,
  minTermMonths: 3,
  maxTermMonths: 12,
  rejoinCooldownDays: 30,
  guildShareMaxPercent: 30,
  postTransferLockDays: 60,
  noticeDays: 30,
  probationDays: 14,
  cureDays: 15,
  settlementCycleDays: 30,
  objectionDays: 10,
  payoutDays: 15,
  payoutRetryDays: 1,
  payoutAttemptsMax: 2,
  unclaimedDays: 90,
  identityLockDays: 7,
  retentionYears: 7,
  losingGuildResponseDays: 7,
  transferCoolingOffDays: 5,
  certificationDays: 5,
  transferCodeTtlHours: 336,
  transferCodesPerDay: 3,
  transferCodeAttempts: 5,
  originSharePercent: 5,
  disputeAnswerDays: 7,
  disputeDecisionDays: 14,
  disputeAppealDays: 7,
  reopenWindowDays: 180,
  exitQuotaPercentPerMonth: 0,
};

export const terms = { guildSharePercent: 20, termMonths: 12 };
export const otherTerms = { guildSharePercent: 15, termMonths: 6 };
export const MEMBERSHIP = uuid(13);

/** The input of a machine as the opener makes it. */
export const requestInput = (said: object, change: object = {}) => ({
  requestId: uuid(10),
  broadcasterId: uuid(11),
  guildId: uuid(12),
  gainingGuildId: null,
  membershipId: null,
  parentId: null,
  initiator: 'BROADCASTER',
  parties: ['BROADCASTER', 'GUILD'],
  timeZone: 'Asia/Tokyo',
  currency: 'JPY',
  minor: false,
  policy,
  said,
  eligibilityFailures: [],
  ...change,
});

/** What support corrects in an exit that waits for its day. */
export const correctedReasons = {
  CORRECT_REQUEST: () => ({ primaryReason: 'LIFE_STUDY', reasonCode: 'PLATFORM_ERROR' }),
};

export const ineligible = { eligibilityFailures: [{ code: 'LOCKED', message: 'There is a lock.' }] };

const versionIn = ({ context }: Place): number => (context as { version: number }).version;

/** For events that every kind has. */
export const commonPayloads: Sample['payloads'] = {
  VOID_REQUEST: () => ({ reasonCode: 'FRAUD' }),
  SUPERSEDE_REQUEST: () => ({ byRequestId: uuid(20) }),
};

/** For kinds that wait for a dispute. */
export const disputePayloads: Sample['payloads'] = {
  DISPUTE_DECIDED: () => ['DENIED', 'UPHELD', 'WITHDRAWN', 'VOIDED'].map((outcome) => ({ disputeId: uuid(22), outcome })),
  INTERIM_RELEASE: () => ({ disputeId: uuid(22) }),
};
export const disputeAnswers: NonNullable<Sample['answers']> = {
  openDispute: () => ({ type: 'DISPUTE_OPENED', disputeId: uuid(22) }),
};

/** For kinds with a text that everybody signs. */
export const agreementPayloads: Sample['payloads'] = {
  PROPOSE_TERMS: (place) => ({ terms: versionIn(place) % 2 === 1 ? otherTerms : terms }),
  ACCEPT_TERMS: (place) => ({ version: versionIn(place) }),
  SIGN_AGREEMENT: (place) => ({ version: versionIn(place), sha256: sha(versionIn(place)) }),
  REVOKE_SIGNATURE: () => ({}),
  DECLINE_REQUEST: () => ({ reasonCode: 'TERMS' }),
  WITHDRAW_REQUEST: () => ({}),
  CORRECT_REQUEST: () => ({ terms: { guildSharePercent: 10, termMonths: 6 }, reasonCode: 'PLATFORM_ERROR' }),
};

type Answers = NonNullable<Sample['answers']>;

export const agreementAnswers: Answers = {
  renderAgreement: ({ version }) => ({
    type: 'AGREEMENT_RENDERED',
    version,
    sha256: sha(version as number),
    agreementId: uuid(100 + (version as number)),
  }),
};

const switched = () => ({ type: 'SWITCHED', membershipId: MEMBERSHIP });

/** For kinds that begin, end, move or change a membership. */
export const switchAnswers: Answers = {
  switchMembership: switched,
  endMembership: switched,
  transferMembership: switched,
  amendMembership: switched,
  openStatement: () => ({ type: 'STATEMENT_OPENED', paymentId: uuid(21) }),
};
