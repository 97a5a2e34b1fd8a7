import { ineligible } from './request.js';
import { uuid, type Place, type Sample } from './sample.js';
import { offer, otherOffer, ofMinor, transferAnswers, transferInput, transferPayloads } from './transfer.js';

const codeId = uuid(40);
const another = ({ context }: Place) => ((context as { version: number }).version % 2 === 1 ? otherOffer : offer);

export const sample: Sample = {
  starts: {
    code: transferInput({ offer, codeId }, { initiator: 'GAINING_GUILD' }),
    'for later': transferInput({ offer, codeId, transferAt: '2026-05-01T00:00:00.000Z' }, { initiator: 'GAINING_GUILD' }),
    'of a minor': transferInput({ offer, codeId }, { initiator: 'GAINING_GUILD', ...ofMinor }),
    ineligible: transferInput({ offer, codeId }, { initiator: 'GAINING_GUILD', ...ineligible }),
  },
  payloads: {
    ...transferPayloads,
    OFFER_MEMBERSHIP: (place) => ({ offer: another(place) }),
    CORRECT_REQUEST: () => ({ offer: { guildSharePercent: 10, termMonths: 6 }, reasonCode: 'PLATFORM_ERROR' }),
  },
  answers: transferAnswers,
};
