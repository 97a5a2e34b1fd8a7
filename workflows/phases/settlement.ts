import { z } from 'zod';
import { eventTime, reasonsSchema } from '../kernel/index.js';
import type { EventSpec } from '../kernel/index.js';
import { consentParams } from './consent.js';
import { termsSchema, type Terms } from './terms.js';

/** The switch: one transaction, at the instant that the parties chose, and never before the right to withdraw has lapsed. */

export interface SettlementContext {
  readonly terms: Terms;
  /** Instant of the switch; null before the cooling-off is over. */
  readonly switchAt: string | null;
}

/**
 * The switch is at the chosen instant, or, when that is earlier or was not chosen, at the end of the cooling-off: at the end as
 * it was promised, not at the moment at which a server came to it.
 */
export function scheduled({ terms: { startAt } }: SettlementContext, event: unknown): { switchAt: string } {
  const { dueAt } = event as { dueAt?: string };
  const lapsedAt = Date.parse(dueAt ?? eventTime(event));
  return { switchAt: new Date(Math.max(lapsedAt, startAt === undefined ? 0 : Date.parse(startAt))).toISOString() };
}

export const settlementEvents = {
  SWITCHED: { title: 'The membership began', by: [], input: z.strictObject({ membershipId: z.uuid() }) },
  SWITCH_REFUSED: { title: 'The membership could not begin', by: [], input: z.strictObject({ reasons: reasonsSchema }) },
} satisfies Record<string, EventSpec>;

export const switchParams = z.strictObject({
  broadcasterId: z.uuid(),
  guildId: z.uuid(),
  startsAt: z.iso.datetime({ precision: 3 }),
  terms: termsSchema,
  /** Absent: two parties of age, as the first version had it. */
  consent: consentParams.exactOptional(),
});

export const settlementDelays = {
  switchAt: {
    title: 'The chosen time of the switch has come',
    ms: ({ context, event }: { context: SettlementContext; event: unknown }) =>
      Math.max(0, Date.parse(context.switchAt ?? '') - Date.parse(eventTime(event))),
  },
};
