import { canonicalText, chainHash, GENESIS } from '../../../src/engine/index.js';
import {
  advance,
  begin,
  keptOf,
  migrateByEvent,
  SYSTEM_ACTOR,
  type Advance,
  type Json,
  type WorkflowDefinition,
  type WorkflowEvent,
} from '../../../workflows/kernel/index.js';
import { actHash, detailsHash } from '../../../src/verify/chain.js';
import type { ActRow, DeliveryRow, HistoryRow, InstanceRow, TimerRow } from './rows.js';

export interface Stored {
  readonly instance: InstanceRow;
  readonly history: readonly HistoryRow[];
  readonly timers: readonly TimerRow[];
  readonly deliveries: readonly DeliveryRow[];
  readonly acts: readonly ActRow[];
}

type Breaches = Generator<string, void, undefined>;

/** Of one instance: its history alone gives its snapshot, its clocks and what it has sent. */
export function* instanceBreaches(registry: readonly WorkflowDefinition[], stored: Stored): Breaches {
  const { instance, history, deliveries } = stored;
  const definitions = (kind: string, version: number) =>
    registry.find((candidate) => candidate.kind === kind && candidate.version === version);
  let definition = definitions(instance.kind, firstVersion(stored));
  if (!definition) return yield `nothing is registered for ${instance.kind} v${instance.machine_version}`;
  let hash = GENESIS;
  let state: string | null = null;
  let snapshot: Json = null;
  let done = false;
  let before = 0;
  /** By timer, the step that has armed it last. */
  const armed = new Map<string, number>();
  const acts = new Map(stored.acts.map((act) => [act.seq, act]));
  const sent: string[] = [];
  for (const [index, row] of history.entries()) {
    if (row.seq !== index + 1) return yield `seq ${row.seq} stands at place ${index + 1}`;
    if (row.logged_before !== null && row.logged_before >= row.seq) yield 'the log tells its history in another order';
    if (row.from_state !== state) yield `seq ${row.seq} comes from ${String(row.from_state)}, but the state was ${String(state)}`;
    hash = chainHash(hash, {
      instanceId: instance.id,
      seq: row.seq,
      source: row.source,
      fromState: row.from_state,
      state: row.state,
      event: row.event,
    });
    if (row.hash !== hash) return yield `the hash of seq ${row.seq} does not verify`;
    const event = JSON.parse(row.event) as WorkflowEvent & { input?: unknown };
    yield* attributionBreaches(definition, row, event);
    yield* actBreaches(row, event, acts.get(row.seq));
    acts.delete(row.seq);
    if (Date.parse(event.at) !== row.at.getTime()) yield `seq ${row.seq} says two times`;
    if (row.at.getTime() < before) yield `time runs backwards at seq ${row.seq}`;
    before = row.at.getTime();
    let step: Advance;
    if (row.source === 'start') step = begin(definition, event.input, event.at);
    else if (event.type === 'MIGRATE_MACHINE' && row.source === 'outside')
      ({ step, to: definition } = migrateByEvent(definition, definitions, snapshot, event));
    else step = advance(definition, snapshot, event, row.source);
    if (!step.ok) return yield `seq ${row.seq} (${event.type}) cannot be replayed: ${step.code}`;
    ({ snapshot, state, done } = step);
    for (const name of step.cancelled) armed.delete(name);
    if (row.source === 'timer') armed.delete(event.type);
    for (const { name } of step.armed) armed.set(name, row.seq);
    for (const { type, params } of step.effects) {
      if (definition.effects[type]?.mode === 'delivery') sent.push(`${row.seq} ${type} ${canonicalText(params)}`);
    }
    if (state !== row.state) yield `seq ${row.seq} leads to ${state}, stored is ${row.state}`;
  }
  for (const seq of acts.keys()) yield `there is an act of seq ${seq}, which is no act of a person`;
  if (definition.version !== instance.machine_version)
    yield `it runs under v${instance.machine_version}, replayed v${definition.version}`;
  if (instance.version !== history.length) yield `version ${instance.version} with ${history.length} rows of history`;
  if (instance.head_hash !== hash) yield 'the head is not the hash of the last row';
  if (instance.state !== state) yield `the state is ${instance.state}, replayed ${String(state)}`;
  if (instance.snapshot !== canonicalText(snapshot)) yield 'the replayed snapshot is not the stored one';
  if ((instance.status === 'done') !== done) yield `the status is ${instance.status}`;
  if ((instance.ended_at !== null) !== done)
    yield `it ended at ${String(instance.ended_at)}, and its status is ${instance.status}`;
  yield* clockBreaches(stored, armed);
  const delivered = deliveries.map(({ seq, type, params }) => `${seq} ${type} ${params}`);
  if (sent.sort().join('\n') !== delivered.sort().join('\n'))
    yield `its steps send ${sent.length} deliveries, stored are ${delivered.length}, or others`;
}

