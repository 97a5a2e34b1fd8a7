import { commonPayloads, MEMBERSHIP, requestInput, switchAnswers } from './request.js';
import { sha, uuid, type Place, type Sample } from './sample.js';

/** What the samples of both transfers have in common. */

export const offer = { guildSharePercent: 20, termMonths: 12 };
export const otherOffer = { guildSharePercent: 15, termMonths: 6 };

export const transferInput = (said: object, change: object = {}) =>
  requestInput(said, {
    gainingGuildId: uuid(14),
    membershipId: MEMBERSHIP,
    parties: ['BROADCASTER', 'GUILD', 'GAINING_GUILD'],
    ...change,
  });

export const ofMinor = { minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD', 'GAINING_GUILD'] };

const versionIn = ({ context }: Place): number => (context as { version: number }).version;

export const releaseSha = (version: number): string => sha(500 + version);

export const transferPayloads: Sample['payloads'] = {
  ...commonPayloads,
  // The losing guild signs another text than the others.
  SIGN_AGREEMENT: (place) => [
    { version: versionIn(place), sha256: sha(versionIn(place)) },
    { version: versionIn(place), sha256: releaseSha(versionIn(place)) },
  ],
  REVOKE_SIGNATURE: () => ({}),
  DECLINE_REQUEST: () => ({ reasonCode: 'TERMS' }),
  WITHDRAW_REQUEST: () => ({}),
  OBJECT_TO_TRANSFER: () => [{ ground: 'MIN_TERM' }, { ground: 'QUOTA' }],
  DECIDE_OBJECTION: () => [{ decision: 'DISMISSED' }, { decision: 'UPHELD' }],
  STAND_IN: () => ({ reasonCode: 'GUILD_SUSPENDED' }),
  PULL_OUT: () => ({ reasonCode: 'CHANGED_MIND' }),
  CHOOSE_STAY: () => ({}),
  CHOOSE_FREE: () => ({}),
};

export const transferAnswers: NonNullable<Sample['answers']> = {
  ...switchAnswers,
  renderTransfer: ({ version, release }) => {
    const number = version as number;
    return {
      type: 'TRANSFER_RENDERED',
      version: number,
      agreement: { agreementId: uuid(100 + number), sha256: sha(number) },
      release: release === null ? null : { agreementId: uuid(200 + number), sha256: releaseSha(number) },
    };
  },
};
