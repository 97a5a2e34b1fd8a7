import {
  advance,
  availableActions,
  deadlines,
  explain,
  type Actor,
  type AvailableAction,
  type Deadline,
  type Explanation,
  type Json,
  type Reason,
  type TimerRow,
  type WorkflowDefinition,
  type WorkflowEvent,
} from '../../workflows/kernel/index.js';

/** A request as it is stored, and the database's time: all that a question about it needs. */
export interface StoredRequest {
  readonly definition: WorkflowDefinition;
  readonly snapshot: Json;
  readonly timers: readonly TimerRow[];
  readonly at: string;
}

export type Simulated =
  | { readonly accepted: false; readonly code: string; readonly reasons: readonly Reason[] }
  | {
      readonly accepted: true;
      readonly state: string;
      readonly explanation: Explanation;
      readonly armed: readonly Deadline[];
      readonly takenDown: readonly Deadline[];
      readonly effects: readonly { readonly type: string; readonly mode: string; readonly params: Json }[];
    };

/**
 * What one event would do, by the step that would do it, on the stored snapshot. It ends where the step ends: what an effect
 * in the same transaction would answer is not known before it runs, and the effect is named instead.
 */
export function simulate(stored: StoredRequest, type: string, input: object, actor: Actor): Simulated {
  const { definition, snapshot, timers, at } = stored;
  const event: WorkflowEvent = { ...input, type, at, actor };
  const step = advance(definition, snapshot, event, 'outside');
  if (!step.ok) return { accepted: false, code: step.code, reasons: step.reasons };
  const left = timers.filter(({ name }) => !step.cancelled.includes(name));
  const rearmed = new Set(step.armed.map(({ name }) => name));
  const after = [...left.filter(({ name }) => !rearmed.has(name)), ...step.armed];
  return {
    accepted: true,
    state: step.state,
    explanation: explain(definition, step.snapshot, after, at),
    armed: deadlines(definition, step.snapshot, step.armed),
    takenDown: deadlines(
      definition,
      snapshot,
      timers.filter(({ name }) => step.cancelled.includes(name) || rearmed.has(name)),
    ),
    effects: step.effects.map(({ type: effect, params }) => ({
      type: effect,
      mode: definition.effects[effect]?.mode ?? 'delivery',
      params,
    })),
  };
}

export interface PartyView {
  readonly party: string;
  readonly title: string;
  readonly awaited: boolean;
  readonly actions: readonly AvailableAction[];
}

/** The platform's side of every request; it is a party of no machine. */
const PLATFORM = { party: 'PLATFORM', title: 'the platform', authorities: ['SUPPORT'] };

/** For each side: what it could do now, and for what it cannot do why not. */
export function partyViews({ definition, snapshot, timers, at }: StoredRequest): PartyView[] {
  const sides = Object.entries(definition.parties).map(([party, { title, authorities }]) => ({ party, title, authorities }));
  const known = sides.some(({ party }) => party === PLATFORM.party) ? sides : [...sides, PLATFORM];
  const { awaits } = explain(definition, snapshot, timers, at);
  return known.map(({ party, title, authorities }) => ({
    party,
    title,
    awaited: awaits.includes(party),
    actions: availableActions(definition, snapshot, { id: NOBODY, authorities }, at, timers),
  }));
}

/** Asks as a side, not as a person. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
