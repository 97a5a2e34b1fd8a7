import { z } from 'zod';
import { annexFields, defineMachine, effect, permits, reasonsSchema, set } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, Reason, StateConfig } from '../kernel/index.js';
import {
  about,
  agentsBefore,
  allOf,
  BROADCASTER_SIDE,
  commonChecks,
  commonEffects,
  commonEvents,
  daysOf,
  decidingChecks,
  eligibility,
  endingChecks,
  endingEvents,
  endStates,
  excludedAgents,
  GAINING_SIGNATORIES,
  GUILD_SIGNATORIES,
  parties,
  pinned,
  plusDays,
  refusedFor,
  requestContext,
  requestInput,
  says,
  tell,
  type Excluding,
  type OpeningFacts,
  type RequestContext,
  type RequestDefinition,
} from '../phases/index.js';

/** A petition to take an ended request up again: as a new, linked request, and only for what the first decision could not know. */

export const REOPEN_GROUNDS = ['NEW_EVIDENCE', 'PROCEDURAL_ERROR'] as const;
export const PETITION_OUTCOMES = ['GRANTED', 'DENIED'] as const;

const policy = pinned('disputeDecisionDays', 'reopenWindowDays');
const said = z.strictObject({ ground: z.enum(REOPEN_GROUNDS), ...annexFields });
type Said = z.infer<typeof said>;
/** `excluded`: agents who have acted in the original. */
const input = requestInput(policy, said).extend({ excluded: excludedAgents });
type Input = z.infer<typeof input>;

interface ReopenContext extends RequestContext, Excluding {
  readonly policy: z.infer<typeof policy>;
  readonly ground: (typeof REOPEN_GROUNDS)[number];
  readonly decidedBy: string | null;
  /** The request that took the original up again. */
  readonly reopenedAs: string | null;
}

const events = {
  ...commonEvents,
  WITHDRAW_REQUEST: {
    ...endingEvents.WITHDRAW_REQUEST,
    by: [...BROADCASTER_SIDE, ...GUILD_SIGNATORIES, ...GAINING_SIGNATORIES],
  },
  DECIDE_PETITION: {
    title: 'Decide the petition',
    by: ['SUPPORT'],
    input: z.strictObject({ outcome: z.enum(PETITION_OUTCOMES), ...annexFields }),
  },
  REOPENED: { title: 'The request was taken up again', by: [], input: z.strictObject({ requestId: z.uuid() }) },
  REOPENING_REFUSED: {
    title: 'The request could not be taken up again',
    by: [],
    input: z.strictObject({ reasons: reasonsSchema }),
  },
} satisfies Record<string, EventSpec>;

const checks = {
  ...commonChecks,
  ...decidingChecks,
  isInitiator: endingChecks.isInitiator,
  isGranted: says('outcome', 'GRANTED'),
} satisfies Record<string, Check<ReopenContext>>;

const delays = { decisionEnd: daysOf('The time to decide is over', 'disputeDecisionDays') };

export const reopenParams = z.strictObject({ originalId: z.uuid() });
const effects = {
  ...commonEffects,
  reopenRequest: { mode: 'transaction', params: reopenParams, refused: 'REOPENING_REFUSED' },
} satisfies Record<string, EffectSpec>;

const decidedBy = set<ReopenContext>((_context, { actor }) => ({ decidedBy: actor.id }));
const denied = set<ReopenContext>(() => ({
  reasons: [{ code: 'PETITION_DENIED', message: 'The platform has found no reason to take the request up again.' }],
}));
const deciding: StateConfig = {
  DECIDE_PETITION: [
    { guard: permits('isImpartial', 'isOtherDecider', 'isGranted'), target: 'reopening', actions: decidedBy },
    {
      guard: permits('isImpartial', 'isOtherDecider'),
      target: 'rejected',
      actions: [decidedBy, denied, tell('PETITION_DECIDED')],
    },
  ],
  WITHDRAW_REQUEST: { guard: permits('isInitiator'), target: 'withdrawn' },
  VOID_REQUEST: 'voided',
  SUPERSEDE_REQUEST: 'superseded',
};
const platform = { phase: 'settlement', awaits: () => ['PLATFORM'] as const, acts: ['DECIDE_PETITION'] };

