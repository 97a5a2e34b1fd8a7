import { createActor, getNextTransitions, initialTransition } from 'xstate';
import type { AnyActorScope, AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { CheckArgs, Json, WorkflowDefinition, WorkflowEvent } from './definition.js';
import { checkNames, checksOf } from './guard.js';
import type { Reason } from './reason.js';

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
  /** Plain JSON to store; holds neither version nor timers. */
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
  /** `FINAL`, `UNKNOWN_EVENT`, `FORBIDDEN`, `WRONG_STATE`, `INVALID_INPUT` or `NOT_ALLOWED` (a rule objects). */
  readonly code: 'FINAL' | 'UNKNOWN_EVENT' | 'FORBIDDEN' | 'WRONG_STATE' | 'INVALID_INPUT' | 'NOT_ALLOWED';
  readonly reasons: readonly Reason[];
}

export type Advance = Accepted | Refused;

/**
 * `outside`: a person or a program, held to the event's authorities and input. `timer`: the engine, for a timer row.
 * `effect`: the result of an effect of the same instance.
 */
export type Source = 'outside' | 'timer' | 'effect';

/** Rebuilds a stored snapshot. Throws when the machine no longer knows it: that is a failed deployment, not a refusal. */
export function restore(definition: WorkflowDefinition, stored: Json): AnyMachineSnapshot {
  const snapshot = definition.machine.restoreSnapshot(stored as never, undefined as never) as AnyMachineSnapshot;
  if (snapshot.status === 'error') {
    throw new Error(`${definition.kind} v${String(definition.version)}: the stored snapshot is in error.`);
  }
  return snapshot;
}

/** The first step of a new instance. A bad input is refused; a machine that fails on a good one throws. */
export function begin(definition: WorkflowDefinition, input: unknown, at: string): Advance {
  const parsed = definition.input.safeParse(input);
  if (!parsed.success) return refuse('INVALID_INPUT', reasonsOfInput(parsed.error.issues));
  const [snapshot, actions] = initialTransition(definition.machine, { ...(parsed.data as object), at });
  if (snapshot.status === 'error') throw snapshot.error;
  return accept(definition, snapshot, actions, at);
}

/**
 * One step: state, event and time go in; the next state, its timers and its effects come out. No I/O, no clock. Takes a
 * stored snapshot; the caller stores the new one, or nothing when refused.
 */
export function advance(definition: WorkflowDefinition, stored: Json, event: WorkflowEvent, source: Source): Advance {
  const before = restore(definition, stored);
  if (before.status !== 'active') {
    return refuse('FINAL', [{ code: 'FINAL', message: 'This request has ended; nothing can change it any more.' }]);
  }
  const { type, at, actor, dueAt: _dueAt, ...payload } = event;
  const candidates = getNextTransitions(before).filter((candidate) => candidate.eventType === type);
  // Own keys only: `toString` is no event.
  const spec = Object.hasOwn(definition.events, type) ? definition.events[type] : undefined;
  let clean: WorkflowEvent = event;
  if (source !== 'timer') {
    if (!spec || type.startsWith('xstate.')) {
      return refuse('UNKNOWN_EVENT', [
        { code: 'UNKNOWN_EVENT', message: `There is no event ${JSON.stringify(type.slice(0, 80))}.` },
      ]);
    }
    if (source === 'outside' && !spec.by.some((authority) => actor.authorities.includes(authority))) {
      return refuse('FORBIDDEN', [{ code: 'FORBIDDEN', message: 'You have no authority for this on this request.' }]);
    }
    if (candidates.length === 0) return wrongState(definition, before);
    const parsed = spec.input.safeParse(payload);
    if (!parsed.success) return refuse('INVALID_INPUT', reasonsOfInput(parsed.error.issues));
    clean = { ...(parsed.data as object), type, at, actor };
  } else if (candidates.length === 0) {
    return wrongState(definition, before);
  }
  const args: CheckArgs<unknown> = { context: before.context, actor, at, payload: clean };
  const objections = candidates.map((candidate) => checksOf(definition.checks as never, checkNames(candidate.guard), args));
  if (objections.every((reasons) => reasons.length > 0)) return refuse('NOT_ALLOWED', distinct(objections.flat()));

  const [after, actions] = transition(definition.machine, before, clean);
  if (after.status === 'error') throw after.error;
  return accept(definition, after, actions, at);
}

const inertScopes = new WeakMap<AnyStateMachine, AnyActorScope>();

/**
 * XState's own `transition()`, which makes an actor for every call, and with it a first snapshot of an instance without an
 * input: a quarter of the time of a step. The actor is never started and holds nothing of an instance, so one a machine will do.
 */
function transition(
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

interface EmittedAction {
  readonly type: string;
  readonly params?: unknown;
  readonly exec?: unknown;
}

function accept(
  definition: WorkflowDefinition,
  snapshot: AnyMachineSnapshot,
  actions: readonly EmittedAction[],
  at: string,
): Accepted {
  const cancelled = new Set<string>();
  const armed = new Map<string, TimerArmed>();
  const effects: { type: string; params: Json }[] = [];
  for (const action of actions) {
    if (action.type === 'xstate.raise') {
      const { id, delay, event } = action.params as { id: string; delay?: unknown; event: { type: string } };
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
  const { status, value, context, historyValue, output } = definition.machine.getPersistedSnapshot(snapshot) as unknown as Record<
    string,
    Json
  >;
  return {
    ok: true,
    snapshot: {
      status: status!,
      value: value!,
      context: context!,
      historyValue: historyValue ?? {},
      children: {},
      ...(output === undefined ? {} : { output }),
    },
    state: statePath(snapshot.value),
    done: snapshot.status === 'done',
    cancelled: [...cancelled],
    armed: [...armed.values()],
    effects,
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

function wrongState(definition: WorkflowDefinition, before: AnyMachineSnapshot): Refused {
  const title = (Object.values(before.getMeta())[0] as { title?: string } | undefined)?.title ?? statePath(before.value);
  return refuse('WRONG_STATE', [{ code: 'WRONG_STATE', message: `This cannot be done while the request is in: ${title}.` }]);
}

const refuse = (code: Refused['code'], reasons: readonly Reason[]): Refused => ({ ok: false, code, reasons });

function reasonsOfInput(issues: readonly { path: readonly PropertyKey[]; message: string }[]): Reason[] {
  return issues.map((issue) => ({
    code: 'INVALID_INPUT',
    message: issue.message,
    ...(issue.path.length > 0 ? { field: issue.path.map(String).join('.') } : {}),
  }));
}

function distinct(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
