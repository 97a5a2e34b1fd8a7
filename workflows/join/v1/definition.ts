import {
  commonEffects,
  draftingEvents,
  EITHER_PARTY,
  endingEvents,
  parties,
  policySchema,
  renderParams,
  settlementEvents,
  signingEvents,
  switchParams,
  type RequestDefinition,
} from '../../phases/index.js';
import { joinOpening } from '../opening.js';
import { inputSchema, type JoinContext } from './context.js';
import { checks, delays, joinMachine } from './machine.js';

/** The first JOIN: two parties. It knows no minors, no early start, and no other request that takes its place. */
export const join: RequestDefinition = {
  kind: 'JOIN',
  version: 1,
  title: 'Join a guild',
  description: 'A broadcaster becomes a member of a guild, by application or by invitation.',
  machine: joinMachine,
  input: inputSchema,
  parties,
  events: {
    ...draftingEvents,
    SIGN_AGREEMENT: { ...signingEvents.SIGN_AGREEMENT, by: EITHER_PARTY },
    REVOKE_SIGNATURE: { ...signingEvents.REVOKE_SIGNATURE, by: EITHER_PARTY },
    ...endingEvents,
    ...settlementEvents,
  },
  checks,
  effects: {
    renderAgreement: { mode: 'transaction', params: renderParams, refused: 'RENDERING_REFUSED' },
    switchMembership: { mode: 'transaction', params: switchParams, refused: 'SWITCH_REFUSED' },
    ...commonEffects,
  },
  delays,
  policy: policySchema.strip(),
  supervision: { by: ['SUPPORT'], forcible: ['drafting', 'declined', 'withdrawn', 'expired'] },
  timeZone: (context: JoinContext) => context.timeZone,
  opening: {
    ...joinOpening,
    parties: () => ['BROADCASTER', 'GUILD'],
    input: ({ requestId, broadcasterId, guildId, initiator, timeZone, currency, policy, said, eligibilityFailures }) => ({
      requestId,
      broadcasterId,
      guildId,
      initiator,
      timeZone,
      currency,
      policy,
      terms: (said as { terms: unknown }).terms,
      eligibilityFailures,
    }),
  },
};
