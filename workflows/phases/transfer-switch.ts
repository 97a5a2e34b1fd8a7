import { z } from 'zod';
import { annexFields, effect, eventTime, permits, set } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, States, WorkflowEvent } from '../kernel/index.js';
import { about, commonChecks, commonEffects, commonEvents, endStates, interruptible, refusedFor, tell } from './common.js';
import { consentAgain, consentEvents, consentOf } from './consent.js';
import { actingAs, BROADCASTER_SIDE, forParty, GAINING_SIGNATORIES, sideOf, transferParties } from './parties.js';
import { standingIn, standInChecks, standInEvents } from './stand-in.js';
import {
  endEffect,
  later,
  scheduledSwitch,
  statementEffect,
  statementEvents,
  stating,
  switchDelays,
  switchEvents,
  switching,
  transferEffect,
  switchedAt,
} from './switching.js';
import { objecting, objection, objectionChecks, objectionDelays, objectionEvents, pullingOut } from './transfer-objection.js';
import {
  transferSigningChecks,
  transferSigningDelays,
  transferSigningEffects,
  transferSigningEvents,
} from './transfer-signing.js';
import { offerSchema, type TransferContext } from './transfer-terms.js';
import { daysOf } from './windows.js';

/** From the last consent to the end: cooling-off with its objections, the switch, and what happens when the gaining guild pulls out. */

export const PULL_OUT_CODES = ['ROSTER_FULL', 'NOT_A_MATCH', 'FINANCES', 'CHANGED_MIND', 'OTHER'] as const;

export const transferEvents = {
  ...commonEvents,
  ...transferSigningEvents,
  ...objectionEvents,
  ...standInEvents,
  PULL_OUT: {
    title: 'Pull out of the transfer',
    by: GAINING_SIGNATORIES,
    input: z.strictObject({ reasonCode: z.enum(PULL_OUT_CODES), ...annexFields }),
    whileHeld: true,
  },
  CHOOSE_STAY: { title: 'Stay with the guild', by: BROADCASTER_SIDE, input: z.strictObject(actingAs) },
  CHOOSE_FREE: { title: 'Leave the guild nevertheless', by: BROADCASTER_SIDE, input: z.strictObject(actingAs) },
  ...switchEvents,
  ...consentEvents,
  ...statementEvents,
} satisfies Record<string, EventSpec>;

export const transferChecks = {
  ...commonChecks,
  ...transferSigningChecks,
  ...objectionChecks,
  ...standInChecks,
  isChooser: forParty((party) =>
    sideOf(party) === 'BROADCASTER' ? [] : [{ code: 'ONLY_BROADCASTER', message: 'The choice is the broadcaster’s.' }],
  ),
} satisfies Record<string, Check<TransferContext>>;

export const transferDelays = {
  ...transferSigningDelays,
  ...objectionDelays,
  ...switchDelays,
  coolingOffEnd: {
    title: 'The time to withdraw and to object is over',
    ms: ({ context, event }: { context: TransferContext; event: unknown }) =>
      Math.max(0, Date.parse(context.coolingOffEndsAt ?? '') - Date.parse(eventTime(event))),
  },
  choice: daysOf('The time to choose is over, and everything stays as it was', 'proposalTtlDays'),
};

export const transferEffects = (agreement: z.ZodType, release: z.ZodType) =>
  ({
    ...commonEffects,
    ...transferSigningEffects(agreement, release),
    ...transferEffect(offerSchema),
    ...endEffect,
    ...statementEffect,
  }) satisfies Record<string, EffectSpec>;

/** At the agreed time, never before the cooling-off has ended, and never in the past of a decision that came late. */
const scheduled = ({ transferAt }: TransferContext, { at, dueAt }: WorkflowEvent): Partial<TransferContext> => ({
  switchAt: later(dueAt ?? at, transferAt),
});
const toSettlement = { target: 'settlement', actions: set(scheduled) };

export const transferring = (coolingOff: string): States => ({
  coolingOff: {
    ...about({ title: 'Cooling-off', description: coolingOff, phase: 'cooling-off' }),
    on: {
      WITHDRAW_REQUEST: { guard: permits('isBroadcasterSide'), target: 'withdrawn' },
      ...objecting,
      ...pullingOut,
      ...standingIn,
      ...interruptible,
    },
    after: { coolingOffEnd: toSettlement },
  },
  ...objection(toSettlement),
  ...scheduledSwitch({
    description: 'The broadcaster moves from one guild to the other at the agreed time.',
    on: pullingOut,
  }),
  ...switching({
    effect: effect<TransferContext>('transferMembership', (context, event) => ({
      membershipId: context.membershipId!,
      gainingGuildId: context.gainingGuildId!,
      at: switchedAt(context, event),
      terms: context.offer!,
      lockDays: context.policy.postTransferLockDays,
      consent: consentOf(context),
    })),
    to: 'stating',
    made: [
      set<TransferContext, { membershipId: string }>((_context, { membershipId }) => ({ gainedMembershipId: membershipId })),
      tell('MEMBERSHIP_SWITCHED'),
    ],
    on: consentAgain(transferParties, { coolingOffEndsAt: null }),
  }),
  choosing: {
    ...about({
      title: 'Choosing',
      description: 'The gaining guild has pulled out; the broadcaster stays with the guild, or leaves it all the same.',
      phase: 'settlement',
      awaits: ({ parties }: TransferContext) => parties.filter((party) => BROADCASTER_SIDE.includes(party as never)),
      acts: ['CHOOSE_STAY', 'CHOOSE_FREE'],
    }),
    entry: tell('CHOICE_NEEDED'),
    on: {
      CHOOSE_STAY: { guard: permits('isChooser'), target: 'withdrawn' },
      CHOOSE_FREE: { guard: permits('isChooser'), target: 'freeing' },
      ...interruptible,
    },
    after: { choice: 'withdrawn' },
  },
  freeing: {
    ...about({ title: 'Ending the membership', description: 'The membership ends; no other follows.', phase: 'settlement' }),
    entry: effect<TransferContext>('endMembership', ({ membershipId }, { at }) => ({
      membershipId: membershipId!,
      endsAt: at,
      endKind: 'VOLUNTARY',
      endCause: null,
      atFault: null,
    })),
    on: { SWITCHED: 'stating', SWITCH_REFUSED: { target: 'rejected', actions: set(refusedFor) } },
  },
  ...stating(),
});

export const transferEnds = (more: Parameters<typeof endStates>[0] = {}): States =>
  endStates({
    completed: 'The broadcaster belongs to the gaining guild, or, where that pulled out, to none.',
    declined: true,
    withdrawn: 'The transfer was taken back; the broadcaster stays with the guild.',
    expired: true,
    rejected: true,
    voided: true,
    superseded: true,
    ...more,
  });
