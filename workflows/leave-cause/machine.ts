import { defineMachine, effect, permits, set, type StateConfig, type WorkflowEvent } from '../kernel/index.js';
import {
  abandoning,
  about,
  contesting,
  eligibility,
  exitEnds,
  interruptible,
  leaving,
  tell,
  type DisputeOutcome,
} from '../phases/index.js';
import {
  initialContext,
  isGuildAtFault,
  recordedCause,
  releasedBecause,
  type Cause,
  type CauseContext,
  type Input,
  type ReleasedBecause,
} from './context.js';
import { checks, delays } from './events.js';

type Ruled = WorkflowEvent & { readonly outcome: 'UPHELD' | 'DENIED'; readonly verifiedCause?: Cause };
type Ended = WorkflowEvent & { readonly outcome: DisputeOutcome };

const evidence: StateConfig = {
  ADD_EVIDENCE: { guard: permits('isForParty'), actions: set<CauseContext>((context) => ({ evidence: context.evidence + 1 })) },
};
const withdrawable: StateConfig = {
  WITHDRAW_REQUEST: { guard: permits('isForBroadcaster'), target: 'withdrawn' },
  ...interruptible,
};
const release = (because: ReleasedBecause, ...more: readonly unknown[]) => ({
  target: 'switching',
  actions: [...more, set(releasedBecause(because))],
});
const answered = (answer: CauseContext['answer']) => set<CauseContext>(() => ({ answer }));
const ruled = set<CauseContext, Ruled>((_context, { actor, at, outcome, verifiedCause }) => ({
  ruling: { outcome, by: actor.id, at },
  verifiedCause: verifiedCause ?? null,
}));
const denied = set<CauseContext>(() => ({
  reasons: [{ code: 'CAUSE_DENIED', message: 'The platform has found that the alleged cause does not release the broadcaster.' }],
}));
/** What an appeal has upheld is the cause that was alleged: no other one was looked at. */
const upheldOnAppeal = set<CauseContext, Ended>(({ alleged }) => ({ verifiedCause: alleged }));
const atFault = set<CauseContext>(() => ({ releasedBecause: 'UPHELD' as const }));

