import type { Pool } from 'pg';
import type { Engine, EngineLog, Outcome } from '../engine/index.js';
import type { BulkSignal } from './bulk-signal.js';
import { claimItems, markItems, type ClaimedItem } from './claim.js';
import type { BulkResult, BulkTypes } from './types.js';

/** Named points between two steps, where the fault tests stop the process. */
export type BulkStep = 'claimed' | 'performed' | 'marked';

export interface BulkWorkerOptions {
  readonly pool: Pool;
  readonly engine: Pick<Engine, 'send' | 'start'>;
  readonly types: BulkTypes;
  readonly signal: BulkSignal;
  readonly log: EngineLog;
  /** Writes down operations whose time has come, each once, whichever process looks first. Before each round. */
  readonly plan?: () => Promise<void>;
  /** How often a process looks when nobody tells it that there is something to do. */
  readonly pollMs?: number;
  readonly onStep?: (step: BulkStep) => void | Promise<void>;
}

/** One lane claims while the other's commands are in the engine, so that its batches stay full. */
const LANES = 2;
/** Items a lane holds at once: sends go into the engine together and are committed in groups. */
const CHUNK = 32;
/** A start is a transaction of its own and holds a connection; more than this would only queue for the pool. */
const STARTS_A_LANE = 4;

/**
 * Works off bulk operations, item by item through the engine's one door. Any number of processes may do so. An item's
 * permanent key makes it once whatever dies in between: claimed, performed and not marked, it is performed again after its
 * lease and gets its first answer.
 */
export class BulkWorker {
  private lanes: Promise<void>[] = [];
  private stopping = false;
  private readonly sleepers = new Set<() => void>();
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly options: BulkWorkerOptions) {}

  start(): void {
    this.unsubscribe = this.options.signal.onWork(() => this.wakeAll());
    this.lanes = Array.from({ length: LANES }, () => this.lane());
  }

  /** Finishes the items in hand. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.unsubscribe?.();
    this.wakeAll();
    await Promise.all(this.lanes);
  }

  /** Works off what is due now and returns; what was put off after an error, or is held by another process, is left. */
  async drain(): Promise<void> {
    const lane = async () => {
      while ((await this.round()) > 0);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  private async lane(): Promise<void> {
    while (!this.stopping) {
      let count = 0;
      try {
        count = await this.round();
      } catch (error) {
        this.options.log.error({ loop: 'bulk', err: error }, 'a round of a worker failed');
      }
      if (count === 0 && !this.stopping) await this.rest();
    }
  }

  private async round(): Promise<number> {
    const { pool, signal, onStep, plan } = this.options;
    await plan?.();
    const items = await claimItems(pool, CHUNK);
    if (items.length === 0) return 0;
    await onStep?.('claimed');
    const results = new Map<string, BulkResult[]>();
    const starting = limited(STARTS_A_LANE);
    await Promise.all(
      items.map(async (item) => {
        const result = await this.perform(item, starting);
        const id = item.operation.id;
        results.set(id, [...(results.get(id) ?? []), result]);
      }),
    );
    await onStep?.('performed');
    for (const [operationId, ofOne] of results) {
      await markItems(pool, operationId, ofOne);
      signal.progress(operationId);
    }
    await onStep?.('marked');
    return items.length;
  }

  private async perform(item: ClaimedItem, starting: Limit): Promise<BulkResult> {
    const { engine, types, log } = this.options;
    const { n, operation } = item;
    try {
      const type = types[operation.type];
      // An older process beside a newer one: the item is put off, and the newer one takes it.
      if (!type) throw new Error(`Bulk work of the type "${operation.type}" is not known to this process.`);
      const command = type({ n, targetId: item.targetId }, operation);
      const as = {
        principalId: operation.createdBy,
        operation: 'bulk',
        idempotencyKey: `bulk:${operation.id}:${String(n)}`,
        permanentKey: true,
        evidence: { bulk: { operationId: operation.id, item: n } },
      };
      const outcome = await ('send' in command
        ? engine.send({ ...command.send, ...as })
        : starting(() => engine.start({ ...command.start, ...as })));
      return { n, ...resultOf(outcome) };
    } catch (error) {
      log.warn({ bulkOperationId: operation.id, n, attempts: item.attempts, err: error }, 'an item of bulk work failed');
      return { n, kind: 'error', error: String(error) };
    }
  }

  private wakeAll(): void {
    for (const wake of this.sleepers) wake();
  }

  private rest(): Promise<void> {
    return new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, this.options.pollMs ?? 500);
      this.sleepers.add(wake);
    });
  }
}

type Outcomes = Omit<Extract<BulkResult, { kind: 'done' }>, 'n'> | Omit<Extract<BulkResult, { kind: 'refused' }>, 'n'>;

const resultOf = (outcome: Outcome): Outcomes =>
  outcome.outcome === 'accepted'
    ? { kind: 'done', instanceId: outcome.instanceId }
    : { kind: 'refused', code: outcome.code, reasons: outcome.reasons };

type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `most` of what is given to it run at once; the others wait in their order. */
function limited(most: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
