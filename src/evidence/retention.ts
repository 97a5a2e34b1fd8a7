import type { Pool, PoolClient } from 'pg';
import { inTransaction, type EngineLog } from '../engine/index.js';

/**
 * Requests whose retention is over: their pinned policy says how many years, counted from their end, or from that of the membership that they
 * began, changed or ended, whichever is later. A membership that goes on, a request about this one that still runs, or a legal hold keep
 * all of it.
 */
const dueSql = `
select r.id, (p.parameters ->> 'retentionYears')::int as years
from guildhall.instance i join guildhall.request r on r.id = i.id join guildhall.policy_version p on p.id = r.policy_version_id
where i.ended_at < guildhall.now() - interval '1 year' and (p.parameters ->> 'retentionYears') is not null
  and i.ended_at < guildhall.now() - make_interval(years => (p.parameters ->> 'retentionYears')::int)
  and not exists (select from guildhall.erasure e where e.request_id = r.id)
  and not exists (select from guildhall.legal_hold l where l.request_id = r.id and l.lifted_at is null)
  and not exists (select from guildhall.request c join guildhall.instance ci on ci.id = c.id where c.parent_id = r.id and ci.status = 'active')
  and not exists (
    select from guildhall.membership m where (m.request_id = r.id or m.id = r.membership_id or m.ended_by_request_id = r.id) and m.annulled_at is null
      and (m.ends_at is null or m.ends_at > guildhall.now() - make_interval(years => (p.parameters ->> 'retentionYears')::int)))
order by i.ended_at limit $1`;

const HELD_SQL = 'select from guildhall.legal_hold where request_id = $1 and lifted_at is null';

/** Whoever sets a hold takes the same lock: what is held is not erased, and what is erased is not held. */
export const RETENTION_LOCK = `select pg_advisory_xact_lock(hashtextextended($1::text, 7105662003))`;

interface Due {
  readonly id: string;
  readonly years: number;
}

/** Takes people out of records that nobody needs any more. The chain stays, and with it the proof that there was something. */
export class Retention {
  constructor(private readonly pool: Pool) {}

  /** At most `limit` requests; tells how many. Several processes may be at it. */
  async round(limit = 100): Promise<number> {
    const { rows } = await this.pool.query<Due>(dueSql, [limit]);
    let erased = 0;
    // One transaction each: short, and a hold that comes meanwhile waits for one request only.
    for (const due of rows) if (await inTransaction(this.pool, (tx) => eraseOne(tx, due))) erased += 1;
    return erased;
  }
}

async function eraseOne(tx: PoolClient, { id, years }: Due): Promise<boolean> {
  await tx.query(RETENTION_LOCK, [id]);
  const held = await tx.query(HELD_SQL, [id]);
  const done = await tx.query('select from guildhall.erasure where request_id = $1', [id]);
  if ((held.rowCount ?? 0) + (done.rowCount ?? 0) > 0) return false;
  const count = async (sql: string) => (await tx.query(sql, [id])).rowCount ?? 0;
  const acts = await count(
    'update guildhall.act set salt = null, details = null, erased_at = guildhall.now() where instance_id = $1 and erased_at is null',
  );
  const annexes = await count(
    `update guildhall.annex set body = null, salt = '', erased_at = guildhall.now() where instance_id = $1 and erased_at is null`,
  );
  const agreements = await count(
    `update guildhall.agreement_version set body = '', erased_at = guildhall.now() where request_id = $1 and erased_at is null`,
  );
  await count(
    'update guildhall.clause_comment set body = null, erased_at = guildhall.now() where request_id = $1 and erased_at is null',
  );
  const notes = await count(
    'update guildhall.case_note set body = null, erased_at = guildhall.now() where request_id = $1 and erased_at is null',
  );
  await tx.query(
    `insert into guildhall.erasure (request_id, at, retention_years, acts, annexes, agreements, notes) values ($1, guildhall.now(), $2, $3, $4, $5, $6)`,
    [id, years, acts, annexes, agreements, notes],
  );
  return true;
}

const EVERY_MS = 3_600_000;

/** Looks once an hour: nobody waits for it. */
export class RetentionSchedule {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly retention: Retention,
    private readonly log: EngineLog,
  ) {}

  start(): void {
    this.stopping = false;
    const look = () => {
      this.working ??= this.work().finally(() => (this.working = undefined));
    };
    look();
    this.timer = setInterval(look, EVERY_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.working;
  }

  private async work(): Promise<void> {
    try {
      while (!this.stopping && (await this.retention.round()) > 0);
    } catch (error) {
      this.log.error({ loop: 'retention', err: error }, 'a round of a worker failed');
    }
  }
}
