import type { Pool, PoolClient } from 'pg';
import type { EngineLog, Wake } from '../engine/index.js';
import { sealPayload } from '../verify/index.js';
import { signDetached, type PlatformKey } from './platform-key.js';

interface Unsealed {
  readonly instance_id: string;
  readonly kind: string;
  readonly seq: number;
  readonly hash: string;
  readonly sealed: boolean;
  readonly log_tx: string;
  readonly log_id: string;
}

export interface SealerOptions {
  /** Of the engine's role. */
  readonly pool: Pool;
  readonly key: PlatformKey;
  readonly log: EngineLog;
  readonly wake: Wake;
  readonly onSealed?: (count: number) => void;
  readonly pollMs?: number;
  readonly batchSize?: number;
}

/** Of the session that seals: one process at a time, so that none signs in vain. Correctness does not rest on it. */
const LOCK = 7_105_662_001;

/**
 * Acts are sealed soon after their commit, not in it: a signature costs as much as half a transition. Follows the history in the order of
 * the log, below the oldest open transaction, so that nothing is passed over. Any number of processes: what is sealed stays as it is.
 */
const behindSql = `
select h.instance_id, i.kind, h.seq, h.hash, h.log_tx::text, h.log_id::text, (s.seq is not null or h.source not in ('start', 'outside')) as sealed
from guildhall.seal_progress p join guildhall.history h on (h.log_tx, h.log_id) > (p.log_tx, p.log_id)
  and h.log_tx < pg_snapshot_xmin(pg_current_snapshot())
join guildhall.instance i on i.id = h.instance_id
left join guildhall.seal s on s.instance_id = h.instance_id and s.seq = h.seq
order by h.log_tx, h.log_id limit $1`;

const insertSql = `
insert into guildhall.seal (instance_id, seq, kid, jws, sealed_at)
select s.instance_id, s.seq, $1, s.jws, guildhall.now() from unnest($2::uuid[], $3::int[], $4::text[]) as s (instance_id, seq, jws)
order by s.instance_id, s.seq on conflict do nothing`;

export class Sealer {
  private running: Promise<void> | undefined;
  private stopping = false;
  private wakeUp: (() => void) | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly options: SealerOptions) {}

  start(): void {
    this.stopping = false;
    this.unsubscribe = this.options.wake.onLocal(() => this.wakeUp?.());
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.unsubscribe?.();
    this.wakeUp?.();
    await this.running;
  }

  /** Seals what can be sealed now, and returns; another process that is at it is left to it. */
  async drain(): Promise<void> {
    while ((await this.round()) > 0);
  }

  /**
   * Seals one request's acts now, for a bundle that is asked for before the worker has come by; tells how many. Never what the worker has
   * passed: a seal that is missing there was taken away, and must not be made again over what may have been put in its place.
   */
  async seal(instanceId: string): Promise<number> {
    const { pool, onSealed } = this.options;
    const { rows } = await pool.query<Unsealed>(
      `select h.instance_id, i.kind, h.seq, h.hash from guildhall.history h join guildhall.instance i on i.id = h.instance_id
       join guildhall.seal_progress p on (h.log_tx, h.log_id) > (p.log_tx, p.log_id)
       where h.instance_id = $1 and h.source in ('start', 'outside')
         and not exists (select from guildhall.seal s where s.instance_id = h.instance_id and s.seq = h.seq)`,
      [instanceId],
    );
    if (rows.length === 0) return 0;
    await this.insert(pool, rows, await this.signed(rows));
    onSealed?.(rows.length);
    return rows.length;
  }

  /** How long the oldest act that has no seal has been waiting for one; what other processes do counts. */
  async lagSeconds(): Promise<number> {
    const { rows } = await this.options.pool.query<{ lag: number | null }>(
      `select greatest(0, extract(epoch from guildhall.now() - h.at))::float8 as lag from guildhall.seal_progress p
       join guildhall.history h on (h.log_tx, h.log_id) > (p.log_tx, p.log_id)
       left join guildhall.seal s on s.instance_id = h.instance_id and s.seq = h.seq
       where h.source in ('start', 'outside') and s.seq is null order by h.log_tx, h.log_id limit 1`,
    );
    return rows[0]?.lag ?? 0;
  }

  private async run(): Promise<void> {
    const { log, pollMs = 1_000 } = this.options;
    while (!this.stopping) {
      let count = 0;
      try {
        count = await this.round();
      } catch (error) {
        log.error({ loop: 'seals', err: error }, 'a round of a worker failed');
      }
      if (count > 0 || this.stopping) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        this.wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wakeUp = undefined;
    }
  }

  /** How many entries of the history it has passed. */
  private async round(): Promise<number> {
    const { pool, batchSize = 200 } = this.options;
    const client = await pool.connect();
    // Of the session and not of a transaction: one that is open while a key management service signs would hold up the log's followers.
    let broken: Error | undefined;
    try {
      const { rows: locks } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LOCK]);
      if (!locks[0]!.got) return 0;
      const passed = await this.sealNext(client, batchSize);
      await client.query('select pg_advisory_unlock($1)', [LOCK]);
      return passed;
    } catch (error) {
      // With the connection its lock and its transaction go.
      broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private async sealNext(client: PoolClient, batchSize: number): Promise<number> {
    const { rows } = await client.query<Unsealed>({ name: 'evidence.unsealed', text: behindSql, values: [batchSize] });
    const last = rows.at(-1);
    if (!last) return 0;
    const open = rows.filter(({ sealed }) => !sealed);
    const seals = await this.signed(open);
    // On the same connection: two held by one worker could be all that a small pool has. An error takes the connection with it.
    await client.query('begin');
    if (open.length > 0) await this.insert(client, open, seals);
    await client.query(
      `update guildhall.seal_progress set log_tx = $1::xid8, log_id = $2::bigint where (log_tx, log_id) < ($1::xid8, $2::bigint)`,
      [last.log_tx, last.log_id],
    );
    await client.query('commit');
    if (open.length > 0) this.options.onSealed?.(open.length);
    return rows.length;
  }

  private signed(rows: readonly Unsealed[]): Promise<string[]> {
    const { key } = this.options;
    return Promise.all(
      rows.map(({ instance_id: instanceId, kind, seq, hash }) =>
        signDetached(key, 'guildhall-seal', sealPayload({ instanceId, kind, seq, hash })),
      ),
    );
  }

  private async insert(db: Pick<Pool, 'query'>, rows: readonly Unsealed[], seals: readonly string[]): Promise<void> {
    await db.query(insertSql, [
      this.options.key.jwk.kid,
      rows.map(({ instance_id: id }) => id),
      rows.map(({ seq }) => seq),
      seals,
    ]);
  }
}
