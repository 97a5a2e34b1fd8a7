import { inputSchema } from './actions.js';
import type { EventSpec, Json, StateMeta, WorkflowDefinition } from './definition.js';
import { intervenersOf } from './intervene.js';
import { interventions, type InterventionType } from './interventions.js';
import { arrowOf, nodesOf, pathOf, transitionsOf, type Arrow } from './structure.js';

/** A machine as data, without an instance: what a page, a picture or a frontend can say of a kind. */
export interface WorkflowOutline {
  readonly kind: string;
  readonly version: number;
  readonly title: string;
  /** Empty when the definition says nothing. */
  readonly description: string;
  readonly initial: string;
  readonly parties: readonly PartyOutline[];
  /** Every state that an instance can be in or pass through, in the order of the machine. */
  readonly states: readonly StateOutline[];
  readonly events: readonly EventOutline[];
  /** Every arrow, and for an arrow of a parent state one for each state inside. */
  readonly transitions: readonly TransitionOutline[];
  /** What the platform's staff can do in every state that is not final. */
  readonly interventions: readonly EventOutline[];
  /** States that two agents together can put an instance into. */
  readonly forcible: readonly string[];
}

export interface PartyOutline {
  readonly name: string;
  readonly title: string;
  readonly authorities: readonly string[];
}

export interface StateOutline {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly phase: string | null;
  readonly final: boolean;
  /** Left in the step in which it is entered, so that no instance is ever found in it. */
  readonly transient: boolean;
  readonly acts: readonly ActOutline[];
  readonly timers: readonly TimerOutline[];
  /** Parties that an instance may be waiting for here; for which of them depends on the instance. */
  readonly awaits: readonly string[];
}

/** Something that somebody outside may send in a state. */
export interface ActOutline {
  readonly event: string;
  readonly title: string;
  readonly by: readonly string[];
  /** Parties that act through one of these authorities. */
  readonly parties: readonly string[];
  /** All of its arrows; the first whose checks have no objection is taken. */
  readonly ways: readonly { readonly to: string; readonly checks: readonly string[] }[];
  readonly whileHeld: boolean;
  /** An instance waits for this act; the others are only offered. */
  readonly moves: boolean;
}

export interface TimerOutline {
  readonly delay: string;
  readonly title: string;
  readonly ways: readonly { readonly to: string; readonly checks: readonly string[] }[];
}

export interface EventOutline {
  readonly name: string;
  readonly title: string;
  /** Empty: it comes from an effect or from another instance, never from a person. */
  readonly by: readonly string[];
  readonly whileHeld: boolean;
  /** JSON Schema of the payload. */
  readonly input: Json;
}

export interface TransitionOutline {
  readonly from: string;
  readonly to: string;
  /** Null: a clock takes it, or the machine by itself. */
  readonly event: string | null;
  readonly delay: string | null;
  readonly checks: readonly string[];
}

/** Definitions never change while the process runs. */
const outlines = new WeakMap<WorkflowDefinition, WorkflowOutline>();

export function outline(definition: WorkflowDefinition): WorkflowOutline {
  const known = outlines.get(definition);
  if (known) return known;
  const made = outlineOf(definition);
  outlines.set(definition, made);
  return made;
}

type Node = ReturnType<typeof nodesOf>[number];

function outlineOf(definition: WorkflowDefinition): WorkflowOutline {
  const { kind, version, supervision } = definition;
  const leaves = nodesOf(definition).filter(isLeaf);
  return {
    kind,
    version,
    title: definition.title ?? kind,
    description: definition.description ?? '',
    initial: pathOf(settled(definition.machine.root)),
    parties: Object.entries(definition.parties).map(([name, { title, authorities }]) => ({ name, title, authorities })),
    states: leaves.map((node) => stateOf(definition, node)),
    events: Object.entries(definition.events).map(([name, spec]) => eventOf(name, spec)),
    transitions: leaves.flatMap((node) =>
      arrowsFrom(node).map((arrow) => ({
        from: pathOf(node),
        to: arrow.target,
        event: arrow.event === '' || arrow.delay !== undefined ? null : arrow.event,
        delay: arrow.delay ?? null,
        checks: arrow.checks,
      })),
    ),
    interventions: supervision
      ? (Object.keys(interventions) as InterventionType[]).map((type) =>
          eventOf(type, { ...interventions[type], by: intervenersOf(supervision, type), whileHeld: true }),
        )
      : [],
    forcible: supervision?.forcible ?? [],
  };
}

