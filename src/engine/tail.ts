import type { Pool, PoolClient } from 'pg';
import type { EngineHandlers, EngineLog } from './types.js';
import { CHANNEL, type Wake } from './wake.js';

/** A place in the log of all instances. */
export interface LogPosition {
  /** Changes when the database is restored: positions of another epoch mean nothing. */
  readonly epoch: string;
  readonly logTx: string;
  readonly logId: string;
}

export interface LogEntry {
  readonly instanceId: string;
  readonly seq: number;
  readonly logTx: string;
  readonly logId: string;
  readonly topics: readonly string[];
}

/**
 * Below `pg_snapshot_xmin` no transaction is still open that could add a row before one that was read. Following by
 * `id > last` lost a quarter of the events when it was tried.
 */
export const logSql = (topicsSql: string): string => `
select h.instance_id as "instanceId", h.seq, h.log_tx::text as "logTx", h.log_id::text as "logId", ${topicsSql} as topics
from guildhall.history h
where (h.log_tx, h.log_id) > ($1::xid8, $2::bigint) and h.log_tx < pg_snapshot_xmin(pg_current_snapshot())
order by h.log_tx, h.log_id limit $3`;

/** Whether something is committed that an open transaction still hides. */
const hiddenSql = `select exists (select from guildhall.history h where (h.log_tx, h.log_id) > ($1::xid8, $2::bigint)) as hidden`;

/** First wait for what is hidden; doubles up to the slow poll, as long as nothing comes of it. */
const FIRST_LOOK_MS = 10;

const headSql = `
select (select id::text from guildhall.log_epoch) as epoch, h.log_tx::text as "logTx", h.log_id::text as "logId"
from (select 1) one left join lateral (
  select log_tx, log_id from guildhall.history where log_tx < pg_snapshot_xmin(pg_current_snapshot()) order by log_tx desc, log_id desc limit 1
) h on true`;

/** Follows the log of every process and tells who waits for one of an entry's topics. Carries no data to anyone. */
export class LogTail {
  private position: LogPosition = { epoch: '', logTx: '0', logId: '0' };
  private readonly waiting = new Map<string, Set<() => void>>();
  private unlisten: (() => void) | undefined;
  private unsubscribe: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;
  private look: NodeJS.Timeout | undefined;
  private lookMs = FIRST_LOOK_MS;
  private dirty = false;
  private stopped = false;
  /** When the tail last came to the end of what was readable; `/readyz` and the lag metric look at it. */
  caughtUpAt = 0;

  constructor(
    private readonly pool: Pool,
    private readonly handlers: Pick<EngineHandlers, 'topicsSql'>,
    private readonly wake: Wake,
    private readonly log: EngineLog,
    private readonly pollMs = 1000,
  ) {}

  async start(): Promise<void> {
    this.position = await this.head();
    await this.listen();
    this.unsubscribe = this.wake.onLocal(() => this.poke());
    this.timer = setInterval(() => this.poke(), this.pollMs);
    this.poke();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    clearTimeout(this.look);
    this.unsubscribe?.();
    this.unlisten?.();
    await this.reading;
  }

  /** The end of what can be read now. */
  async head(): Promise<LogPosition> {
    const { rows } = await this.pool.query<{ epoch: string; logTx: string | null; logId: string | null }>(headSql);
    const { epoch, logTx, logId } = rows[0]!;
    return { epoch, logTx: logTx ?? '0', logId: logId ?? '0' };
  }

  get epoch(): string {
    return this.position.epoch;
  }

  /** Calls back, without data, after entries of the topic have become readable. Spurious calls are possible, lost ones are not. */
  subscribe(topic: string, listener: () => void): () => void {
    let set = this.waiting.get(topic);
    if (!set) this.waiting.set(topic, (set = new Set()));
    set.add(listener);
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.waiting.get(topic) === set) this.waiting.delete(topic);
    };
  }

  private poke(): void {
    this.dirty = true;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
      if (this.dirty && !this.stopped) this.poke();
    });
  }

  private async read(): Promise<void> {
    while (this.dirty && !this.stopped) {
      this.dirty = false;
      try {
        const { rows } = await this.pool.query<LogEntry>({
          name: 'engine.tail',
          text: logSql(this.handlers.topicsSql),
          values: [this.position.logTx, this.position.logId, 500],
        });
        const topics = new Set(rows.flatMap((entry) => entry.topics));
        const last = rows.at(-1);
        if (last) this.position = { epoch: this.position.epoch, logTx: last.logTx, logId: last.logId };
        if (rows.length === 500) this.dirty = true;
        // First told, then asked on: the position has moved, so what fails from here on must not cost anybody a wake-up.
        for (const topic of topics) for (const listener of this.waiting.get(topic) ?? []) this.tell(listener);
        if (rows.length < 500) await this.lookAgainIfHidden(rows.length > 0);
      } catch (error) {
        this.log.warn({ err: error }, 'the log could not be read; the slow poll will try again');
        return;
      }
    }
  }

  /** An open transaction hides what was committed behind it; when it ends, nobody calls. */
  private async lookAgainIfHidden(moved: boolean): Promise<void> {
    const { logTx, logId } = this.position;
    const { rows } = await this.pool.query<{ hidden: boolean }>({
      name: 'engine.tailHidden',
      text: hiddenSql,
      values: [logTx, logId],
    });
    if (moved) this.lookMs = FIRST_LOOK_MS;
    if (!rows[0]?.hidden) {
      this.caughtUpAt = performance.now();
      this.lookMs = FIRST_LOOK_MS;
      return;
    }
    clearTimeout(this.look);
    this.look = setTimeout(() => this.poke(), this.lookMs).unref();
    this.lookMs = Math.min(this.pollMs, this.lookMs * 2);
  }

  /** One subscriber's failure must not cost the others their wake-up. */
  private tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.log.error({ err: error }, 'a subscriber to the log failed');
    }
  }

  /**
   * Holds at most one connection of the pool: whatever goes wrong, it is given back, once, before the next is asked for. Each one
   * kept by mistake would be missing from the pool until the process ends, and the pool could not end.
   */
  private async listen(): Promise<void> {
    const again = (): void => {
      setTimeout(() => {
        if (!this.stopped) void this.listen();
      }, this.pollMs).unref();
    };
    const failed = (error: unknown): void =>
      this.log.warn({ err: error }, 'cannot listen for wake-ups; the slow poll will serve');
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      failed(error);
      again();
      return;
    }
    let held = true;
    const giveBack = (): void => {
      if (!held) return;
      held = false;
      client.release(true);
      again();
    };
    this.unlisten = giveBack;
    client.on('notification', () => this.poke());
    client.on('error', giveBack);
    // The tail may have been stopped while the connection was made: nobody else would give it back any more.
    if (this.stopped) {
      giveBack();
      return;
    }
    try {
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      failed(error);
      giveBack();
    }
  }
}
