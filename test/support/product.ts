import {
  advance,
  delayOf,
  type interventions,
  SYSTEM_ACTOR,
  type Actor,
  type Json,
  type WorkflowDefinition,
} from '../../workflows/kernel/index.js';
import { actorAs, AUTHORITIES, NOBODY } from './explorer-actors.js';
import { explore, payloadsFor, type Situation } from './explorer.js';
import { uuid, type Sample } from './samples/sample.js';

/** Every event by everybody in every situation that a kind can be found in. */

export interface Cell {
  /** What was sent; alternatives of one event are numbered. */
  readonly label: string;
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  readonly actor: Actor;
  /** e.g. `GUILD_OWNER`, `SUPPORT (another)`, `NOBODY`. */
  readonly who: string;
  /** Null: accepted. */
  readonly code: string | null;
  /** As the table says it: `→ signing`, `stays`, `FORBIDDEN`, `NOT_ALLOWED(OWN_PROPOSAL)`. */
  readonly outcome: string;
  /** Of what was accepted, everything that would be stored and done. */
  readonly bytes: string | null;
}

export interface Block {
  readonly situation: Situation;
  readonly held: boolean;
  readonly cells: readonly Cell[];
}

/** Known to no kind: neither the first nor the second may ever do anything, whoever sends them. */
export const STRANGE_EVENTS = ['NO_SUCH_EVENT', 'xstate.init', 'toString'] as const;

const people: readonly { readonly who: string; readonly actor: Actor }[] = [
  ...AUTHORITIES.map((authority) => ({ who: authority, actor: authority === 'SYSTEM' ? SYSTEM_ACTOR : actorAs(authority) })),
  { who: 'SUPPORT (another)', actor: actorAs('SUPPORT', 2) },
  { who: 'NOBODY', actor: NOBODY },
];

/** The whole product. Each open state is also looked at on hold, once. */
export function productOf(definition: WorkflowDefinition, sample: Sample): Block[] {
  const seen = new Set<string>();
  return explore(definition, sample).flatMap((situation) => {
    const block = { situation, held: false, cells: cellsOf(definition, sample, situation) };
    if (situation.done || seen.has(situation.state) || !definition.supervision) return [block];
    seen.add(situation.state);
    const held = onHold(definition, situation);
    return [block, { situation: held, held: true, cells: cellsOf(definition, sample, held) }];
  });
}

function onHold(definition: WorkflowDefinition, situation: Situation): Situation {
  const by = definition.supervision!.by[0]!;
  const event = { type: 'HOLD_REQUEST', reasonCode: 'INVESTIGATION', at: situation.at, actor: actorAs(by) };
  const result = advance(definition, situation.snapshot, event, 'outside');
  if (!result.ok) throw new Error(`${definition.kind} cannot be held in ${situation.state}: ${JSON.stringify(result.reasons)}`);
  return { ...situation, snapshot: JSON.parse(JSON.stringify(result.snapshot)) as Json, timers: [] };
}

function cellsOf(definition: WorkflowDefinition, sample: Sample, situation: Situation): Cell[] {
  return eventsFor(definition, sample, situation).flatMap(({ label, event }) =>
    people.map(({ who, actor }) => {
      const result = advance(definition, situation.snapshot, { ...event, at: situation.at, actor }, 'outside');
      const code = result.ok ? null : result.code;
      const why = result.ok ? '' : [...new Set(result.reasons.map((reason) => reason.code))].join(', ');
      const outcome = result.ok
        ? result.state === situation.state
          ? 'stays'
          : `→ ${result.state}`
        : result.code === 'NOT_ALLOWED'
          ? `NOT_ALLOWED(${why})`
          : result.code;
      return { label, event, actor, who, code, outcome, bytes: result.ok ? JSON.stringify(result) : null };
    }),
  );
}

function eventsFor(definition: WorkflowDefinition, sample: Sample, situation: Situation): Pick<Cell, 'label' | 'event'>[] {
  const own = Object.keys(definition.events).flatMap((type) => {
    const made = payloadsFor(definition, sample, type, situation);
    return (made.length > 0 ? made : [{}]).map((payload, index) => ({
      label: index === 0 ? type : `${type} (${String(index + 1)})`,
      event: { ...payload, type },
    }));
  });
  const ofKernel = Object.entries(interventionPayloads(definition, situation)).map(([type, payload]) => ({
    label: type,
    event: { ...payload, type },
  }));
  return [...own, ...ofKernel, ...STRANGE_EVENTS.map((type) => ({ label: type, event: { type } }))];
}

function interventionPayloads(
  { supervision }: WorkflowDefinition,
  { timers, at }: Situation,
): Readonly<Partial<Record<keyof typeof interventions, object>>> {
  if (!supervision) return {};
  const [timer] = timers;
  const because = { reasonCode: 'OTHER' };
  const until = new Date(Date.parse(timer?.dueAt ?? at) + 86_400_000).toISOString();
  return {
    HOLD_REQUEST: because,
    RESUME_REQUEST: because,
    EXTEND_DEADLINE: { deadline: timer ? delayOf(timer.name) : 'none', until, ...because },
    PROPOSE_FORCE: { state: supervision.forcible[0] ?? 'none', ...because },
    APPROVE_FORCE: because,
    REJECT_FORCE: because,
    MIGRATE_POLICY: { policyVersionId: uuid(30), policy: {}, ...because },
    MIGRATE_MACHINE: { fromVersion: 1, toVersion: 9999, ...because },
  };
}
