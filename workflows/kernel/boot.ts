import type { StateMeta, WorkflowDefinition } from './definition.js';
import { isIntervention } from './interventions.js';
import { nodesOf, pathOf, transitionsOf } from './structure.js';

/** XState's own actions that make sense without a running actor; the rest would silently never happen. */
const PURE_ACTIONS = new Set(['xstate.assign', 'xstate.raise', 'xstate.cancel']);

/**
 * Everything that would go wrong later, found before the process serves: XState is silent about a missing delay (it fires
 * at once), a missing guard (it throws at the first user) and an unknown event (it does nothing). Empty: fit to serve.
 */
export function bootProblems(definition: WorkflowDefinition): string[] {
  const problems = [
    ...ofNames(definition),
    ...ofStates(definition),
    ...ofEvents(definition),
    ...ofEffects(definition),
    ...ofDelays(definition),
    ...ofSupervision(definition),
  ];
  return problems.map((problem) => `${definition.kind} v${String(definition.version)}: ${problem}`);
}

function* ofNames({ kind, version, machine }: WorkflowDefinition): Generator<string> {
  if (!/^[A-Z][A-Z0-9_]*$/.test(kind)) yield 'the kind is not written in UPPER_SNAKE.';
  if (!Number.isSafeInteger(version) || version < 1) yield 'the version is not a whole number from 1.';
  if (!Number.isFinite(machine.options.maxIterations ?? Infinity))
    yield 'options.maxIterations is not set: a loop of the machine would never end.';
}

function* ofStates(definition: WorkflowDefinition): Generator<string> {
  const { checks, machine } = definition;
  if (machine.root.type !== 'compound') yield `the machine is ${machine.root.type}; a request is in one state at a time.`;
  for (const node of nodesOf(definition)) {
    const state = pathOf(node);
    const meta = node.meta as Partial<StateMeta> | undefined;
    if (!meta?.title || !meta.description) yield `state "${state}" has no meta with a title and a description.`;
    if (node.type === 'parallel' || node.type === 'history')
      yield `state "${state}" is ${node.type}; a request is in one state at a time.`;
    for (const act of meta?.acts ?? []) {
      if (!node.transitions.has(act)) yield `state "${state}" awaits "${act}" but does not take it.`;
    }
    for (const { eventType, guard } of transitionsOf(node)) {
      if (guard === undefined) continue;
      const { type, params } = guard as { type?: string; params?: { checks?: readonly string[] } };
      if (type !== 'permits' || !params?.checks)
        yield `state "${state}" guards "${eventType}" without permits(...): nobody could be told why.`;
      for (const name of params?.checks ?? [])
        if (!checks[name]) yield `state "${state}" names the check "${name}", which does not exist.`;
    }
  }
  if (!machine.implementations.guards['permits']) yield 'setup() has no guard "permits".';
}

function* ofEvents(definition: WorkflowDefinition): Generator<string> {
  const taken = new Set(
    [definition.machine.root, ...nodesOf(definition)].flatMap((node) => [...node.transitions.keys()] as string[]),
  );
  for (const event of taken) {
    if (event.includes('*')) yield `"${event}" is a wildcard: an unknown event would pass for a known one.`;
    else if (!event.startsWith('xstate.') && !definition.events[event])
      yield `event "${event}" is taken by the machine but not in events.`;
  }
  for (const event of Object.keys(definition.events)) {
    if (event.startsWith('xstate.')) yield `event "${event}" has a name that belongs to XState.`;
    if (!taken.has(event)) yield `event "${event}" is in events but no state takes it.`;
  }
}

function* ofEffects(definition: WorkflowDefinition): Generator<string> {
  const { effects, events, machine } = definition;
  const implemented = machine.implementations.actions as Readonly<Record<string, unknown>>;
  for (const node of [machine.root, ...nodesOf(definition)]) {
    const place = pathOf(node) || 'the root';
    if (node.invoke.length > 0) yield `"${place}" invokes an actor, which never runs in a pure step.`;
    for (const action of [...node.entry, ...node.exit, ...transitionsOf(node).flatMap((transition) => transition.actions)]) {
      const name = typeof action === 'string' ? action : (action as { type?: string }).type;
      const target: unknown = name !== undefined && Object.hasOwn(implemented, name) ? implemented[name] : action;
      const builtin = typeof target === 'function' ? (target as { type?: string }).type : undefined;
      if (typeof target === 'function' && !PURE_ACTIONS.has(builtin ?? '')) {
        yield `"${place}" has the action "${builtin ?? name ?? 'inline function'}", which never runs in a pure step; make it an effect.`;
      } else if (builtin === 'xstate.raise' && (target as { delay?: unknown }).delay === undefined) {
        yield `"${place}" raises an event without a delay; use a transition.`;
      } else if (typeof target !== 'function' && !effects[name ?? '']) {
        yield `"${place}" has the action "${name ?? ''}", which is neither implemented nor an effect.`;
      }
    }
  }
  for (const [name, { mode, refused }] of Object.entries(effects)) {
    if (Object.hasOwn(implemented, name)) yield `effect "${name}" is also implemented as an action; the engine carries it out.`;
    if (refused !== undefined && mode !== 'transaction') yield `effect "${name}" is a delivery, which cannot be refused.`;
    if (refused !== undefined && !events[refused]) yield `effect "${name}" is refused by "${refused}", which is not in events.`;
  }
}

function* ofDelays(definition: WorkflowDefinition): Generator<string> {
  const implemented = definition.machine.implementations.delays as Readonly<Record<string, unknown>>;
  for (const node of nodesOf(definition)) {
    for (const action of node.entry as readonly { type?: string; delay?: unknown }[]) {
      if (action.type !== 'xstate.raise' || action.delay === undefined) continue;
      const place = `state "${pathOf(node)}"`;
      if (typeof action.delay !== 'string') yield `${place} has a timer without a name, so nobody can be told what it means.`;
      else if (!Object.hasOwn(implemented, action.delay))
        yield `${place} uses the delay "${action.delay}", which setup() does not have: it would fire at once.`;
      else if (!definition.delays[action.delay]) yield `${place} uses the delay "${action.delay}", which has no title in delays.`;
    }
  }
}

function* ofSupervision(definition: WorkflowDefinition): Generator<string> {
  const states = new Set(nodesOf(definition).map(pathOf));
  for (const state of definition.supervision?.forcible ?? [])
    if (!states.has(state)) yield `it can be forced into "${state}", which is no state.`;
  for (const event of Object.keys(definition.events))
    if (isIntervention(event)) yield `event "${event}" has the name of an intervention of the kernel.`;
}