export const machine = defineMachine<CauseContext, Input>({
  id: 'LEAVE_CAUSE',
  checks,
  delays,
  context: initialContext,
  initial: 'eligibility',
  states: {
    ...eligibility('alleged'),
    alleged: {
      ...about({ title: 'Alleged', description: 'It is looked at whether such a cause can be cured.', phase: 'cooling-off' }),
      entry: tell('CAUSE_ALLEGED'),
      always: [{ guard: permits('isCurable'), target: 'curing' }, { target: 'ruling' }],
    },
    curing: {
      ...about({
        title: 'Time to cure',
        description:
          'A cause was alleged; the guild cures it, contests it or accepts it. Without an answer the broadcaster is released.',
        phase: 'cooling-off',
        awaits: () => ['GUILD'],
        acts: ['ANSWER_CAUSE'],
      }),
      on: {
        ANSWER_CAUSE: [
          { guard: permits('isForGuild', 'isCured'), target: 'confirming', actions: answered('CURED') },
          { guard: permits('isForGuild', 'isAccepted'), ...release('ACCEPTED', answered('ACCEPTED')) },
          { guard: permits('isForGuild'), target: 'ruling', actions: answered('CONTESTED') },
        ],
        ...evidence,
        ...withdrawable,
      },
      after: { cureEnd: release('UNANSWERED') },
    },
    confirming: {
      ...about({
        title: 'Cure to be confirmed',
        description: 'The guild says that it has cured the cause; the broadcaster says whether that is so.',
        phase: 'cooling-off',
        awaits: () => ['BROADCASTER'],
        acts: ['CONFIRM_CURE', 'REJECT_CURE'],
      }),
      entry: tell('CAUSE_ANSWERED'),
      on: {
        CONFIRM_CURE: { guard: permits('isForBroadcaster'), target: 'withdrawn' },
        REJECT_CURE: { guard: permits('isForBroadcaster'), target: 'ruling' },
        ...evidence,
        ...withdrawable,
      },
      // Silence is no confirmation: the allegation stands, and the platform looks at it.
      after: { confirmEnd: 'ruling' },
    },
    ruling: {
      ...about({
        title: 'Ruling',
        description: 'The platform rules on the cause; when it is late, the broadcaster is released until it does.',
        phase: 'cooling-off',
        awaits: () => ['PLATFORM'],
        acts: ['RULE_CAUSE'],
      }),
      entry: tell('RULING_DUE'),
      on: {
        RULE_CAUSE: [
          { guard: permits('isImpartial', 'isOtherDecider', 'isUpheld'), ...release('UPHELD', ruled) },
          { guard: permits('isImpartial', 'isOtherDecider'), target: 'denied', actions: ruled },
        ],
        ...evidence,
        ...withdrawable,
      },
      after: { decisionEnd: release('LATE', tell('INTERIM_RELEASE')) },
    },
    denied: {
      ...about({
        title: 'Denied',
        description: 'The platform has denied the cause; the broadcaster may appeal to somebody else.',
        phase: 'cooling-off',
        awaits: () => ['BROADCASTER'],
        acts: ['APPEAL_RULING'],
      }),
      entry: tell('DISPUTE_DECIDED'),
      on: { APPEAL_RULING: { guard: permits('isForBroadcaster', 'isAGround'), target: 'contesting' }, ...withdrawable },
      after: { appealEnd: { target: 'rejected', actions: denied } },
    },
    ...contesting('appealed', 'Opening the appeal'),
    appealed: {
      ...about({
        title: 'Appealed',
        description: 'A dispute about the ruling is under way; this request waits for its outcome.',
        phase: 'cooling-off',
      }),
      ...abandoning,
      on: {
        DISPUTE_DECIDED: [
          { guard: permits('isUpheld'), ...release('APPEAL_UPHELD', upheldOnAppeal) },
          { target: 'rejected', actions: denied },
        ],
        INTERIM_RELEASE: release('LATE', tell('INTERIM_RELEASE')),
        ...evidence,
        ...interruptible,
      },
    },
    ...leaving<CauseContext>(
      (context) => ({
        endKind: 'VOLUNTARY',
        endCause: recordedCause(context),
        ...(isGuildAtFault(context) && { atFault: 'GUILD' }),
      }),
      { to: 'released' },
    ),
    released: {
      ...about({
        title: 'Released until the ruling',
        description: 'The membership has ended because the platform was late; its ruling only changes who was at fault.',
        phase: 'settlement',
        awaits: ({ ruling }: CauseContext) => (ruling === null ? ['PLATFORM'] : []),
        acts: ['RULE_CAUSE'],
      }),
      always: { guard: permits('isSettled'), target: 'completed' },
      on: {
        RULE_CAUSE: [
          {
            guard: permits('isImpartial', 'isOtherDecider', 'isUnruled', 'isUpheld'),
            target: 'recordingFault',
            actions: [ruled, atFault],
          },
          { guard: permits('isImpartial', 'isOtherDecider', 'isUnruled'), target: 'completed', actions: ruled },
        ],
        DISPUTE_DECIDED: [
          { guard: permits('isUpheld'), target: 'recordingFault', actions: [upheldOnAppeal, atFault] },
          { target: 'completed' },
        ],
        ...evidence,
      },
    },
    recordingFault: {
      ...about({ title: 'Recording the fault', description: 'Who was at fault is being recorded.', phase: 'settlement' }),
      entry: effect<CauseContext>('recordFault', (context) => ({
        membershipId: context.membershipId!,
        atFault: 'GUILD',
        endCause: recordedCause(context),
      })),
      on: { FAULT_RECORDED: 'completed' },
    },
    ...exitEnds('The membership has ended for cause.'),
  },
});
