export { payment } from './v1/definition.js';
export { changePayeeParams } from './v2/events.js';
export { paymentV2 } from './v2/definition.js';
export { ESCROW_REASONS, PAYOUT_FAILURE_CODES, PAYOUT_FAILURES, RELEASE_REASONS } from './v2/payouts.js';
