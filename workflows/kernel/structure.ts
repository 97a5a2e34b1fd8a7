import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { StateMeta, WorkflowDefinition } from './definition.js';
import { checkNames } from './guard.js';

/** One arrow of a machine, as data. */
export interface Arrow {
  readonly source: string;
  /** Absent: the event changes data, not the state. */
  readonly target?: string;
  /** The event's type; empty when the machine takes the arrow by itself. */
  readonly event: string;
  /** Name of the delay, for a timer's arrow. */
  readonly delay?: string;
  readonly checks: readonly string[];
}

interface Transition {
  readonly eventType: string;
  readonly guard?: unknown;
  readonly target?: readonly AnyStateNode[] | undefined;
  readonly source: AnyStateNode;
  readonly delay?: string | number;
  readonly actions: readonly unknown[];
}

/** Every state below the root, parents first. */
export function nodesOf({ machine }: WorkflowDefinition): AnyStateNode[] {
  const known = nodes.get(machine);
  if (known) return known;
  const below = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states).flatMap((child) => [child, ...below(child)]);
  const found = below(machine.root);
  nodes.set(machine, found);
  return found;
}

const nodes = new WeakMap<AnyStateMachine, AnyStateNode[]>();

export const pathOf = (node: AnyStateNode): string => node.path.join('.');

/** `always`, `on` and `after` of one state, in the order in which they are written. */
export function transitionsOf(node: AnyStateNode): Transition[] {
  return [...(node.always ?? []), ...[...node.transitions.values()].flat()];
}

export function arrowOf(transition: Transition): Arrow {
  const target = transition.target?.[0];
  return {
    source: pathOf(transition.source),
    event: transition.eventType,
    checks: checkNames(transition.guard),
    ...(target ? { target: pathOf(target) } : {}),
    ...(transition.delay === undefined ? {} : { delay: String(transition.delay) }),
  };
}

/** Every arrow of the machine. */
export const arrowsOf = (definition: WorkflowDefinition): Arrow[] =>
  [definition.machine.root, ...nodesOf(definition)].flatMap(transitionsOf).map(arrowOf);

/** What a state says of itself. Boot makes sure that every state does; an old snapshot's lost state falls back to its name. */
export function metaOf(definition: WorkflowDefinition, state: string): StateMeta {
  const node = nodesOf(definition).find((candidate) => pathOf(candidate) === state);
  return (node?.meta as StateMeta | undefined) ?? { title: state, description: '' };
}
