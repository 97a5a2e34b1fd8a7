import { z } from 'zod';
import { annexFields, defineMachine, effect, permits, set } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, Reason } from '../kernel/index.js';
import {
  about,
  allOf,
  annulParams,
  commonChecks,
  commonEffects,
  commonEvents,
  decidingChecks,
  eligibility,
  endStates,
  parties,
  pinned,
  refusedFor,
  requestContext,
  requestInput,
  switchEvents,
  tell,
  type OpeningFacts,
  type RequestContext,
  type RequestDefinition,
} from '../phases/index.js';

/** The platform undoes a switch that should not have been: what began counts no longer, what ended goes on. */

export const REVERSAL_REASONS = ['FORGED', 'ERRONEOUS', 'COURT_ORDER'] as const;

const policy = pinned();
const said = z.strictObject({ reasonCode: z.enum(REVERSAL_REASONS), ...annexFields });
const input = requestInput(policy, said).extend({ proposedBy: z.uuid(), ...annulParams.shape });
type Input = z.infer<typeof input>;

interface ReversalContext extends RequestContext {
  readonly policy: z.infer<typeof policy>;
  readonly reasonCode: (typeof REVERSAL_REASONS)[number];
  readonly proposedBy: string;
  readonly approvedBy: string | null;
  /** The membership that should not have begun, and the one that should not have ended. */
  readonly annulled: string | null;
  readonly restored: string | null;
}

const byAgent = (title: string): EventSpec => ({ title, by: ['SUPPORT'], input: z.strictObject(annexFields) });

const events = {
  VOID_REQUEST: commonEvents.VOID_REQUEST,
  SWITCH_REFUSED: switchEvents.SWITCH_REFUSED,
  APPROVE_REVERSAL: byAgent('Approve the reversal'),
  REJECT_REVERSAL: byAgent('Reject or take back the reversal'),
  UNWOUND: { title: 'The switch was reversed', by: [], input: z.strictObject({}) },
} satisfies Record<string, EventSpec>;

const checks = {
  ...commonChecks,
  ...decidingChecks,
  isSecondAgent: ({ context, actor }) =>
    actor.id === context.proposedBy
      ? [{ code: 'SECOND_AGENT', message: 'Another agent than the one who proposed it has to approve.' }]
      : [],
} satisfies Record<string, Check<ReversalContext>>;

export const reverseParams = annulParams.extend({ originalId: z.uuid(), reasonCode: z.enum(REVERSAL_REASONS) });
const effects = {
  ...commonEffects,
  reverseSwitch: { mode: 'transaction', params: reverseParams, refused: 'SWITCH_REFUSED' },
} satisfies Record<string, EffectSpec>;

const machine = defineMachine<ReversalContext, Input>({
  id: 'REVERSAL',
  checks,
  delays: {},
  context: ({ proposedBy, annulled, restored, ...given }) => ({
    ...requestContext<z.infer<typeof policy>>(given),
    reasonCode: given.said.reasonCode,
    proposedBy,
    approvedBy: null,
    annulled,
    restored,
  }),
  initial: 'eligibility',
  states: {
    ...eligibility('proposed'),
    proposed: {
      ...about({
        title: 'Proposed',
        description: 'An agent has proposed to reverse the switch; another one approves or rejects.',
        phase: 'settlement',
        awaits: () => ['PLATFORM'],
        acts: ['APPROVE_REVERSAL', 'REJECT_REVERSAL'],
      }),
      on: {
        APPROVE_REVERSAL: {
          guard: permits('isSecondAgent', 'isImpartial'),
          target: 'reversing',
          actions: set<ReversalContext>((_context, { actor }) => ({ approvedBy: actor.id })),
        },
        REJECT_REVERSAL: 'declined',
        VOID_REQUEST: 'voided',
      },
    },
    reversing: {
      ...about({ title: 'Reversing', description: 'The switch is being undone.', phase: 'settlement' }),
      entry: effect<ReversalContext>('reverseSwitch', ({ parentId, reasonCode, annulled, restored }) => ({
        originalId: parentId!,
        reasonCode,
        annulled,
        restored,
      })),
      on: {
        UNWOUND: { target: 'completed', actions: tell('REQUEST_UNWOUND') },
        SWITCH_REFUSED: { target: 'rejected', actions: set(refusedFor) },
      },
    },
    ...endStates({
      completed: 'The switch was reversed; the memberships are as they were before it.',
      declined: 'The reversal was not approved; nothing has changed for anybody.',
      rejected: true,
      voided: true,
    }),
  },
});

/** Which later switch it is that stands on this one: who reads it must be able to look. */
export const laterSwitch = ({ requestId, kind }: { readonly requestId: string; readonly kind: string }): Reason => ({
  code: 'LATER_SWITCH',
  message: `A later switch (${kind}, request ${requestId}) stands on this one and has to be reversed first.`,
});

const failures = ({ parent }: OpeningFacts): Reason[] =>
  allOf(
    parent!.done && parent!.state === 'completed'
      ? undefined
      : { code: 'NOT_COMPLETED', message: 'Only a request that was completed can be reversed.' },
    parent!.began === null && parent!.ended === null
      ? { code: 'NOTHING_SWITCHED', message: 'The request has neither begun nor ended a membership.' }
      : undefined,
    parent!.laterSwitches.slice(0, 10).map(laterSwitch),
    parent!.about.some(({ kind, done }) => kind === 'REVERSAL' && !done)
      ? { code: 'REVERSAL_OPEN', message: 'Another reversal of this request is proposed already.' }
      : undefined,
  );

export const reversal: RequestDefinition = {
  kind: 'REVERSAL',
  version: 1,
  title: 'Reverse a switch',
  description: 'The platform undoes a forged or erroneous switch; a second agent approves.',
  machine,
  input,
  parties,
  events,
  checks,
  effects,
  delays: {},
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['proposed', 'declined'] },
  timeZone: (context: ReversalContext) => context.timeZone,
  opening: {
    subject: 'REQUEST',
    said,
    by: { PLATFORM: ['SUPPORT'] },
    parties: ({ minor, gainingGuild }) => [
      'BROADCASTER',
      ...(minor ? (['GUARDIAN'] as const) : []),
      'GUILD',
      ...(gainingGuild ? (['GAINING_GUILD'] as const) : []),
      'PLATFORM',
    ],
    template: null,
    relation: 'REVERSES',
    eligibility: failures,
    input: (base, { principalId, parent }) => ({
      ...base,
      proposedBy: principalId,
      annulled: parent!.began?.id ?? null,
      restored: parent!.ended?.id ?? null,
    }),
  },
};
