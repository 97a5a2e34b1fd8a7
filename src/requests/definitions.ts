import { diagram, outline, type StateOutline, type WorkflowDefinition } from '../../workflows/kernel/index.js';
import { currentVersion, registry } from '../../workflows/registry.js';
import {
  RequestProgressType,
  WorkflowActType,
  WorkflowDefinitionType,
  WorkflowEventType,
  WorkflowPartyType,
  WorkflowStateType,
  WorkflowTimerType,
  WorkflowTransitionType,
} from './definition.type.js';
import { apiState } from './request-enums.js';

/** Machines never change while the process runs, so each is put into the API's words once. */
const shown = new WeakMap<WorkflowDefinition, WorkflowDefinitionType>();

export function definitionType(definition: WorkflowDefinition): WorkflowDefinitionType {
  const known = shown.get(definition);
  if (known) return known;
  const made = toDefinition(definition);
  shown.set(definition, made);
  return made;
}

/** The registered machines, narrowed by kind and version; the newest version of a kind first. */
export function definitionTypes(kind?: string | null, version?: number | null): WorkflowDefinitionType[] {
  return registry
    .filter((each) => (kind == null || each.kind === kind) && (version == null || each.version === version))
    .sort((a, b) => (a.kind === b.kind ? b.version - a.version : 0))
    .map(definitionType);
}

/** Where a state stands among the phases of its kind. */
export function progressOf(definition: WorkflowDefinition, stateName: string): RequestProgressType | undefined {
  const { states } = outline(definition);
  const state = states.find(({ name }) => name === stateName);
  if (!state) return undefined;
  const phases = phasesOf(states);
  return Object.assign(new RequestProgressType(), {
    title: state.title,
    description: state.description,
    phases,
    position: state.phase === null ? null : phases.indexOf(state.phase),
    isFinal: state.final,
  });
}

const phasesOf = (states: readonly StateOutline[]): string[] => [
  ...new Set(states.flatMap(({ phase }) => (phase === null ? [] : [phase]))),
];

const targets = (ways: readonly { readonly to: string }[]): string[] => [...new Set(ways.map(({ to }) => apiState(to)))];

function toDefinition(definition: WorkflowDefinition): WorkflowDefinitionType {
  const { kind, version, title, description, initial, parties, states, events, interventions, transitions } = outline(definition);
  return Object.assign(new WorkflowDefinitionType(), {
    kind,
    version,
    isCurrent: currentVersion(kind) === version,
    title,
    description,
    initial: apiState(initial),
    phases: phasesOf(states),
    parties: parties.map((party) => Object.assign(new WorkflowPartyType(), party)),
    states: states.map(toState),
    events: [...events, ...interventions].map(({ name, title: says, by, whileHeld, input }) =>
      Object.assign(new WorkflowEventType(), { name, title: says, authorities: by, whileHeld, input }),
    ),
    transitions: transitions.map(({ from, to, ...arrow }) =>
      Object.assign(new WorkflowTransitionType(), { ...arrow, from: apiState(from), to: apiState(to) }),
    ),
    diagram: diagram(definition),
  });
}

const toState = (state: StateOutline): WorkflowStateType =>
  Object.assign(new WorkflowStateType(), {
    name: apiState(state.name),
    title: state.title,
    description: state.description,
    phase: state.phase,
    isFinal: state.final,
    isPassedThrough: state.transient,
    awaits: state.awaits,
    acts: state.acts.map(({ event, title, by, parties, ways, moves, whileHeld }) =>
      Object.assign(new WorkflowActType(), { event, title, authorities: by, parties, leadsTo: targets(ways), moves, whileHeld }),
    ),
    deadlines: state.timers.map(({ delay, title, ways }) =>
      Object.assign(new WorkflowTimerType(), { name: delay, title, leadsTo: targets(ways) }),
    ),
  });
