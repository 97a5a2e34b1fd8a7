import { z } from 'zod';
import { annexFields, daysInMs, defineMachine, effect, eventTime, permits, set } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, StateConfig } from '../kernel/index.js';
import {
  abandonEffect,
  abandoning,
  about,
  allOf,
  appealBy,
  commonChecks,
  commonEffects,
  commonEvents,
  contestEffects,
  contestEvents,
  contesting,
  decidingChecks,
  eligibility,
  endEffect,
  endingChecks,
  endingEvents,
  endStates,
  GUILD_SIGNATORIES,
  interruptible,
  isMember,
  later,
  memberParties,
  noOpenFlow,
  parties,
  pinned,
  requestContext,
  requestInput,
  says,
  scheduledSwitch,
  statementEffect,
  statementEvents,
  stating,
  switchDelays,
  switchEvents,
  switchedAt,
  switching,
  tell,
  type Contested,
  type RequestDefinition,
  type SwitchContext,
} from '../phases/index.js';

/** The guild ends a membership, with a coded reason and notice; an appeal within the notice makes it wait for a dispute. */

export const EXPEL_REASONS = ['FRAUD', 'INACTIVITY', 'BREACH', 'CONDUCT', 'OTHER'] as const;

const policy = pinned('noticeDays');
const said = z.strictObject({
  reasonCode: z.enum(EXPEL_REASONS),
  /** At the earliest the end of the notice. */
  leaveAt: z.iso.datetime({ precision: 3 }).exactOptional(),
  ...annexFields,
});
const input = requestInput(policy, said);
type Input = z.infer<typeof input>;

interface ExpelContext extends SwitchContext, Contested {
  readonly policy: z.infer<typeof policy>;
  readonly reasonCode: (typeof EXPEL_REASONS)[number];
  readonly paymentId: string | null;
}

const events = {
  ...commonEvents,
  ...switchEvents,
  ...statementEvents,
  ...contestEvents,
  WITHDRAW_REQUEST: { ...endingEvents.WITHDRAW_REQUEST, by: GUILD_SIGNATORIES },
  APPEAL_EXPULSION: appealBy('Appeal against the expulsion', 'ANY'),
  DISPUTE_CLOSED: { title: 'The dispute was closed', by: [], input: z.strictObject({}) },
} satisfies Record<string, EventSpec>;

const checks = {
  ...commonChecks,
  ...decidingChecks,
  isInitiator: endingChecks.isInitiator,
  isUpheld: says('outcome', 'UPHELD'),
} satisfies Record<string, Check<ExpelContext>>;

export const closeParams = z.strictObject({ disputeId: z.uuid() });
const effects = {
  ...commonEffects,
  ...endEffect,
  ...statementEffect,
  ...contestEffects,
  ...abandonEffect,
  closeDispute: { mode: 'transaction', params: closeParams },
} satisfies Record<string, EffectSpec>;

const withdrawTo = (target: string): StateConfig => ({ WITHDRAW_REQUEST: { guard: permits('isInitiator'), target } });
const overturned = set<ExpelContext>(() => ({
  reasons: [{ code: 'EXPULSION_OVERTURNED', message: 'The appeal against the expulsion was upheld: the membership goes on.' }],
}));

const machine = defineMachine<ExpelContext, Input>({
  id: 'EXPEL',
  checks,
  delays: switchDelays,
  context: ({ at, said: { reasonCode, leaveAt }, ...given }) => ({
    ...requestContext<z.infer<typeof policy>>({ ...given, said: null }),
    reasonCode,
    paymentId: null,
    disputeId: null,
    switchAt: later(new Date(Date.parse(at) + daysInMs(at, given.policy.noticeDays, given.timeZone)).toISOString(), leaveAt),
  }),
  initial: 'eligibility',
  states: {
    ...eligibility('noticePeriod'),
    noticePeriod: {
      ...about({
        title: 'Notice period',
        description: 'The guild has given notice to the broadcaster, who may appeal until it ends; then the membership ends.',
        phase: 'cooling-off',
        awaits: () => ['BROADCASTER'],
        acts: ['APPEAL_EXPULSION'],
      }),
      entry: tell('NOTICE_GIVEN'),
      on: {
        APPEAL_EXPULSION: { guard: permits('isForBroadcaster', 'isAGround'), target: 'contesting' },
        ...withdrawTo('withdrawn'),
        ...interruptible,
      },
      after: { switchAt: 'switching' },
    },
    ...contesting('appealed', 'Opening the appeal'),
    appealed: {
      ...about({
        title: 'Appealed',
        description: 'The broadcaster has appealed; the membership goes on until the dispute is decided.',
        phase: 'cooling-off',
      }),
      ...abandoning,
      on: {
        DISPUTE_DECIDED: [
          { guard: permits('isUpheld'), target: 'rejected', actions: overturned },
          {
            target: 'settlement',
            // Never in the past: the membership went on while it was appealed.
            actions: set<ExpelContext>(({ switchAt }, event) => ({ switchAt: later(eventTime(event), switchAt) })),
          },
        ],
        ...withdrawTo('closing'),
        ...interruptible,
      },
    },
    closing: {
      ...about({
        title: 'Closing the appeal',
        description: 'The guild has withdrawn: there is nothing left to decide.',
        phase: 'cooling-off',
      }),
      entry: effect<ExpelContext>('closeDispute', ({ disputeId }) => ({ disputeId: disputeId! })),
      on: { DISPUTE_CLOSED: 'withdrawn' },
    },
    ...scheduledSwitch({
      description: 'The appeal was not upheld; the membership ends when the notice does.',
      on: withdrawTo('withdrawn'),
    }),
    ...switching({
      effect: effect<ExpelContext>('endMembership', (context, event) => ({
        membershipId: context.membershipId!,
        endsAt: switchedAt(context, event),
        endKind: 'GUILD_INITIATED',
        endCause: context.reasonCode,
        atFault: null,
      })),
      to: 'stating',
    }),
    ...stating(),
    ...endStates({
      completed: 'The guild has ended the membership.',
      withdrawn: 'The guild has withdrawn the expulsion; the membership goes on.',
      rejected: true,
      voided: true,
      superseded: true,
    }),
  },
});

export const expel: RequestDefinition = {
  kind: 'EXPEL',
  version: 1,
  title: 'Expel a member',
  description: 'A guild ends a membership with a coded reason and notice; the broadcaster may appeal until the notice ends.',
  machine,
  input,
  parties,
  events,
  checks,
  effects,
  delays: switchDelays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['noticePeriod', 'withdrawn'] },
  timeZone: (context: ExpelContext) => context.timeZone,
  opening: {
    subject: 'MEMBERSHIP',
    said,
    by: { GUILD: GUILD_SIGNATORIES },
    parties: ({ minor }) => memberParties(minor),
    template: null,
    eligibility: (facts) =>
      // Who leaves by themselves need not be expelled.
      allOf(isMember(facts), noOpenFlow(facts, ['EXPEL', 'RELEASE', 'LEAVE_NOTICE', 'LEAVE_CAUSE', 'LEAVE_MINOR'])),
    supersedes: ['AMEND', 'RENEW'],
  },
};
