import { z } from 'zod';
import { defineMachine, effect, eventTime, permits, set } from '../../kernel/index.js';
import type { Check, EventSpec } from '../../kernel/index.js';
import {
  about,
  actingAs,
  agreementChecks,
  agreementDelays,
  agreementEvents,
  BROADCASTER_SIDE,
  commonChecks,
  commonEvents,
  consentAgain,
  consentEvents,
  consentOf,
  coolingOffChecks,
  coolingOffDelays,
  correction,
  eligibility,
  endStates,
  interruptible,
  later,
  negotiation,
  scheduled,
  scheduledSwitch,
  switchDelays,
  switchEvents,
  switchedAt,
  switching,
  tell,
  termsSchema,
  termViolations,
  type Terms,
} from '../../phases/index.js';
import { joinParties } from '../opening.js';
import { coolingOffBegun, initialContext, type JoinV2Context, type JoinV2Input } from './context.js';

export const events = {
  ...commonEvents,
  ...agreementEvents(termsSchema),
  ...switchEvents,
  ...consentEvents,
  REQUEST_EARLY_START: {
    title: 'Ask to start during the cooling-off',
    by: BROADCASTER_SIDE,
    input: z.strictObject(actingAs),
  },
  UNWOUND: { title: 'The switch was reversed', by: [], input: z.strictObject({}) },
} satisfies Record<string, EventSpec>;

export const checks = {
  ...commonChecks,
  ...agreementChecks<Terms>((terms, { policy }: JoinV2Context) => termViolations(terms, policy)),
  ...coolingOffChecks,
  isWithinCoolingOff: ({ context, at }) =>
    context.coolingOffEndsAt !== null && Date.parse(at) < Date.parse(context.coolingOffEndsAt)
      ? []
      : [{ code: 'COOLING_OFF_OVER', message: 'The time to withdraw without a reason is over.' }],
} satisfies Record<string, Check<JoinV2Context>>;

export const delays = {
  ...agreementDelays,
  ...coolingOffDelays,
  ...switchDelays,
  withdrawalEnd: {
    title: 'The right to withdraw ends',
    ms: ({ context, event }: { context: JoinV2Context; event: unknown }) =>
      Math.max(0, Date.parse(context.coolingOffEndsAt ?? '') - Date.parse(eventTime(event))),
  },
};

const withdrawal = { guard: permits('isProtectedParty', 'isWithinCoolingOff'), target: 'withdrawn' };

export const joinMachineV2 = defineMachine<JoinV2Context, JoinV2Input>({
  id: 'JOIN',
  checks,
  delays,
  context: initialContext,
  initial: 'eligibility',
  states: {
    ...eligibility('rendering', 'The conditions of joining are checked.'),
    ...negotiation({ signed: 'coolingOff' }),
    coolingOff: {
      ...about({
        title: 'Cooling-off',
        description:
          'All parties have signed; the broadcaster may still withdraw without giving a reason, or ask to start already.',
        phase: 'cooling-off',
      }),
      entry: [set(coolingOffBegun), tell('COOLING_OFF_STARTED')],
      on: {
        WITHDRAW_REQUEST: { guard: permits('isProtectedParty'), target: 'withdrawn' },
        REQUEST_EARLY_START: {
          guard: permits('isProtectedParty'),
          target: 'settlement',
          actions: set<JoinV2Context>(({ terms }, { at }) => ({ startsEarly: true, switchAt: later(at, terms.startAt) })),
        },
        CORRECT_REQUEST: correction,
        ...interruptible,
      },
      after: {
        coolingOffEnd: { target: 'settlement', actions: set<JoinV2Context>((context, event) => scheduled(context, event)) },
      },
    },
    ...scheduledSwitch({
      description: 'The membership begins at the chosen time.',
      on: { WITHDRAW_REQUEST: withdrawal },
    }),
    ...switching({
      effect: effect<JoinV2Context>('switchMembership', (context, event) => ({
        broadcasterId: context.broadcasterId,
        guildId: context.guildId,
        startsAt: switchedAt(context, event),
        terms: context.terms,
        consent: consentOf(context),
      })),
      to: [{ guard: permits('isWithinCoolingOff'), target: 'withdrawable' }, { target: 'completed' }],
      made: [set<JoinV2Context, { membershipId: string }>((_context, { membershipId }) => ({ membershipId }))],
      on: consentAgain(joinParties, { coolingOffEndsAt: null, startsEarly: false }),
    }),
    withdrawable: {
      ...about({
        title: 'Right to withdraw',
        description:
          'The membership has begun early, at the broadcaster’s wish; until the cooling-off ends the broadcaster may still withdraw.',
        phase: 'settlement',
      }),
      entry: tell('MEMBERSHIP_SWITCHED'),
      on: { WITHDRAW_REQUEST: { guard: permits('isProtectedParty'), target: 'unwinding' } },
      after: { withdrawalEnd: 'completed' },
    },
    unwinding: {
      ...about({ title: 'Unwinding', description: 'The membership is being annulled.', phase: 'settlement' }),
      entry: effect<JoinV2Context>('annulMembership', ({ membershipId }) => ({ annulled: membershipId, restored: null })),
      on: { UNWOUND: 'unwound', SWITCH_REFUSED: 'completed' },
    },
    ...endStates({
      completed: 'The membership is active.',
      declined: true,
      withdrawn: true,
      expired: true,
      rejected: true,
      voided: true,
      superseded: true,
      unwound: 'The broadcaster withdrew in time; the membership counts as if it had not been.',
    }),
  },
});
