import type { PoolClient } from 'pg';
import type { Chained } from './chained.js';
import type { Engine } from './engine.js';
import { applySystemEvent, openChain, timeOf } from './judge.js';
import { linksOf } from './links.js';
import { backoffMs } from './retry.js';
import type { ReadRow } from './sql/read.js';
import { inTransaction, runEffects } from './transaction.js';
import { write, type ToWrite } from './write.js';

interface DueTimer extends ReadRow {
  readonly instance_id: string;
  readonly name: string;
  readonly armed_seq: number;
  readonly event_type: string;
  readonly due_ms: string;
}

const columns = `t.instance_id, t.name, t.armed_seq, t.event_type, floor(extract(epoch from t.due_at) * 1000)::bigint as due_ms,
  i.kind, i.machine_version, i.state, i.status, i.version, i.snapshot, i.head_hash,
  floor(extract(epoch from i.updated_at) * 1000)::bigint as updated_ms, floor(extract(epoch from guildhall.now()) * 1000)::bigint as now_ms`;

/**
 * The instance is locked before its timer, and both are skipped when taken: a sender holds the instance and then takes its
 * timers down, and the other order would be a deadlock.
 */
const claimSql = `
select ${columns} from guildhall.timer t join guildhall.instance i on i.id = t.instance_id
where t.status = 'armed' and t.due_at <= guildhall.now() and (t.next_attempt_at is null or t.next_attempt_at <= clock_timestamp())
order by t.due_at, t.instance_id limit $1 for update of i, t skip locked`;

const claimOneSql = `
select ${columns} from guildhall.timer t join guildhall.instance i on i.id = t.instance_id
where t.instance_id = $1 and t.name = $2 and t.armed_seq = $3 and t.status = 'armed' and t.due_at <= guildhall.now()
for update of i, t skip locked`;

interface Failure {
  readonly timer: DueTimer;
  readonly error: unknown;
}

/**
 * Fires what is due, at most `limit`. A timer is marked fired in the transaction of the transition that it causes: there is
 * no moment in which a crash could lose it or fire it twice. Returns how many were dealt with; 0 means none was due.
 */
export async function fireDueTimers(engine: Engine, limit = 64): Promise<number> {
  const { pool, observer, wake } = engine.options;
  const alone: DueTimer[] = [];
  const failures: Failure[] = [];
  const together: DueTimer[] = [];
  const fired = await inTransaction(pool, async (client) => {
    const { rows } = await client.query<DueTimer>({ name: 'engine.claim', text: claimSql, values: [limit] });
    if (rows.length > 0) await observer.onStep?.('claimed');
    const members: ToWrite[] = [];
    const seen = new Set<string>();
    for (const timer of rows) {
      // One event an instance at a time: a second due timer of the same instance is met again in the next round.
      if (seen.has(timer.instance_id)) continue;
      seen.add(timer.instance_id);
      try {
        const chained = fire(engine, timer);
        if (chained.pending.length > 0) alone.push(timer);
        else {
          members.push({ chained, fired: { name: timer.name, armedSeq: timer.armed_seq } });
          together.push(timer);
        }
      } catch (error) {
        failures.push({ timer, error });
      }
    }
    if (members.length > 0) await writeAll(client, members);
    return members.length;
  }).catch((error: unknown) => {
    // Nothing of it is there, or all of it: claimed anew, one by one, each fails or succeeds by itself.
    if (together.length === 0) throw error;
    alone.push(...together);
    return 0;
  });
  if (fired > 0) {
    for (const timer of together) observer.onTransition?.(timer.kind!, timer.event_type);
    await observer.onStep?.('committed');
    wake.announce();
  }
  let count = fired;
  for (const timer of alone) {
    try {
      if (await fireAlone(engine, timer)) count += 1;
    } catch (error) {
      failures.push({ timer, error });
    }
  }
  for (const failure of failures) await recordFailure(engine, failure);
  return count + failures.length;
}

function fire(engine: Engine, timer: DueTimer): Chained {
  const chained = openChain(timer, timer.instance_id, engine.options.definitions);
  const event = { type: timer.event_type, dueAt: new Date(Number(timer.due_ms)).toISOString() };
  const reasons = applySystemEvent(chained, event, timeOf(timer), 'timer');
  if (reasons.length > 0) throw new Error(`Timer ${timer.name} was not taken: ${JSON.stringify(reasons)}`);
  return chained;
}

async function writeAll(client: PoolClient, members: readonly ToWrite[]): Promise<void> {
  const written = await write(client, members);
  if (written.size !== members.length) throw new Error('A locked instance moved under its timer.');
}

/** A timer whose transition has effects that must commit with it: a transaction of its own, claimed anew. */
async function fireAlone(engine: Engine, timer: DueTimer): Promise<boolean> {
  const { pool, handlers, observer, wake } = engine.options;
  const done = await inTransaction(pool, async (client) => {
    const { rows } = await client.query<DueTimer>({
      name: 'engine.claimOne',
      text: claimOneSql,
      values: [timer.instance_id, timer.name, timer.armed_seq],
    });
    if (!rows[0]) return false;
    const chained = fire(engine, rows[0]);
    await runEffects(client, chained, handlers, linksOf(engine, client), observer.onStep);
    await writeAll(client, [{ chained, fired: { name: timer.name, armedSeq: timer.armed_seq } }]);
    await observer.onStep?.('written');
    return true;
  });
  if (done) {
    observer.onTransition?.(timer.kind!, timer.event_type);
    await observer.onStep?.('committed');
    wake.announce();
  }
  return done;
}

/** Backoff is for the unexpected only, and is visible on the row. */
async function recordFailure(engine: Engine, { timer, error }: Failure): Promise<void> {
  const { pool, observer } = engine.options;
  observer.log.error(
    { instanceId: timer.instance_id, timer: timer.name, err: error },
    'a timer could not be fired and will be tried again',
  );
  await pool.query(
    `update guildhall.timer set attempts = attempts + 1, last_error = left($4, 500),
       next_attempt_at = clock_timestamp() + $5 * interval '1 millisecond' * power(2, least(attempts, 12))
     where instance_id = $1 and name = $2 and armed_seq = $3 and status = 'armed'`,
    [timer.instance_id, timer.name, timer.armed_seq, String(error), backoffMs(1, 250, 500)],
  );
}
