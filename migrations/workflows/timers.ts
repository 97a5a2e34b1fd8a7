import type { QueryRunner } from 'typeorm';

interface Running {
  readonly id: string;
  readonly snapshot: string;
  readonly timers: readonly { readonly name: string; readonly event: string; readonly armedAt: string; readonly dueAt: string }[];
}

const CHUNK = 1_000;

/** Keys in order at every level that this adds: stored snapshots are canonical JSON (RFC 8785), and stay so. */
const sorted = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * From here on a snapshot holds its running clocks, as replaying its history now gives them. Those that run today are written
 * into the snapshots of before, from the timer rows.
 */
export async function keepTimersInSnapshots(runner: QueryRunner): Promise<void> {
  for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = (await runner.query(
      `select i.id, i.snapshot, coalesce(json_agg(json_build_object('name', t.name, 'event', t.event_type,
           'armedAt', to_char(h.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'dueAt', to_char(t.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) filter (where t.name is not null), '[]') as timers
       from guildhall.instance i
       left join guildhall.timer t on t.instance_id = i.id and t.status = 'armed'
       left join guildhall.history h on h.instance_id = t.instance_id and h.seq = t.armed_seq
       where i.id > $1 group by i.id order by i.id limit ${String(CHUNK)}`,
      [last],
    )) as Running[];
    if (rows.length === 0) return;
    const changed = rows.map(({ id, snapshot, timers }) => ({
      id,
      snapshot: JSON.stringify(
        sorted({
          ...(JSON.parse(snapshot) as object),
          timers: sorted(
            Object.fromEntries(
              timers.map(({ name, armedAt, dueAt, event }) => [name, { armedAt, dueAt, ...(event !== name && { event }) }]),
            ),
          ),
        }),
      ),
    }));
    await runner.query(
      `update guildhall.instance i set snapshot = c.snapshot from unnest($1::uuid[], $2::text[]) as c (id, snapshot) where c.id = i.id`,
      [changed.map(({ id }) => id), changed.map(({ snapshot }) => snapshot)],
    );
    last = rows.at(-1)!.id;
  }
}
