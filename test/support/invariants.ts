import type pg from 'pg';
import { canonicalText, chainHash, GENESIS } from '../../src/engine/index.js';
import type { Advance, Json, WorkflowDefinition, WorkflowEvent } from '../../workflows/kernel/index.js';
import { advance, begin } from '../../workflows/kernel/index.js';

interface InstanceRow {
  readonly id: string;
  readonly kind: string;
  readonly machine_version: number;
  readonly state: string;
  readonly status: string;
  readonly version: number;
  readonly snapshot: string;
  readonly head_hash: string;
}

interface HistoryRow {
  readonly instance_id: string;
  readonly seq: number;
  readonly source: 'start' | 'outside' | 'timer' | 'effect';
  readonly event: string;
  readonly from_state: string | null;
  readonly state: string;
  readonly at: Date;
  readonly hash: string;
}

interface TimerRow {
  readonly instance_id: string;
  readonly name: string;
  readonly armed_seq: number;
  readonly event_type: string;
  readonly due_at: Date;
  readonly status: 'armed' | 'fired' | 'cancelled';
}

/**
 * What has to hold for every instance at every moment, whoever was killed. Takes the pool of a role that reads everything,
 * and throws one error that names each breach.
 */
export async function assertInvariants(
  pool: pg.Pool,
  registry: readonly WorkflowDefinition[],
): Promise<{ instances: number; events: number }> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const { rows: instances } = await client.query<InstanceRow>('select * from guildhall.instance order by id');
    const { rows: history } = await client.query<HistoryRow>('select * from guildhall.history order by instance_id, seq');
    const { rows: timers } = await client.query<TimerRow>('select * from guildhall.timer');
    const { rows: orphans } = await client.query<{ what: string }>(
      `select 'history' as what from guildhall.history h where not exists (select from guildhall.instance i where i.id = h.instance_id)
       union all select 'timer' from guildhall.timer t where not exists (select from guildhall.instance i where i.id = t.instance_id)
       union all select 'delivery' from guildhall.delivery d where not exists (select from guildhall.history h where h.instance_id = d.instance_id and h.seq = d.seq)
       union all select 'key' from guildhall.idempotency k where not exists (select from guildhall.history h where h.instance_id = k.instance_id and h.seq = k.seq)`,
    );
    const { rows: outOfOrder } = await client.query<{ instance_id: string }>(
      `select instance_id from (select instance_id, seq, lag(seq) over (partition by instance_id order by log_tx, log_id) as before from guildhall.history) h
       where before >= seq`,
    );
    await client.query('commit');
    const rowsOf = groupBy(history);
    const timersOf = groupBy(timers);
    const problems = [
      ...orphans.map(({ what }) => `a row of ${what} belongs to nothing`),
      ...outOfOrder.map(({ instance_id: id }) => `${id}: the log tells its history in another order`),
      ...instances.flatMap((instance) =>
        [...breaches(instance, rowsOf.get(instance.id) ?? [], timersOf.get(instance.id) ?? [], registry)].map(
          (breach) => `${instance.id}: ${breach}`,
        ),
      ),
    ];
    if (problems.length > 0) throw new Error(`Invariants broken:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    return { instances: instances.length, events: history.length };
  } finally {
    client.release();
  }
}

function* breaches(
  instance: InstanceRow,
  history: readonly HistoryRow[],
  timers: readonly TimerRow[],
  registry: readonly WorkflowDefinition[],
): Generator<string, void, undefined> {
  const definition = registry.find(({ kind, version }) => kind === instance.kind && version === instance.machine_version);
  if (!definition) return yield `nothing is registered for ${instance.kind} v${instance.machine_version}`;
  let hash = GENESIS;
  let state: string | null = null;
  let snapshot: Json = null;
  let done = false;
  let before = 0;
  for (const [index, row] of history.entries()) {
    if (row.seq !== index + 1) return yield `seq ${row.seq} stands at place ${index + 1}`;
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
    if (Date.parse(event.at) !== row.at.getTime()) yield `seq ${row.seq} says two times`;
    if (row.at.getTime() < before) yield `time runs backwards at seq ${row.seq}`;
    before = row.at.getTime();
    const step: Advance =
      row.source === 'start' ? begin(definition, event.input, event.at) : advance(definition, snapshot, event, row.source);
    if (!step.ok) return yield `seq ${row.seq} (${event.type}) cannot be replayed: ${step.code}`;
    ({ snapshot, state, done } = step);
    if (state !== row.state) yield `seq ${row.seq} leads to ${state}, stored is ${row.state}`;
  }
  if (instance.version !== history.length) yield `version ${instance.version} with ${history.length} rows of history`;
  if (instance.head_hash !== hash) yield 'the head is not the hash of the last row';
  if (instance.state !== state) yield `the state is ${instance.state}, replayed ${String(state)}`;
  if (instance.snapshot !== canonicalText(snapshot)) yield 'the replayed snapshot is not the stored one';
  if ((instance.status === 'done') !== done) yield `the status is ${instance.status}`;
  yield* timerBreaches(instance, history, timers);
}

function* timerBreaches(
  instance: InstanceRow,
  history: readonly HistoryRow[],
  timers: readonly TimerRow[],
): Generator<string, void, undefined> {
  const firings = history
    .filter(({ source }) => source === 'timer')
    .map((row) => ({ ...row, sent: JSON.parse(row.event) as WorkflowEvent }));
  const fired = timers.filter(({ status }) => status === 'fired');
  if (firings.length !== fired.length) yield `${fired.length} timers are marked fired, ${firings.length} are in the history`;
  for (const { seq, at, sent } of firings) {
    if (at.getTime() < Date.parse(sent.dueAt ?? '')) yield `the timer of seq ${seq} fired early`;
    const own = fired.filter(
      (timer) => timer.event_type === sent.type && timer.due_at.toISOString() === sent.dueAt && timer.armed_seq < seq,
    );
    if (own.length !== 1) yield `seq ${seq} was fired by ${own.length} timers`;
  }
  const armed = timers.filter(({ status }) => status === 'armed');
  if (instance.status === 'done' && armed.length > 0) yield 'a timer is armed in a final state';
  if (new Set(armed.map(({ name }) => name)).size !== armed.length) yield 'a timer is armed twice';
}

function groupBy<Row extends { readonly instance_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.instance_id, [...(groups.get(row.instance_id) ?? []), row]);
  return groups;
}