const machine = defineMachine<ReopenContext, Input>({
  id: 'REOPEN',
  checks,
  delays,
  context: ({ excluded, ...given }) => ({
    ...requestContext<z.infer<typeof policy>>(given),
    ground: given.said.ground,
    excluded,
    decidedBy: null,
    reopenedAs: null,
  }),
  initial: 'eligibility',
  states: {
    ...eligibility('petition'),
    petition: {
      ...about({
        title: 'Petition',
        description: 'Somebody who had no part in the original decides whether it is taken up again.',
        ...platform,
      }),
      entry: tell('PETITION_FILED'),
      on: deciding,
      after: { decisionEnd: 'petitionOverdue' },
    },
    petitionOverdue: {
      ...about({
        title: 'Petition overdue',
        description: 'The petition was not decided in time; the decision may still come, and nothing changes until it does.',
        ...platform,
      }),
      entry: tell('RULING_DUE'),
      on: deciding,
    },
    reopening: {
      ...about({
        title: 'Reopening',
        description: 'The original is being taken up again, as a new request.',
        phase: 'settlement',
      }),
      entry: [effect<ReopenContext>('reopenRequest', ({ parentId }) => ({ originalId: parentId! })), tell('PETITION_DECIDED')],
      on: {
        REOPENED: {
          target: 'completed',
          actions: set<ReopenContext, { requestId: string }>((_context, { requestId }) => ({ reopenedAs: requestId })),
        },
        REOPENING_REFUSED: { target: 'rejected', actions: set(refusedFor) },
      },
    },
    ...endStates({
      completed: 'The original was taken up again, as a new request.',
      withdrawn: true,
      rejected: 'The original is not taken up again.',
      voided: true,
      superseded: true,
    }),
  },
});

/** What is not taken up again, and what there is instead. */
const NOT_REOPENABLE: Readonly<Record<string, string>> = {
  PAYMENT: 'A statement is objected to, not reopened.',
  REOPEN: 'A petition is made again with new evidence, not reopened.',
  REVERSAL: 'A reversal is not reopened: what it undid is asked for anew.',
  RELEASE: 'A release is not reopened: it is reversed, or the broadcaster joins anew.',
};

function failures(facts: OpeningFacts): Reason[] {
  const { kind, done, endedAt, about: others } = facts.parent!;
  const instead = NOT_REOPENABLE[kind];
  const window = endedAt === null ? null : plusDays(endedAt, facts.policy['reopenWindowDays']!);
  return allOf(
    done ? undefined : { code: 'NOT_ENDED', message: 'The request has not ended: there is nothing to reopen.' },
    instead === undefined ? undefined : { code: 'NOT_REOPENABLE', message: instead },
    window !== null && Date.parse(window) <= Date.parse(facts.at)
      ? { code: 'TOO_LATE', message: 'The request ended too long ago to be reopened.' }
      : undefined,
    others.some((other) => other.kind === 'REOPEN' && !other.done)
      ? { code: 'PETITION_OPEN', message: 'Another petition to reopen this request is under way.' }
      : undefined,
  );
}

export const reopen: RequestDefinition = {
  kind: 'REOPEN',
  version: 1,
  title: 'Reopen a request',
  description:
    'A petition to take an ended request up again, for new evidence or an error of procedure; decided by somebody who had no part in it.',
  machine,
  input,
  parties,
  events,
  checks,
  effects,
  delays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['petition', 'withdrawn'] },
  timeZone: (context: ReopenContext) => context.timeZone,
  opening: {
    subject: 'REQUEST',
    said,
    by: { BROADCASTER: ['BROADCASTER'], GUARDIAN: ['GUARDIAN'], GUILD: GUILD_SIGNATORIES, GAINING_GUILD: GAINING_SIGNATORIES },
    parties: ({ minor, gainingGuild }) => [
      'BROADCASTER',
      ...(minor ? (['GUARDIAN'] as const) : []),
      'GUILD',
      ...(gainingGuild ? (['GAINING_GUILD'] as const) : []),
      'PLATFORM',
    ],
    template: null,
    relation: 'REOPENS',
    objections: ({ ground, annexId }: Said) =>
      ground === 'NEW_EVIDENCE' && annexId === undefined
        ? [{ code: 'EVIDENCE_MISSING', message: 'Say what the new evidence is.', field: 'comment' }]
        : [],
    eligibility: failures,
    input: (base, facts) => ({ ...base, excluded: agentsBefore(facts) }),
  },
};
