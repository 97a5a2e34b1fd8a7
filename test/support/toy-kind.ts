import { assign, setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { z } from 'zod';
import type { Check, StateMeta, WorkflowDefinition } from '../../workflows/kernel/index.js';
import { permits, permitsGuard } from '../../workflows/kernel/index.js';

/**
 * The smallest kind that uses everything the kernel offers: events from outside, a check, a timer that is cancelled and
 * armed again, a transaction effect with both answers, a delivery. The engine's tests run on it, so that they know no guild.
 */

const input = z.strictObject({ limit: z.int().min(0).max(1_000_000), patienceMs: z.int().min(0) });

export interface ToyContext {
  readonly limit: number;
  readonly patienceMs: number;
  readonly count: number;
  readonly records: number;
  readonly refusals: number;
}

const isBelowLimit: Check<ToyContext> = ({ context, payload }) => {
  const by = typeof payload?.['by'] === 'number' ? payload['by'] : 1;
  return context.count + by <= context.limit
    ? []
    : [{ code: 'LIMIT_REACHED', message: `The count may not pass ${String(context.limit)}.`, field: 'by' }];
};

const hasCounted: Check<ToyContext> = ({ context }) =>
  context.count > 0 ? [] : [{ code: 'NOTHING_COUNTED', message: 'Nothing has been counted yet.' }];

const checks = { isBelowLimit, hasCounted };

interface ToyEvent {
  readonly type: string;
  readonly at: string;
  readonly by?: number;
}

const types = {} as { context: ToyContext; input: z.infer<typeof input> & { at: string }; events: ToyEvent; meta: StateMeta };

const base = setup({
  types,
  guards: { permits: permitsGuard<ToyContext>(checks) },
  delays: { patience: ({ context }) => context.patienceMs },
  actions: {
    count: assign({ count: ({ context, event }) => context.count + (event.by ?? 1) }),
    noteRecord: assign({ records: ({ context }) => context.records + 1 }),
    noteRefusal: assign({ refusals: ({ context }) => context.refusals + 1 }),
  },
});

const states = {
  counting: {
    meta: { title: 'Counting', description: 'Steps are counted.', phase: 'work', awaits: () => ['USER'], acts: ['STEP'] },
    on: {
      STEP: {
        guard: permits('isBelowLimit'),
        actions: ['count', { type: 'tell', params: ({ context }: { context: ToyContext }) => ({ count: context.count }) }],
      },
      RECORD: { guard: permits('hasCounted'), target: 'recording' },
      PAUSE: { target: 'paused' },
      FINISH: { target: 'finished' },
    },
    after: { patience: { target: 'expired' } },
  },
  paused: {
    meta: { title: 'Paused', description: 'No clock runs.', phase: 'work', awaits: () => ['USER'], acts: ['RESUME'] },
    on: { RESUME: { target: 'counting' } },
  },
  recording: {
    meta: { title: 'Recording', description: 'The count is being recorded.', phase: 'work' },
    entry: { type: 'record', params: ({ context }: { context: ToyContext }) => ({ count: context.count }) },
    on: {
      RECORDED: { target: 'counting', actions: 'noteRecord' },
      RECORD_REFUSED: { target: 'counting', actions: 'noteRefusal' },
    },
  },
  finished: { type: 'final', meta: { title: 'Finished', description: 'The count is complete.' } },
  expired: { type: 'final', meta: { title: 'Expired', description: 'Nobody counted for too long.' } },
} as const;

const nothing = z.strictObject({});

/** `change` adds to the machine's states or to the definition: for tests of what the kernel derives and of what boot refuses. */
export function toyDefinition(
  change: { states?: Record<string, unknown>; initial?: string; definition?: Partial<WorkflowDefinition> } = {},
): WorkflowDefinition {
  const machine = base.createMachine({
    id: 'TOY',
    initial: change.initial ?? 'counting',
    context: ({ input: given }: { input: z.infer<typeof input> }) => ({
      limit: given.limit,
      patienceMs: given.patienceMs,
      count: 0,
      records: 0,
      refusals: 0,
    }),
    options: { maxIterations: 50 },
    states: { ...states, ...change.states },
  } as never);
  return {
    kind: 'TOY',
    version: 1,
    machine: machine as unknown as AnyStateMachine,
    input,
    parties: { USER: { title: 'the user', authorities: ['USER'] } },
    events: {
      STEP: { title: 'Count a step', by: ['USER'], input: z.strictObject({ by: z.int().min(1).max(1000).optional() }) },
      RECORD: { title: 'Record the count', by: ['USER'], input: nothing },
      PAUSE: { title: 'Pause', by: ['USER'], input: nothing },
      RESUME: { title: 'Go on', by: ['USER'], input: nothing },
      FINISH: { title: 'Finish', by: ['USER', 'SUPPORT'], input: nothing },
      RECORDED: { title: 'The count was recorded', by: [], input: z.strictObject({ recordId: z.uuid() }) },
      RECORD_REFUSED: {
        title: 'The count could not be recorded',
        by: [],
        input: z.strictObject({ reasons: z.array(z.object({ code: z.string().max(60), message: z.string().max(300) })).max(20) }),
      },
    },
    checks,
    effects: {
      record: { mode: 'transaction', params: z.strictObject({ count: z.int() }), refused: 'RECORD_REFUSED' },
      tell: { mode: 'delivery', params: z.strictObject({ count: z.int() }) },
    },
    delays: { patience: { title: 'Patience is over' } },
    ...change.definition,
  };
}

export const toyKind: WorkflowDefinition = toyDefinition();

/** An input under which nothing runs out by itself. */
export const toyInput = { limit: 1_000_000, patienceMs: 3_600_000 };
