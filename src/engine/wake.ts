import type { Pool } from 'pg';
import type { EngineLog } from './types.js';

export const CHANNEL = 'guildhall_log';

/**
 * Tells other processes that there is something to read. Never decides correctness: a lost wake-up costs one slow poll.
 * After the commit and at most once in `gapMs`, because NOTIFY inside each transaction cost two thirds of the throughput.
 */
export class Wake {
  private pending = false;
  private readonly local = new Set<() => void>();

  constructor(
    private readonly pool: Pool,
    private readonly log: EngineLog,
    private readonly gapMs = 20,
  ) {}

  /** Called in this process at once when something was committed here. */
  onLocal(listener: () => void): () => void {
    this.local.add(listener);
    return () => this.local.delete(listener);
  }

  announce(): void {
    for (const listener of this.local) listener();
    if (this.pending) return;
    this.pending = true;
    setTimeout(() => {
      this.pending = false;
      this.pool.query(`notify ${CHANNEL}`).catch((error: unknown) => {
        this.log.warn({ err: error }, 'a wake-up was not sent; the slow poll will serve');
      });
    }, this.gapMs).unref();
  }
}
