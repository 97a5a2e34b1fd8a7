import { z } from 'zod';
import type { Check, EventSpec } from '../kernel/index.js';
import { annexFields } from '../kernel/index.js';
import { actingAs, EVERY_PARTY, forParty, sideOf, type Party } from './parties.js';

/** Ways in which people end a request before its time; what they write goes to an annex outside the chain. */

export const DECLINE_CODES = ['TERMS', 'ROSTER_FULL', 'NOT_A_MATCH', 'CHANGED_MIND', 'OTHER'] as const;
export const VOID_CODES = [
  'DUPLICATE',
  'FRAUD',
  'GUILD_SUSPENDED',
  'GUILD_CLOSED',
  'GUILD_MERGED',
  'BROADCASTER_BANNED',
  'COURT_ORDER',
  'PLATFORM_ERROR',
  'OTHER',
] as const;

export interface EndingContext {
  readonly initiator: Party;
}

export const endingEvents = {
  DECLINE_REQUEST: {
    title: 'Decline the request',
    by: EVERY_PARTY,
    input: z.strictObject({ reasonCode: z.enum(DECLINE_CODES), ...annexFields, ...actingAs }),
    whileHeld: true,
  },
  WITHDRAW_REQUEST: { title: 'Withdraw the request', by: EVERY_PARTY, input: z.strictObject(actingAs), whileHeld: true },
  VOID_REQUEST: {
    title: 'Void the request',
    by: ['SUPPORT'],
    input: z.strictObject({ reasonCode: z.enum(VOID_CODES), ...annexFields }),
    whileHeld: true,
  },
} satisfies Record<string, EventSpec>;

export const endingChecks = {
  isInitiator: forParty<EndingContext>((party, { context }) =>
    sideOf(party) === sideOf(context.initiator)
      ? []
      : [
          {
            code: 'ONLY_INITIATOR',
            message: 'Only the party that made the request can withdraw it; the other one can decline it.',
          },
        ],
  ),
  isAskedParty: forParty<EndingContext>((party, { context }) =>
    sideOf(party) !== sideOf(context.initiator)
      ? []
      : [{ code: 'ONLY_ASKED_PARTY', message: 'Only the party that was asked can decline; the one that asked can withdraw.' }],
  ),
} satisfies Record<string, Check<EndingContext>>;