/** The version that it was started with: where it has moved since, the first move says from where. */
function firstVersion({ instance, history }: Stored): number {
  const first = history.find(({ event_type, source }) => event_type === 'MIGRATE_MACHINE' && source === 'outside');
  return first ? (JSON.parse(first.event) as { fromVersion: number }).fromVersion : instance.machine_version;
}

/** Each event has one actor and one authority, which are those of the event itself. */
function* attributionBreaches(definition: WorkflowDefinition, row: HistoryRow, { actor, type }: WorkflowEvent): Breaches {
  if (row.event_type !== type) yield `seq ${row.seq} is called ${row.event_type} and is ${type}`;
  if (row.actor_id !== actor.id) yield `seq ${row.seq} names another actor than its event`;
  if (row.source === 'outside' && !actor.authorities.includes(row.authority))
    yield `seq ${row.seq} was done as ${row.authority} by an actor who was ${actor.authorities.join(', ')}`;
  const by = definition.events[type]?.by;
  if (row.source === 'outside' && by && !by.includes(row.authority))
    yield `seq ${row.seq} (${type}) was done as ${row.authority}, which may not`;
}

/** What a person did has its record, which its event names by hash; nothing else has one. */
function* actBreaches({ seq, source }: HistoryRow, event: WorkflowEvent, act: ActRow | undefined): Breaches {
  const byPerson = source === 'outside' || (source === 'start' && event.actor.id !== SYSTEM_ACTOR.id);
  if (byPerson !== (event.act !== undefined)) return yield `seq ${seq} (${source}) carries the act ${String(event.act)}`;
  if (byPerson !== (act !== undefined)) return yield `seq ${seq} (${source}) has ${act ? 'an act' : 'no act'}`;
  if (!act) return;
  if (event.act !== actHash(act.body, act.details_hash)) yield `the act of seq ${seq} is not the one that its event names`;
  if (act.details !== null && act.details_hash !== detailsHash(act.salt!, act.details))
    yield `the details of the act of seq ${seq} do not fit their hash`;
}

/** Timer rows are the index of the clocks in the snapshot; during a hold none runs; each firing had its own timer, in time. */
function* clockBreaches({ instance, history, timers }: Stored, armedBy: ReadonlyMap<string, number>): Breaches {
  const fired = timers.filter(({ status }) => status === 'fired');
  const firings = history.filter(({ source }) => source === 'timer');
  if (firings.length !== fired.length) yield `${fired.length} timers are marked fired, ${firings.length} are in the history`;
  for (const { seq, at, event } of firings) {
    const { type, dueAt = '' } = JSON.parse(event) as WorkflowEvent;
    if (!(at.getTime() >= Date.parse(dueAt))) yield `the timer of seq ${seq} fired early`;
    const own = fired.filter(
      (timer) => timer.event_type === type && timer.due_at.toISOString() === dueAt && timer.armed_seq < seq,
    );
    if (own.length !== 1) yield `seq ${seq} was fired by ${own.length} timers`;
  }
  const { timers: running, held } = keptOf(JSON.parse(instance.snapshot) as Json);
  const armed = timers.filter(({ status }) => status === 'armed');
  if (instance.status === 'done' && armed.length > 0) yield 'a timer is armed in a final state';
  if (held && armed.length > 0) yield 'a timer is armed during a hold';
  if ((held?.since ?? null) !== (instance.held_since?.toISOString() ?? null))
    yield `it is held since ${String(held?.since)}, stored is ${String(instance.held_since)}`;
  const rows = armed.map((row) => `${row.name} as ${row.event_type} of ${row.armed_seq} at ${row.due_at.toISOString()}`);
  const kept = Object.entries(running).map(
    ([name, { event = name, dueAt }]) => `${name} as ${event} of ${String(armedBy.get(name))} at ${dueAt}`,
  );
  if (rows.sort().join('\n') !== kept.sort().join('\n'))
    yield `the timers that are armed (${rows.join('; ')}) are not the clocks of the snapshot (${kept.join('; ')})`;
}
