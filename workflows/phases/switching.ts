import { z } from 'zod';
import { effect, eventTime, reasonsSchema, set } from '../kernel/index.js';
import type { EffectSpec, EventSpec, StateConfig, States } from '../kernel/index.js';
import { about, interruptible, refusedFor, tell } from './common.js';
import { consentParams } from './consent.js';
import { leaveReason, REASON_SOURCES } from './reasons.js';
import { flatTerms, type RequestContext } from './request.js';

/** The switch of every kind: one transaction at the chosen instant, then the statement; leaving never waits for money. */

export interface SwitchContext extends RequestContext {
  /** Instant of the switch; null before it is known. */
  readonly switchAt: string | null;
}

export const END_KINDS = ['VOLUNTARY', 'GUILD_INITIATED', 'ENFORCED', 'EXPIRY', 'TRANSFER'] as const;
export type EndKind = (typeof END_KINDS)[number];

const id = z.uuid();
const instant = z.iso.datetime({ precision: 3 });
/** Who consented, where a switch rests on a consent that can lapse. Absent: nobody had to, or it is a switch from before it was asked. */
const consent = consentParams.exactOptional();
export const endParams = z.strictObject({
  membershipId: id,
  endsAt: instant,
  endKind: z.enum(END_KINDS),
  endCause: z
    .string()
    .regex(/^[A-Z][A-Z_]{0,39}$/)
    .nullable(),
  atFault: z.enum(['GUILD', 'BROADCASTER']).nullable(),
  /** What whoever left or ended it gave as the reason. Kept apart from the membership: a guild does not read a broadcaster's. */
  reason: z
    .strictObject({ source: z.enum(REASON_SOURCES), primary: leaveReason, secondary: leaveReason.nullable() })
    .exactOptional(),
  consent,
});
export const transferParams = z.strictObject({
  membershipId: id,
  gainingGuildId: id,
  at: instant,
  terms: flatTerms,
  /** The broadcaster cannot be moved again for this long. */
  lockDays: z.int().min(0).max(3650),
  /** The guild goes over into the other: nobody chose this, so neither cap nor ban stands in the way, and the old term runs on. */
  merger: z.strictObject({ termFrom: instant }).exactOptional(),
  consent,
});
/** `termFrom`: from when the term counts, where that is not `at`. */
export const amendParams = z.strictObject({
  membershipId: id,
  at: instant,
  terms: flatTerms,
  termFrom: instant.exactOptional(),
  consent,
});
export const annulParams = z.strictObject({
  /** The membership that should not have begun; null: none did. */
  annulled: id.nullable(),
  /** The membership that should not have ended; null: none did. */
  restored: id.nullable(),
});
export const statementParams = z.strictObject({ membershipId: id });

const refused = 'SWITCH_REFUSED';
export const endEffect = { endMembership: { mode: 'transaction', params: endParams, refused } } satisfies Record<
  string,
  EffectSpec
>;
/** The kind's own schema of its terms bounds what enters: what anybody's terms may look like is for the handler alone. */
export const transferEffect = (terms: z.ZodType) =>
  ({
    transferMembership: { mode: 'transaction', params: transferParams.extend({ terms }), refused },
  }) satisfies Record<string, EffectSpec>;
export const amendEffect = (terms: z.ZodType) =>
  ({ amendMembership: { mode: 'transaction', params: amendParams.extend({ terms }), refused } }) satisfies Record<
    string,
    EffectSpec
  >;
export const annulEffect = { annulMembership: { mode: 'transaction', params: annulParams, refused } } satisfies Record<
  string,
  EffectSpec
>;
export const statementEffect = { openStatement: { mode: 'transaction', params: statementParams } } satisfies Record<
  string,
  EffectSpec
>;

export const switchEvents = {
  SWITCHED: { title: 'The switch was made', by: [], input: z.strictObject({ membershipId: id }) },
  SWITCH_REFUSED: { title: 'The switch could not be made', by: [], input: z.strictObject({ reasons: reasonsSchema }) },
} satisfies Record<string, EventSpec>;

export const statementEvents = {
  STATEMENT_OPENED: { title: 'The statement was opened', by: [], input: z.strictObject({ paymentId: id }) },
} satisfies Record<string, EventSpec>;

export const switchDelays = {
  switchAt: {
    title: 'The chosen time of the switch has come',
    ms: ({ context, event }: { context: SwitchContext; event: unknown }) =>
      Math.max(0, Date.parse(context.switchAt ?? '') - Date.parse(eventTime(event))),
  },
};

/**
 * The instant of the switch that an event leads to: the one that its clock was set for, which a hold or an extension may have moved,
 * and not the moment at which a server came to it; at once where no clock ran.
 */
export function switchedAt({ switchAt }: SwitchContext, event: unknown): string {
  const { dueAt, armedAt } = event as { readonly dueAt?: string; readonly armedAt?: string };
  // A clock that was armed when its time had come already tells the moment at which a server came to it.
  if (dueAt !== undefined && dueAt !== armedAt) return dueAt;
  return switchAt ?? eventTime(event);
}

/** The later of two instants, as ISO 8601 UTC with milliseconds. */
export const later = (a: string, b: string | null | undefined): string =>
  new Date(Math.max(Date.parse(a), b == null ? 0 : Date.parse(b))).toISOString();

export interface Switch {
  /** The effect that makes it. */
  readonly effect: object;
  /** Where it leads; `stating` where a statement follows. */
  readonly to?: unknown;
  readonly refused?: string;
  readonly description?: string;
  /** More results that the effect can have, or, while it is awaited, more events. */
  readonly on?: StateConfig;
  /** More assignments when it was made. */
  readonly made?: readonly unknown[];
}

/** The wait for the chosen instant. */
export const scheduledSwitch = ({
  description = 'The switch is made at the chosen time.',
  on = {},
  plan = [],
}: Pick<Switch, 'description' | 'on'> & {
  /** Assignments that say when the switch is, where it is not known before. */
  readonly plan?: readonly unknown[];
}): States => ({
  settlement: {
    ...about({ title: 'Settlement', description, phase: 'settlement' }),
    entry: [...plan, tell('SWITCH_SCHEDULED')],
    on: { ...interruptible, ...on },
    after: { switchAt: 'switching' },
  },
});

/** The switch itself. */
export const switching = ({ effect: make, to = 'completed', refused: no = 'rejected', made = [], on = {} }: Switch): States => ({
  switching: {
    ...about({ title: 'Switching', description: 'The switch is being made.', phase: 'settlement' }),
    entry: make,
    on: {
      SWITCHED: Array.isArray(to)
        ? (to as object[]).map((arrow) => ({ ...arrow, actions: [...made] }))
        : { target: to, actions: [...made] },
      SWITCH_REFUSED: { target: no, actions: set(refusedFor) },
      ...on,
    },
  },
});

/** What is owed is settled by a workflow of its own, which begins here. */
export const stating = (to = 'completed'): States => ({
  stating: {
    ...about({ title: 'Opening the statement', description: 'The statement of what is owed is opened.', phase: 'settlement' }),
    entry: effect<RequestContext>('openStatement', ({ membershipId }) => ({ membershipId: membershipId! })),
    on: {
      STATEMENT_OPENED: {
        target: to,
        actions: set<RequestContext & { paymentId: string | null }, { paymentId: string }>((_context, { paymentId }) => ({
          paymentId,
        })),
      },
    },
  },
});
