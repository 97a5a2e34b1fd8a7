import { z } from 'zod';
import { annexFields, defineMachine, effect, permits, set } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, StateConfig, WorkflowEvent } from '../kernel/index.js';
import {
  about,
  actingAs,
  BROADCASTER_SIDE,
  commonChecks,
  commonEffects,
  commonEvents,
  daysOf,
  decidingChecks,
  DISPUTE_OUTCOMES,
  eligibility,
  endingChecks,
  endingEvents,
  endStates,
  excluding,
  forParty,
  GUILD_SIGNATORIES,
  OFFERED_APPEAL_GROUNDS,
  says,
  sideOf,
  tell,
  type DisputeOutcome,
  type Ground,
} from '../phases/index.js';
import {
  ANSWERS,
  DECISIONS,
  initialContext,
  losingSide,
  outcomeOf,
  respondents,
  type Decision,
  type DisputeContext,
  type Input,
} from './context.js';

const partyEvent = { by: [...BROADCASTER_SIDE, ...GUILD_SIGNATORIES] };

export const events = {
  VOID_REQUEST: commonEvents.VOID_REQUEST,
  WITHDRAW_REQUEST: { ...endingEvents.WITHDRAW_REQUEST, ...partyEvent },
  ANSWER_DISPUTE: {
    ...partyEvent,
    title: 'Answer the dispute',
    input: z.strictObject({ answer: z.enum(ANSWERS), ...annexFields, ...actingAs }),
  },
  DECIDE_DISPUTE: {
    title: 'Decide the dispute',
    by: ['SUPPORT'],
    input: z.strictObject({ outcome: z.enum(DECISIONS), ...annexFields }),
  },
  APPEAL_DISPUTE: {
    ...partyEvent,
    title: 'Appeal against the decision',
    input: z.strictObject({ ground: z.enum(OFFERED_APPEAL_GROUNDS), ...annexFields, ...actingAs }),
  },
  CLOSE_DISPUTE: { title: 'What it was about has ended', by: [], input: z.strictObject({}) },
  INTERIM_RELEASED: {
    title: 'The parties were released until the decision',
    by: [],
    input: z.strictObject({ taken: z.boolean() }),
  },
  DECISION_REPORTED: { title: 'The outcome was passed on', by: [], input: z.strictObject({ taken: z.boolean() }) },
} satisfies Record<string, EventSpec>;

export const checks = {
  ...commonChecks,
  ...endingChecks,
  ...decidingChecks,
  concedes: says('answer', 'CONCEDED'),
  isOtherDecider: ({ context: { excluded, decisions }, actor }) =>
    excluding([...excluded, ...decisions.map(({ by }) => by)], actor),
  hasLost: forParty<DisputeContext>((party, { context }) =>
    sideOf(party) === losingSide(context)
      ? []
      : [{ code: 'NOT_AGGRIEVED', message: 'The decision went your way: only the other side can appeal.' }],
  ),
} satisfies Record<string, Check<DisputeContext>>;

export const delays = {
  answerEnd: daysOf('The time to answer is over', 'disputeAnswerDays'),
  decisionEnd: daysOf('The time to decide is over', 'disputeDecisionDays'),
  appealEnd: daysOf('The time to appeal is over', 'disputeAppealDays'),
};

const parent = { parentId: z.uuid() };
export const reportParams = z.strictObject({ ...parent, outcome: z.enum(DISPUTE_OUTCOMES) });
export const interimParams = z.strictObject(parent);
export const effects = {
  ...commonEffects,
  reportDecision: { mode: 'transaction', params: reportParams },
  releaseInterim: { mode: 'transaction', params: interimParams },
} satisfies Record<string, EffectSpec>;

type Decided = WorkflowEvent & Pick<Decision, 'outcome'>;
const decision = set<DisputeContext, Decided>(({ decisions }, { actor, at, outcome }) => ({
  decisions: [...decisions, { by: actor.id, at, outcome }],
}));

const report = (outcome: (context: DisputeContext) => DisputeOutcome) =>
  effect<DisputeContext>('reportDecision', (context) => ({ parentId: context.parentId!, outcome: outcome(context) }));

/** A passing state that tells the request that this is about how it ended, and then ends. */
const reporting = (description: string, outcome: (context: DisputeContext) => DisputeOutcome, to: string): StateConfig => ({
  ...about({ title: 'Passing on the outcome', description, phase: 'settlement' }),
  entry: report(outcome),
  on: { DECISION_REPORTED: to },
});