const isLeaf = (node: Node): boolean => node.type === 'atomic' || node.type === 'final';

/** The state in which a parent's target ends up. */
function settled(node: Node): Node {
  const [inner] = node.type === 'compound' ? node.initial.target : [];
  return inner ? settled(inner) : node;
}

const eventOf = (name: string, { title, by, input, whileHeld = false, sealed = [] }: EventSpec): EventOutline => ({
  name,
  title,
  by,
  whileHeld,
  input: inputSchema({ input, sealed }),
});

type LeafArrow = Arrow & { readonly target: string };

/** A state's own arrows before those of its parents, as XState asks them; a final state has none, whatever its parents take. */
function arrowsFrom(leaf: Node): LeafArrow[] {
  if (leaf.type === 'final') return [];
  const found: LeafArrow[] = [];
  for (let node: Node | undefined = leaf; node; node = node.parent as Node | undefined) {
    for (const transition of transitionsOf(node)) {
      const [target] = transition.target ?? [];
      found.push({ ...arrowOf(transition), source: pathOf(leaf), target: pathOf(target ? settled(target) : leaf) });
    }
  }
  return found;
}

function stateOf(definition: WorkflowDefinition, node: Node): StateOutline {
  const meta = node.meta as StateMeta | undefined;
  const arrows = arrowsFrom(node);
  const acts = actsOf(definition, arrows, meta?.acts ?? []);
  const timers = timersOf(definition, arrows);
  const moving = acts.filter(({ moves }) => moves);
  return {
    name: pathOf(node),
    title: meta?.title ?? pathOf(node),
    description: meta?.description ?? '',
    phase: meta?.phase ?? null,
    final: node.type === 'final',
    transient: node.type !== 'final' && acts.length === 0 && timers.length === 0 && leavesByItself(definition, node),
    acts,
    timers,
    awaits: meta?.awaits
      ? Object.keys(definition.parties).filter((party) => moving.some(({ parties }) => parties.includes(party)))
      : [],
  };
}

/** By an arrow without an event, or because it asks for an effect whose answer belongs to the same step. */
function leavesByItself({ effects }: WorkflowDefinition, node: Node): boolean {
  const asked = node.entry.map((action) => effects[(action as { type?: string }).type ?? '']);
  return (node.always ?? []).length > 0 || asked.some((effect) => effect?.mode === 'transaction');
}

const byKey = (arrows: readonly LeafArrow[], key: (arrow: LeafArrow) => string | undefined): [string, LeafArrow[]][] => {
  const groups = new Map<string, LeafArrow[]>();
  for (const arrow of arrows) {
    const name = key(arrow);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), arrow]);
  }
  return [...groups];
};

const waysOf = (arrows: readonly LeafArrow[]) => arrows.map(({ target, checks }) => ({ to: target, checks }));

function actsOf(definition: WorkflowDefinition, arrows: readonly LeafArrow[], moving: readonly string[]): ActOutline[] {
  const { events, parties } = definition;
  return byKey(arrows, ({ event }) => (Object.hasOwn(events, event) ? event : undefined)).flatMap(([event, ways]) => {
    const { title, by, whileHeld = false } = events[event]!;
    if (by.length === 0) return [];
    const acting = Object.keys(parties).filter((name) => parties[name]!.authorities.some((each) => by.includes(each)));
    return [{ event, title, by, parties: acting, ways: waysOf(ways), whileHeld, moves: moving.includes(event) }];
  });
}

const timersOf = ({ delays }: WorkflowDefinition, arrows: readonly LeafArrow[]): TimerOutline[] =>
  byKey(arrows, ({ delay }) => delay).map(([delay, ways]) => ({
    delay,
    title: delays[delay]?.title ?? delay,
    ways: waysOf(ways),
  }));
