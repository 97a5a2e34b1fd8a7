import { z } from 'zod';
import { eventTime, reasonsSchema } from '../kernel/index.js';
import type { EventSpec } from '../kernel/index.js';
import { termsSchema, type Terms } from './terms.js';

/** The switch: one transaction, at the instant that the parties chose, and never before the right to withdraw has lapsed. */

export interface SettlementContext {
  readonly terms: Terms;
}

export const settlementEvents = {
  SWITCHED: { title: 'The membership began', by: [], input: z.strictObject({ membershipId: z.uuid() }) },
  SWITCH_REFUSED: { title: 'The membership could not begin', by: [], input: z.strictObject({ reasons: reasonsSchema }) },
} satisfies Record<string, EventSpec>;

export const switchParams = z.strictObject({ broadcasterId: z.uuid(), guildId: z.uuid(), terms: termsSchema });

export const settlementDelays = {
  switchAt: {
    title: 'The chosen time of the switch has come',
    ms: ({ context, event }: { context: SettlementContext; event: unknown }) => {
      const { startAt } = context.terms;
      return startAt === undefined ? 0 : Math.max(0, Date.parse(startAt) - Date.parse(eventTime(event)));
    },
  },
};
