import { getNextTransitions } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { restore, statePath } from './step.js';
import { keptOf, type Kept } from './stored.js';
import { localTime } from './calendar.js';
import type { Actor, CheckArgs, Json, StateMeta, WorkflowDefinition } from './definition.js';
import { SYSTEM_ACTOR } from './definition.js';
import { checksOf } from './guard.js';
import { arrowOf, metaOf, type Arrow } from './structure.js';
import type { Reason } from './reason.js';

const BEGINNING = '1970-01-01T00:00:00.000Z';

/** A timer row of the engine that is still armed. */
export interface TimerRow {
  readonly name: string;
  readonly dueAt: string;
}

export interface Description {
  readonly state: string;
  readonly phase: string | null;
  readonly title: string;
  readonly description: string;
  /** Parties whose act the request waits for. */
  readonly awaits: readonly string[];
}

export interface Deadline {
  /** The delay's name, e.g. `signatureWindow`. */
  readonly name: string;
  readonly title: string;
  readonly dueAt: string;
  readonly leadsTo: string;
  readonly leadsToTitle: string;
  /** What happens when nobody acts until then, one sentence. */
  readonly silence: string;
  /** False: it only reminds, and the request stays where it is. */
  readonly moves: boolean;
}

export interface Explanation {
  readonly text: string;
  readonly awaits: readonly string[];
  readonly by: string | null;
  readonly silence: string | null;
}

/** A stored instance opened for questions: they all read the same snapshot, and none of them changes it. */
export interface Opened {
  readonly definition: WorkflowDefinition;
  readonly snapshot: AnyMachineSnapshot;
  readonly meta: StateMeta;
  readonly state: string;
  readonly arrows: readonly Arrow[];
  readonly kept: Kept;
}

export function open(definition: WorkflowDefinition, stored: Json): Opened {
  const snapshot = restore(definition, stored);
  const state = statePath(snapshot.value);
  const arrows = snapshot.status === 'active' ? getNextTransitions(snapshot).map((next) => arrowOf(next as never)) : [];
  return { definition, snapshot, state, meta: metaOf(definition, state), arrows, kept: keptOf(stored) };
}

export function describe(definition: WorkflowDefinition, stored: Json): Description {
  const { state, meta, snapshot } = open(definition, stored);
  return {
    state,
    phase: meta.phase ?? null,
    title: meta.title,
    description: meta.description,
    awaits: awaited({ meta, snapshot }),
  };
}

/** What the clock will do: each armed timer with the state that it leads to as things stand now, soonest first. */
export function deadlines(definition: WorkflowDefinition, stored: Json, timers: readonly TimerRow[]): Deadline[] {
  return deadlinesOf(open(definition, stored), timers);
}

export function deadlinesOf(opened: Opened, timers: readonly TimerRow[]): Deadline[] {
  const { definition, snapshot, state, arrows } = opened;
  const context: unknown = snapshot.context;
  return timers
    .flatMap(({ name, dueAt }) => {
      const candidates = arrows.filter((arrow) => arrow.event === name);
      const system: CheckArgs<unknown> = { context, actor: SYSTEM_ACTOR, at: dueAt };
      const arrow =
        candidates.find(({ checks }) => checksOf(definition.checks as never, checks, system).length === 0) ?? candidates[0];
      if (!arrow) return [];
      const delay = arrow.delay ?? name;
      const title = definition.delays[delay]?.title ?? delay;
      const leadsTo = arrow.target ?? state;
      const leadsToTitle = metaOf(definition, leadsTo).title;
      const moves = arrow.target !== undefined;
      const then = moves ? `the request then goes to “${leadsToTitle}”` : 'the request stays where it is';
      const silence = `${title} at ${localTime(dueAt, zoneOf(opened))}; ${then}.`;
      return [{ name: delay, title, dueAt, leadsTo, leadsToTitle, silence, moves }];
    })
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0));
}

/**
 * Who acts, by when, and what silence does, composed from the state's own words, its events, its guards and its timers.
 * `at` is for checks that depend on the time; without it they are asked as of the beginning of time.
 */
export function explain(definition: WorkflowDefinition, stored: Json, timers: readonly TimerRow[], at = BEGINNING): Explanation {
  const opened = open(definition, stored);
  const { meta, snapshot } = opened;
  const awaits = awaited(opened);
  const next = deadlinesOf(opened, timers).find(({ moves }) => moves);
  const reasons = meta.reasons?.(snapshot.context as never) ?? [];
  const waiting = awaits.map((party) => {
    const acts = actsOf(opened, party, at);
    return `Waiting for ${definition.parties[party]?.title ?? party}${acts.length > 0 ? ` (${acts.join(' / ')})` : ''}.`;
  });
  const idle = snapshot.status === 'active' && awaits.length === 0 ? ['Nobody has to act.'] : [];
  const held = opened.kept.held
    ? [`On hold since ${localTime(opened.kept.held.since, zoneOf(opened))}: the clocks stand still.`]
    : [];
  const lines = [
    `${meta.title}: ${meta.description}`,
    ...reasons.map(({ message }: Reason) => message),
    ...held,
    ...waiting,
    ...idle,
  ];
  if (next) lines.push(awaits.length > 0 ? `Without an answer: ${next.silence}` : next.silence);
  return { text: lines.join(' '), awaits, by: next?.dueAt ?? null, silence: next?.silence ?? null };
}

export function awaited({ meta, snapshot }: Pick<Opened, 'meta' | 'snapshot'>): readonly string[] {
  return meta.awaits?.(snapshot.context as never) ?? [];
}

/** Why an event cannot be sent now: no reasons when one of its arrows is open. `null`: the state does not take it. */
export function objectionsTo(opened: Opened, event: string, actor: Actor, at: string): readonly Reason[] | null {
  const candidates = opened.arrows.filter((arrow) => arrow.event === event);
  if (candidates.length === 0) return null;
  const args: CheckArgs<unknown> = { context: opened.snapshot.context, actor, at };
  const objections = candidates.map(({ checks }) => checksOf(opened.definition.checks as never, checks, args));
  return objections.find((reasons) => reasons.length === 0) ?? objections.flat();
}

/** Titles of what a party could do to move the request on, leaving out what its guards refuse today. */
function actsOf(opened: Opened, party: string, at: string): string[] {
  const { definition, meta } = opened;
  const actor: Actor = { id: SYSTEM_ACTOR.id, authorities: definition.parties[party]?.authorities ?? [] };
  return (meta.acts ?? [])
    .filter((event) => objectionsTo(opened, event, actor, at)?.length === 0)
    .map((event) => definition.events[event]?.title ?? event);
}

const zoneOf = ({ definition, snapshot }: Opened): string => definition.timeZone?.(snapshot.context as never) ?? 'UTC';
