import { ineligible, switchAnswers } from './request.js';
import { offer, transferInput } from './transfer.js';
import type { Sample } from './sample.js';

const effectiveAt = '2026-02-15T00:00:00.000Z';
const about = { initiator: 'PLATFORM', parties: ['BROADCASTER', 'GUILD', 'GAINING_GUILD', 'PLATFORM'], terms: offer };
const carried = { ...about, switchAt: effectiveAt, termFrom: '2026-01-01T00:00:00.000Z' };

export const sample: Sample = {
  starts: {
    moved: transferInput({ effectiveAt }, carried),
    ineligible: transferInput({ effectiveAt }, { ...carried, terms: null, membershipId: null, ...ineligible }),
  },
  payloads: {},
  answers: switchAnswers,
};