const ending: StateConfig = { VOID_REQUEST: 'voiding', CLOSE_DISPUTE: 'superseded' };
const withdrawable: StateConfig = { WITHDRAW_REQUEST: { guard: permits('isInitiator'), target: 'withdrawing' } };
const platform = { phase: 'settlement', awaits: () => ['PLATFORM'] as const, acts: ['DECIDE_DISPUTE'] };
const firstDecision = { guard: permits('isImpartial', 'isOtherDecider'), target: 'decided', actions: decision };
const finalDecision = { ...firstDecision, target: 'settling' };

/** The panel is late: whoever waits for it is released until it decides, and the decision may still come. */
const overdue = (title: string, description: string, decide: object, more: StateConfig = {}): StateConfig => ({
  ...about({ title, description, ...platform }),
  entry: effect<DisputeContext>('releaseInterim', ({ parentId }) => ({ parentId: parentId! })),
  on: {
    INTERIM_RELEASED: { actions: set<DisputeContext, { taken: boolean }>((_context, { taken }) => ({ interim: taken })) },
    DECIDE_DISPUTE: decide,
    ...ending,
    ...more,
  },
});

export const machine = defineMachine<DisputeContext, Input>({
  id: 'DISPUTE',
  checks,
  delays,
  context: initialContext,
  initial: 'eligibility',
  states: {
    ...eligibility('filed'),
    filed: {
      ...about({
        title: 'Filed',
        description: 'A dispute was filed; the other side answers it.',
        phase: 'settlement',
        awaits: respondents,
        acts: ['ANSWER_DISPUTE'],
      }),
      entry: tell('DISPUTE_FILED'),
      on: {
        ANSWER_DISPUTE: [
          {
            guard: permits('isAskedParty', 'concedes'),
            target: 'settling',
            actions: set(() => ({ answer: 'CONCEDED' as const })),
          },
          {
            guard: permits('isAskedParty'),
            target: 'answered',
            actions: [set(() => ({ answer: 'CONTESTED' as const })), tell('DISPUTE_ANSWERED')],
          },
        ],
        ...withdrawable,
        ...ending,
      },
      after: { answerEnd: { target: 'answered', actions: tell('RULING_DUE') } },
    },
    answered: {
      ...about({
        title: 'Answered',
        description: 'The answer is in, or its time is over; the platform decides. A later answer counts as none.',
        ...platform,
      }),
      on: { DECIDE_DISPUTE: firstDecision, ...withdrawable, ...ending },
      after: { decisionEnd: { target: 'decisionOverdue', actions: tell('RULING_DUE') } },
    },
    decisionOverdue: overdue(
      'Decision overdue',
      'The platform has not decided in time; where the dispute kept somebody, they are released until it does.',
      firstDecision,
      withdrawable,
    ),
    decided: {
      ...about({
        title: 'Decided',
        description: 'The platform has decided; the side that lost may appeal.',
        phase: 'settlement',
        awaits: (context: DisputeContext) => [losingSide(context)],
        acts: ['APPEAL_DISPUTE'],
      }),
      entry: tell('DISPUTE_DECIDED'),
      on: {
        APPEAL_DISPUTE: {
          guard: permits('isAGround', 'hasLost'),
          target: 'appealed',
          actions: set<DisputeContext, { ground: Ground }>((_context, { ground }) => ({ appealGround: ground })),
        },
        ...ending,
      },
      after: { appealEnd: 'settling' },
    },
    appealed: {
      ...about({
        title: 'Appealed',
        description: 'The decision is looked at again, by somebody else; what they decide is final.',
        ...platform,
      }),
      entry: tell('DISPUTE_APPEALED'),
      on: { DECIDE_DISPUTE: finalDecision, ...ending },
      after: { decisionEnd: { target: 'appealOverdue', actions: tell('RULING_DUE') } },
    },
    appealOverdue: overdue(
      'Appeal overdue',
      'The appeal was not decided in time; where the dispute kept somebody, they are released until it is.',
      finalDecision,
    ),
    settling: reporting('The decision is final and takes effect.', (context) => outcomeOf(context)!, 'completed'),
    withdrawing: reporting('The dispute was withdrawn by who filed it.', () => 'WITHDRAWN', 'withdrawn'),
    voiding: reporting('The platform voids the dispute.', () => 'VOIDED', 'voided'),
    ...endStates({
      completed: 'The dispute has been decided for good.',
      withdrawn: 'The dispute was withdrawn; nothing was decided.',
      rejected: true,
      voided: 'The platform has voided the dispute; nothing was decided.',
      superseded: 'What the dispute was about has ended; nothing was decided.',
    }),
  },
});
