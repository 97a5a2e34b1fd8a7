import type { Pool } from 'pg';
import type { Chained } from './chained.js';
import { judge, refused, requestHash, type Definitions } from './judge.js';
import { backoffMs, isRetryable, pause } from './retry.js';
import { readSql, type ReadRow } from './sql/read.js';
import { startInstance } from './start.js';
import { sendAlone } from './alone.js';
import type { EngineHandlers, EngineObserver, Outcome, SendCommand, StartCommand } from './types.js';
import { write, type KeyToStore } from './write.js';
import type { Wake } from './wake.js';

export interface EngineOptions {
  readonly pool: Pool;
  readonly definitions: Definitions;
  /** The version that new instances of a kind get. */
  readonly currentVersion: (kind: string) => number | undefined;
  readonly handlers: EngineHandlers;
  readonly observer: EngineObserver;
  readonly wake: Wake;
  /** Most members of one batch; more wait for the next. */
  readonly batchSize?: number;
  /** Batches under way at once; more than two gained nothing when measured. */
  readonly batchesInFlight?: number;
}

interface Waiting {
  readonly command: SendCommand;
  readonly hash: string;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
  attempt: number;
}

const MAX_ATTEMPTS = 12;

/**
 * The one door. What waits in this process is taken together, at most one event an instance at a time: one read, a pure
 * step each, one write, one commit. Several processes may do so over one database; the version guard decides.
 */
export class Engine {
  private readonly queue: Waiting[] = [];
  private readonly busy = new Set<string>();
  private inFlight = 0;
  private scheduled = false;
  private stopped = false;
  private idle: (() => void)[] = [];
  readonly readText: string;

  constructor(readonly options: EngineOptions) {
    this.readText = readSql(options.handlers);
  }

