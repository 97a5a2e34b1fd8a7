import type pg from 'pg';
import type { WorkflowDefinition } from '../../workflows/kernel/index.js';
import { sha256 } from '../../src/engine/chain.js';
import { instanceBreaches } from './invariants/instance.js';
import { domainBreaches } from './invariants/domain.js';
import type { ActRow, DeliveryRow, HistoryRow, InstanceRow, TimerRow } from './invariants/rows.js';

/**
 * What has to hold for every instance at every moment, whoever was killed; of `ids` only those, which costs milliseconds. Takes the
 * pool of a role that reads everything, and throws one error that names each breach.
 */
export async function assertInvariants(
  pool: pg.Pool,
  registry: readonly WorkflowDefinition[],
  ids: readonly string[] | null = null,
): Promise<{ instances: number; events: number }> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const read = async <Row extends pg.QueryResultRow>(text: string): Promise<Row[]> =>
      // Of some instances it is asked again and again: planned once, it takes a third of the time.
      (
        await client.query<Row>(
          ids === null ? { text } : { text, values: [ids], name: `invariants ${sha256(text).slice(0, 20)}` },
        )
      ).rows;
    const of = (column: string) => (ids === null ? 'true' : `${column} = any ($1::uuid[])`);
    const instances = await read<InstanceRow>(`select * from guildhall.instance where ${of('id')} order by id`);
    const history = await read<HistoryRow>(
      `select *, lag(seq) over (partition by instance_id order by log_tx, log_id) as logged_before from guildhall.history
       where ${of('instance_id')} order by instance_id, seq`,
    );
    const timers = await read<TimerRow>(`select * from guildhall.timer where ${of('instance_id')}`);
    const deliveries = await read<DeliveryRow>(
      `select instance_id, seq, type, params from guildhall.delivery where ${of('instance_id')}`,
    );
    const acts = await read<ActRow>(`select * from guildhall.act where ${of('instance_id')}`);
    // With ids the rows of history, timers and deliveries are found by them, so that only a whole look can find strays of these.
    const orphans = await read<{ what: string }>(
      `select 'history' as what from guildhall.history h where ${of('instance_id')} and not exists (select from guildhall.instance i where i.id = h.instance_id)
       union all select 'timer' from guildhall.timer t where ${of('instance_id')} and not exists (select from guildhall.history h where h.instance_id = t.instance_id and h.seq = t.armed_seq)
       union all select 'delivery' from guildhall.delivery d where ${of('instance_id')} and not exists (select from guildhall.history h where h.instance_id = d.instance_id and h.seq = d.seq)
       union all select 'key' from guildhall.idempotency k where ${of('instance_id')} and not exists (select from guildhall.history h where h.instance_id = k.instance_id and h.seq = k.seq)
       union all select 'act' from guildhall.act a where ${of('instance_id')} and not exists (select from guildhall.history h where h.instance_id = a.instance_id and h.seq = a.seq)
       union all select 'annex' from guildhall.annex a where ${of('instance_id')} and not exists (select from guildhall.history h where h.instance_id = a.instance_id and h.seq = a.seq)`,
    );
    const ofDomain = await domainBreaches(read, of);
    await client.query('commit');
    const rowsOf = groupBy(history);
    const timersOf = groupBy(timers);
    const actsOf = groupBy(acts);
    const deliveriesOf = groupBy(deliveries);
    const problems = [
      ...orphans.map(({ what }) => `a row of ${what} belongs to nothing`),
      ...ofDomain,
      ...instances.flatMap((instance) =>
        [
          ...instanceBreaches(registry, {
            instance,
            history: rowsOf.get(instance.id) ?? [],
            timers: timersOf.get(instance.id) ?? [],
            deliveries: deliveriesOf.get(instance.id) ?? [],
            acts: actsOf.get(instance.id) ?? [],
          }),
        ].map((breach) => `${instance.kind} ${instance.id}: ${breach}`),
      ),
    ];
    if (problems.length > 0) throw new Error(`Invariants broken:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    return { instances: instances.length, events: history.length };
  } finally {
    client.release();
  }
}

function groupBy<Row extends { readonly instance_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.instance_id);
    if (group) group.push(row);
    else groups.set(row.instance_id, [row]);
  }
  return groups;
}
