import { createActor } from 'xstate';
import type { AnyActorScope, AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { NEVER, type Json, type WorkflowDefinition, type WorkflowEvent } from './definition.js';
import type { Reason } from './reason.js';
import { keptJson, withTimers, type Kept } from './stored.js';

export interface TimerArmed {
  /** The machine's own name for the timer; repeats when its state is entered again, so the engine adds a fence. */
  readonly name: string;
  /** The event type that it sends. */
  readonly event: string;
  /** ISO 8601 UTC, never before the event that armed it. */
  readonly dueAt: string;
}

export interface Accepted {
  readonly ok: true;
  /** Plain JSON to store: XState's own snapshot, the clocks that run, and what the kernel keeps beside them. */
  readonly snapshot: Json;
  /** Dotted path of the one active state. */
  readonly state: string;
  readonly done: boolean;
  /** Timers that were armed before this step and are to be taken down. Applied before `armed`. */
  readonly cancelled: readonly string[];
  readonly armed: readonly TimerArmed[];
  readonly effects: readonly { readonly type: string; readonly params: Json }[];
}

export interface Refused {
  readonly ok: false;
  /** `NOT_ALLOWED`: a rule objects. `HELD`: the event waits until the hold is over. */
  readonly code: 'FINAL' | 'UNKNOWN_EVENT' | 'FORBIDDEN' | 'HELD' | 'WRONG_STATE' | 'INVALID_INPUT' | 'NOT_ALLOWED';
  readonly reasons: readonly Reason[];
}

export type Advance = Accepted | Refused;

/** Rebuilds a stored snapshot. Throws when the machine no longer knows it: that is a failed deployment, not a refusal. */
export function restore(definition: WorkflowDefinition, stored: Json): AnyMachineSnapshot {
  const snapshot = definition.machine.restoreSnapshot(stored as never, undefined as never) as AnyMachineSnapshot;
  if (snapshot.status === 'error') {
    throw new Error(`${definition.kind} v${String(definition.version)}: the stored snapshot is in error.`);
  }
  return snapshot;
}

const inertScopes = new WeakMap<AnyStateMachine, AnyActorScope>();

/**
 * XState's own `transition()`, which makes an actor for every call, and with it a first snapshot of an instance without an
 * input: a quarter of the time of a step. The actor is never started and holds nothing of an instance, so one a machine will do.
 */
export function transition(
  machine: AnyStateMachine,
  before: AnyMachineSnapshot,
  event: WorkflowEvent,
): [AnyMachineSnapshot, EmittedAction[]] {
  const actions: EmittedAction[] = [];
  let scope = inertScopes.get(machine);
  if (!scope) inertScopes.set(machine, (scope = inertScope(machine)));
  const after = machine.transition(before, event, { ...scope, actionExecutor: (action) => actions.push(action) });
  return [after as AnyMachineSnapshot, actions];
}

function inertScope(machine: AnyStateMachine): AnyActorScope {
  const self = createActor(machine);
  const nothing = () => undefined;
  return {
    self,
    id: '',
    sessionId: '',
    system: self.system,
    logger: nothing,
    defer: nothing,
    stopChild: nothing,
    emit: nothing,
    actionExecutor: nothing,
  };
}

export interface EmittedAction {
  readonly type: string;
  readonly params?: unknown;
  readonly exec?: unknown;
}

/** What a step of the machine comes to. `kept`: the kernel's part before the step; `at`: from when the new clocks run. */
export function accept(
  definition: WorkflowDefinition,
  snapshot: AnyMachineSnapshot,
  actions: readonly EmittedAction[],
  at: string,
  kept: Kept,
): Accepted {
  const cancelled = new Set<string>();
  const armed = new Map<string, TimerArmed>();
  const effects: { type: string; params: Json }[] = [];
  for (const action of actions) {
    if (action.type === 'xstate.raise') {
      const { id, delay, event } = action.params as { id: string; delay?: unknown; event: { type: string } };
      if (delay === NEVER) continue;
      // Without a delay the machine has consumed it already: a deadline nobody sees, so it is an error here too.
      armed.set(id, { name: id, event: event.type, dueAt: due(definition, id, delay, at) });
    } else if (action.type === 'xstate.cancel') {
      const { sendId } = action.params as { sendId: string };
      if (!armed.delete(sendId)) cancelled.add(sendId);
    } else if (definition.effects[action.type]) {
      effects.push({ type: action.type, params: (action.params ?? {}) as Json });
    } else {
      throw new Error(`${definition.kind} v${String(definition.version)}: action "${action.type}" has no effect of that name.`);
    }
  }
  const done = snapshot.status === 'done';
  // What has ended is neither held nor waiting for a second agent.
  const { held: _held, force: _force, ...lasting } = kept;
  const before = done ? lasting : kept;
  const after = withTimers(before, { cancelled, armed: armed.values() }, at);
  return {
    ok: true,
    snapshot: { ...machinePart(definition, snapshot), ...keptJson(done ? { ...lasting, timers: {} } : after) },
    state: statePath(snapshot.value),
    done,
    cancelled: done ? [...new Set([...cancelled, ...Object.keys(kept.timers)])] : [...cancelled],
    armed: after.held ? [] : [...armed.values()],
    effects,
  };
}

/**
 * What `getPersistedSnapshot` gives, without its search of the whole context for actors: machines of ours have none. Only the nodes
 * of a history state are left for it to write.
 */
function machinePart(definition: WorkflowDefinition, snapshot: AnyMachineSnapshot): Readonly<Record<string, Json>> {
  const { status, value, context, historyValue, output } = (Object.keys(snapshot.historyValue).length === 0
    ? snapshot
    : definition.machine.getPersistedSnapshot(snapshot)) as unknown as Record<string, Json>;
  return {
    status: status!,
    value: value!,
    context: context!,
    historyValue: historyValue ?? {},
    children: {},
    ...(output === undefined ? {} : { output }),
  };
}

/** XState fires a missing delay at once and turns NaN into null: both would be a deadline that nobody wrote. */
function due(definition: WorkflowDefinition, id: string, delay: unknown, at: string): string {
  if (typeof delay !== 'number' || !Number.isFinite(delay) || delay < 0) {
    throw new Error(`${definition.kind} v${String(definition.version)}: timer "${id}" has the delay ${String(delay)}.`);
  }
  return new Date(Date.parse(at) + Math.ceil(delay)).toISOString();
}

export function statePath(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[key, inner] = ['', undefined]] = Object.entries(value as Record<string, unknown>);
  return inner === undefined ? key : `${key}.${statePath(inner)}`;
}

export function wrongState(definition: WorkflowDefinition, before: AnyMachineSnapshot): Refused {
  const title = (Object.values(before.getMeta())[0] as { title?: string } | undefined)?.title ?? statePath(before.value);
  return refuse('WRONG_STATE', [{ code: 'WRONG_STATE', message: `This cannot be done while the request is in: ${title}.` }]);
}

export const refuse = (code: Refused['code'], reasons: readonly Reason[]): Refused => ({ ok: false, code, reasons });

export function reasonsOfInput(issues: readonly { path: readonly PropertyKey[]; message: string }[]): Reason[] {
  return issues.map((issue) => ({
    code: 'INVALID_INPUT',
    message: issue.message,
    ...(issue.path.length > 0 ? { field: issue.path.map(String).join('.') } : {}),
  }));
}

export function distinct(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
