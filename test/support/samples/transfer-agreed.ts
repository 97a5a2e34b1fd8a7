import { ineligible } from './request.js';
import type { Sample } from './sample.js';
import { offer, otherOffer, ofMinor, transferAnswers, transferInput, transferPayloads } from './transfer.js';

const terms = { transferAt: '2026-05-01T00:00:00.000Z', feeMinor: 50_000, originSharePercent: 5 };
const otherTerms = { ...terms, feeMinor: 60_000 };

export const sample: Sample = {
  starts: {
    transfer: transferInput({}),
    'of a minor': transferInput({}, ofMinor),
    ineligible: transferInput({}, ineligible),
  },
  payloads: {
    ...transferPayloads,
    // With an offer for the gaining guild, without one for the other.
    ENTER_TRANSFER_TERMS: () => [{ terms, offer }, { terms }, { terms: otherTerms, offer: otherOffer }, { terms: otherTerms }],
    CERTIFY_TRANSFER: () => ({}),
    REFUSE_CERTIFICATION: () => ({ reasonCode: 'FRAUD' }),
    CORRECT_REQUEST: () => ({ terms: { ...terms, feeMinor: 1_000 }, reasonCode: 'PLATFORM_ERROR' }),
  },
  answers: transferAnswers,
};