  /** Starts a new instance in a transaction of its own. */
  async start(command: StartCommand): Promise<Outcome> {
    this.assertOpen();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await startInstance(this, command);
      } catch (error) {
        // Without a key a start that may have been committed cannot be told from a new one.
        if (!isRetryable(error) || attempt >= MAX_ATTEMPTS || command.idempotencyKey === undefined) throw error;
        await pause(backoffMs(attempt, 10, 500));
      }
    }
  }

  /** Sends one event. Resolves once it is committed or refused; rejects only on the unexpected. */
  send(command: SendCommand): Promise<Outcome> {
    this.assertOpen();
    const body = { instanceId: command.instanceId, event: command.event, expectedVersion: command.expectedVersion ?? null, annex: command.annex ?? null };
    return new Promise((resolve, reject) => {
      this.queue.push({ command, hash: requestHash(command, body), resolve, reject, attempt: 0 });
      this.schedule();
    });
  }

  /** Finishes what is under way and takes no more. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.inFlight > 0 || this.queue.length > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private assertOpen(): void {
    if (this.stopped) throw new Error('The engine is stopping and takes no more commands.');
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    // After the sockets that are readable in this turn: their commands join the batch.
    setImmediate(() => {
      this.scheduled = false;
      this.pump();
    });
  }

  private pump(): void {
    const { batchSize = 64, batchesInFlight = 2 } = this.options;
    while (this.inFlight < batchesInFlight && this.queue.length > 0) {
      const batch: Waiting[] = [];
      const left: Waiting[] = [];
      for (const waiting of this.queue) {
        const id = waiting.command.instanceId;
        if (batch.length < batchSize && !this.busy.has(id)) {
          this.busy.add(id);
          batch.push(waiting);
        } else left.push(waiting);
      }
      if (batch.length === 0) break;
      this.queue.splice(0, this.queue.length, ...left);
      this.inFlight += 1;
      void this.run(batch).finally(() => {
        this.inFlight -= 1;
        for (const waiting of batch) this.busy.delete(waiting.command.instanceId);
        if (this.queue.length > 0) this.pump();
        else if (this.inFlight === 0) this.idle.splice(0).forEach((done) => done());
      });
    }
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.step(batch);
    } catch (error) {
      // One bad member must not fail the others; alone, it fails alone.
      if (batch.length > 1) await Promise.all(batch.map((waiting) => this.run([waiting])));
      else this.fail(batch[0]!, error);
    }
  }

  private async step(batch: readonly Waiting[]): Promise<void> {
    const { pool, definitions, observer, wake } = this.options;
    const rows = await this.read(pool, batch);
    await observer.onStep?.('read');
    const writing: { waiting: Waiting; chained: Chained; key: KeyToStore | undefined }[] = [];
    const alone: Waiting[] = [];
    for (const [index, waiting] of batch.entries()) {
      try {
        const judged = judge(waiting.command, rows[index]!, waiting.hash, definitions);
        if ('outcome' in judged) waiting.resolve(judged);
        else if (judged.pending.length > 0 || waiting.command.annex) alone.push(waiting);
        else writing.push({ waiting, chained: judged, key: keyOf(waiting) });
      } catch (error) {
        waiting.reject(error);
      }
    }
    if (writing.length > 0) {
      let written: Set<string>;
      try {
        written = await write(pool, writing);
      } catch (error) {
        if (!isRetryable(error)) {
          if (writing.length > 1) {
            await Promise.all(writing.map(({ waiting }) => this.run([waiting])));
          } else writing[0]!.waiting.reject(error);
          written = new Set();
          writing.length = 0;
        } else written = await this.findWritten(writing.map(({ chained }) => chained), error);
      }
      await observer.onStep?.('committed');
      for (const { waiting, chained } of writing) {
        if (written.has(chained.instanceId)) {
          const last = chained.rows.at(-1)!;
          observer.onTransition?.(chained.definition.kind, last.eventType, last.state);
          waiting.resolve({ outcome: 'accepted', instanceId: chained.instanceId, version: chained.version, state: last.state, replayed: false });
        } else this.again(waiting);
      }
      if (written.size > 0) wake.announce();
    }
    await Promise.all(
      alone.map(async (waiting) => {
        try {
          const outcome = await sendAlone(this, waiting.command, waiting.hash, keyOf(waiting));
          if (outcome) waiting.resolve(outcome);
          else this.again(waiting);
        } catch (error) {
          this.fail(waiting, error);
        }
      }),
    );
  }

  private async read(pool: Pool, batch: readonly Waiting[]): Promise<ReadRow[]> {
    const commands = batch.map(({ command }) => command);
    const { rows } = await pool.query<ReadRow>({
      name: 'engine.read',
      text: this.readText,
      values: [
        commands.map((command) => command.instanceId),
        commands.map((command) => command.principalId),
        commands.map((command) => command.operation),
        commands.map((command) => command.idempotencyKey ?? null),
      ],
    });
    return rows;
  }

  /** After a lost reply: a row of history with our hash at our place is ours, and nobody else's can have that hash. */
  private async findWritten(chains: readonly Chained[], cause: unknown): Promise<Set<string>> {
    this.options.observer.log.warn({ err: String(cause), members: chains.length }, 'the reply to a write was lost; looking for its rows');
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { rows } = await this.options.pool.query<{ instance_id: string }>(
          `select h.instance_id from guildhall.history h join unnest($1::uuid[], $2::int[], $3::text[]) as m (id, seq, hash)
             on h.instance_id = m.id and h.seq = m.seq and h.hash = m.hash`,
          [chains.map((chain) => chain.instanceId), chains.map((chain) => chain.version), chains.map((chain) => chain.headHash)],
        );
        return new Set(rows.map((row) => row.instance_id));
      } catch (error) {
        if (!isRetryable(error) || attempt >= MAX_ATTEMPTS) throw error;
        await pause(backoffMs(attempt, 20, 1000));
      }
    }
  }

  private again(waiting: Waiting): void {
    waiting.attempt += 1;
    if (waiting.attempt > MAX_ATTEMPTS) {
      waiting.resolve(refused('STALE_VERSION', 'Too many others changed this request at the same time. Look again and retry.'));
      return;
    }
    this.queue.push(waiting);
    this.schedule();
  }

  private fail(waiting: Waiting, error: unknown): void {
    if (isRetryable(error) && waiting.attempt < MAX_ATTEMPTS) {
      waiting.attempt += 1;
      void pause(backoffMs(waiting.attempt, 10, 500)).then(() => {
        this.queue.push(waiting);
        this.schedule();
      });
    } else waiting.reject(error);
  }
}

function keyOf({ command, hash }: Waiting): KeyToStore | undefined {
  return command.idempotencyKey === undefined
    ? undefined
    : { principalId: command.principalId, operation: command.operation, key: command.idempotencyKey, requestHash: hash, permanent: command.permanentKey ?? false };
}

