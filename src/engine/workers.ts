import { deliverDue } from './deliveries.js';
import type { Engine } from './engine.js';
import { fireDueTimers } from './timers.js';

/** The loops of one process. Any number of processes may run them: rows are claimed with SKIP LOCKED, there is no leader. */
export class EngineWorkers {
  private readonly loops: Loop[];

  constructor(
    private readonly engine: Engine,
    pollMs = 500,
  ) {
    this.loops = [
      new Loop('timers', () => fireDueTimers(engine), pollMs, engine, true),
      new Loop('deliveries', () => deliverDue(engine), pollMs, engine, true),
      new Loop('expired keys', () => dropExpiredKeys(engine), 60_000, engine, false),
    ];
  }

  start(): void {
    for (const loop of this.loops) loop.start();
  }

  /** Finishes the round under way. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** Works off what is due now and returns; for tests and bulk work that move the clock themselves. */
  async drain(): Promise<void> {
    while ((await fireDueTimers(this.engine)) + (await deliverDue(this.engine)) > 0);
  }

  /** Fires every timer that is due now, leaving deliveries to their own loop. */
  async drainTimers(): Promise<void> {
    while ((await fireDueTimers(this.engine, 256)) > 0);
  }
}

async function dropExpiredKeys(engine: Engine): Promise<number> {
  const { rowCount } = await engine.options.pool.query(
    `delete from guildhall.idempotency k using (
       select principal_id, operation, key from guildhall.idempotency where expires_at <= transaction_timestamp() limit 1000) as old
     where k.principal_id = old.principal_id and k.operation = old.operation and k.key = old.key`,
  );
  return rowCount ?? 0;
}

class Loop {
  private running: Promise<void> | undefined;
  private stopping = false;
  private wakeUp: (() => void) | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly name: string,
    private readonly round: () => Promise<number>,
    private readonly pollMs: number,
    private readonly engine: Engine,
    /** A commit may have made something due; other work only needs its pace. */
    private readonly followsCommits: boolean,
  ) {}

  start(): void {
    if (this.followsCommits) this.unsubscribe = this.engine.options.wake.onLocal(() => this.wakeUp?.());
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.unsubscribe?.();
    this.wakeUp?.();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      let count = 0;
      try {
        count = await this.round();
      } catch (error) {
        this.engine.options.observer.log.error({ loop: this.name, err: error }, 'a round of a worker failed');
      }
      if (count === 0 && !this.stopping) await this.rest();
    }
  }

  private rest(): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        resolve();
      }, this.pollMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    }).then(() => {
      this.wakeUp = undefined;
    });
  }
}
