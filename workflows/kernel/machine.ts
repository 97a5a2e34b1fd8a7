import { assign, setup, type AnyMachineSnapshot, type AnyStateMachine } from 'xstate';
import type { Check, DelaySpec, WorkflowEvent } from './definition.js';
import { permitsGuard } from './guard.js';

/** A state as a phase writes it. XState types a state by its whole machine, which a part that many machines share cannot know. */
export type StateConfig = Readonly<Record<string, unknown>>;
export type States = Readonly<Record<string, StateConfig>>;

export interface MachineParts<Context, Input> {
  /** The kind; also the machine's id, so that a timer keeps its name from version to version. */
  readonly id: string;
  readonly checks: Readonly<Record<string, Check<Context>>>;
  readonly delays: Readonly<Record<string, DelaySpec>>;
  /** Plain JSON of ids, codes, numbers and instants: what is written here stays in the chain for good. */
  readonly context: (input: Input & { readonly at: string }) => Context;
  readonly initial: string;
  readonly states: States;
}

/**
 * A machine out of shared parts. What the types no longer tell (a target, a check or a delay that does not exist) XState throws at
 * once or `bootProblems` finds before anything is served.
 */
export function defineMachine<Context, Input>(parts: MachineParts<Context, Input>): AnyStateMachine {
  const delays = Object.fromEntries(Object.entries(parts.delays).map(([name, { ms }]) => [name, ms as never]));
  const machine = setup({
    types: {},
    guards: { permits: permitsGuard(parts.checks) as never },
    delays,
  }).createMachine({
    id: parts.id,
    initial: parts.initial,
    context: ({ input }: { input: object }) => parts.context(input as Input & { at: string }) as object,
    options: { maxIterations: 50 },
    states: parts.states,
  } as never);
  return machine as unknown as AnyStateMachine;
}

/** An assignment by a function of context and event, which is how every part of a machine changes data. */
export const set = <Context, Event = WorkflowEvent>(change: (context: Context, event: Event) => Partial<Context>) =>
  cloning(assign(({ context, event }) => change(context as Context, event as Event) as never));

interface Resolvable {
  resolve(
    scope: unknown,
    snapshot: AnyMachineSnapshot,
    args: { readonly event: unknown },
    params: unknown,
    action: { readonly assignment: (args: { context: unknown; event: unknown }) => object },
  ): [AnyMachineSnapshot, undefined, undefined];
}

/**
 * XState's assignment copies the context key by key and brings along what a spawn would need: with some twenty keys 7 µs, of which a
 * clone and the new keys are one. Everything else about the action is XState's.
 */
function cloning<Action>(action: Action): Action {
  return Object.assign(action as Action & Resolvable, {
    resolve: ((_scope, snapshot, { event }, _params, { assignment }) => {
      const context: unknown = { ...(snapshot.context as object), ...assignment({ context: snapshot.context, event }) };
      return [{ ...snapshot, context } as AnyMachineSnapshot, undefined, undefined];
    }) satisfies Resolvable['resolve'],
  });
}

/** An effect whose parameters are a function of the context and the event that led here. */
export const effect = <Context, Event = WorkflowEvent>(type: string, params: (context: Context, event: Event) => object) => ({
  type,
  params: ({ context, event }: { context: Context; event: Event }) => params(context, event),
});
