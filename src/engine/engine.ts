import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { accepted, type Chained } from './chained.js';
import { judge, refused, requestHash, type Definitions } from './judge.js';
import { landed } from './landed.js';
import { backoffMs, isRetryable, isUniqueViolation, pause } from './retry.js';
import { plainArray, textArray } from './sql/arrays.js';
import { readSql, type ReadRow } from './sql/read.js';
import { startInstance } from './start.js';
import { sendAlone } from './alone.js';
import type { EngineHandlers, EngineObserver, Outcome, SendCommand, StartCommand } from './types.js';
import { WaitingQueue, type Waiting } from './waiting.js';
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

interface Writing {
  readonly waiting: Waiting;
  readonly chained: Chained;
  readonly key: KeyToStore | undefined;
}

const MAX_ATTEMPTS = 12;
/** Fewer are not worth a batch of their own. */
const SMALL_BATCH = 8;

/**
 * The one door. What waits in this process is taken together, at most one event an instance at a time: one read, a pure
 * step each, one write, one commit. Several processes may do so over one database; the version guard decides.
 */
export class Engine {
  private readonly queue = new WaitingQueue();
  private inFlight = 0;
  private scheduled = false;
  private stopped = false;
  /** Commands that have no answer yet, those between two attempts included. */
  private open = 0;
  private idle: (() => void)[] = [];
  readonly readText: string;

  constructor(readonly options: EngineOptions) {
    this.readText = readSql(options.handlers);
  }

  /** Starts a new instance in a transaction of its own. */
  async start(command: StartCommand): Promise<Outcome> {
    this.assertOpen();
    return this.track(this.startUntilAnswered(command));
  }

  /** Sends one event. Resolves once it is committed or refused; rejects only on the unexpected. */
  send(command: SendCommand): Promise<Outcome> {
    this.assertOpen();
    const body = {
      instanceId: command.instanceId,
      event: command.event,
      expectedVersion: command.expectedVersion ?? null,
      annex: command.annex ?? null,
      ...(command.sealed && { sealed: command.sealed }),
    };
    return this.track(
      new Promise((resolve, reject) => {
        const waiting: Waiting = {
          command,
          hash: requestHash(command, body),
          tried: [],
          attempt: 0,
          settled: false,
          resolve: (outcome) => {
            waiting.settled = true;
            resolve(outcome);
          },
          reject: (error) => {
            waiting.settled = true;
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        };
        this.queue.push(waiting);
        this.schedule();
      }),
    );
  }

  /** Finishes what is under way and takes no more. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.open > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private async track<T>(work: Promise<T>): Promise<T> {
    this.open += 1;
    try {
      return await work;
    } finally {
      this.open -= 1;
      if (this.open === 0) this.idle.splice(0).forEach((done) => done());
    }
  }

  /** One id for all attempts: a twin of a start whose reply was lost meets its own rows, and they are its answer. */
  private async startUntilAnswered(command: StartCommand): Promise<Outcome> {
    const instanceId = uuidv7();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await startInstance(this, command, instanceId, attempt > 0);
      } catch (error) {
        const mayBeOurs = attempt > 0 && isUniqueViolation(error);
        if (!(isRetryable(error) || mayBeOurs) || attempt >= MAX_ATTEMPTS) throw error;
        await pause(backoffMs(attempt, 10, 1000));
      }
    }
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
      // Shared out, so that this process judges one batch while the database writes the other.
      const share = Math.ceil(this.queue.length / (batchesInFlight - this.inFlight));
      const size = Math.min(batchSize, Math.max(share, SMALL_BATCH));
      const batch = this.queue.take(size);
      if (batch.length === 0) break;
      this.inFlight += 1;
      void this.run(batch).finally(() => {
        this.inFlight -= 1;
        this.queue.release(batch);
        if (this.queue.length > 0) this.pump();
      });
    }
  }

  private async run(members: readonly Waiting[]): Promise<void> {
    const batch = members.filter(({ settled }) => !settled);
    if (batch.length === 0) return;
    try {
      await this.step(batch);
    } catch (error) {
      // One bad member must not fail the others; alone, it fails alone.
      if (batch.length > 1) await Promise.all(batch.map((waiting) => this.run([waiting])));
      else this.fail(batch[0]!, error);
    }
  }

  private async step(batch: readonly Waiting[]): Promise<void> {
    const { pool, definitions, observer } = this.options;
    const rows = await this.read(pool, batch);
    await observer.onStep?.('read');
    // After the read, not before: what lands in between then fails at the version guard and is found in the next round.
    const there = await landed(
      pool,
      batch.flatMap(({ tried }) => tried),
    );
    const writing: Writing[] = [];
    const alone: Waiting[] = [];
    for (const [index, waiting] of batch.entries()) {
      // Its event is whole only with the annex's id and hash, which belong to the transaction that keeps the annex.
      if (waiting.command.annex) {
        alone.push(waiting);
        continue;
      }
      try {
        const before = waiting.tried.find(({ headHash }) => there.has(headHash));
        const judged = before ? accepted(before) : judge(waiting.command, rows[index]!, waiting.hash, definitions);
        if ('outcome' in judged) waiting.resolve(judged);
        else if (judged.pending.length > 0) alone.push(waiting);
        else writing.push({ waiting, chained: judged, key: keyOf(waiting) });
      } catch (error) {
        waiting.reject(error);
      }
    }
    if (writing.length > 0) await this.write(writing);
    await Promise.all(
      alone.map(async (waiting) => {
        try {
          const outcome = await sendAlone(this, waiting.command, waiting.hash, keyOf(waiting), waiting.tried);
          if (outcome) waiting.resolve(outcome);
          else this.again(waiting);
        } catch (error) {
          this.fail(waiting, error);
        }
      }),
    );
  }

  private async write(writing: readonly Writing[]): Promise<void> {
    const { pool, observer, wake } = this.options;
    for (const { waiting, chained } of writing) waiting.tried.push(chained);
    let written: Set<string>;
    try {
      written = await write(pool, writing);
    } catch (error) {
      if (!isRetryable(error) && writing.length > 1) {
        await Promise.all(writing.map(({ waiting }) => this.run([waiting])));
      } else {
        observer.log.warn({ err: error, members: writing.length }, 'a write failed or its reply was lost');
        for (const { waiting } of writing) this.fail(waiting, error);
      }
      return;
    }
    await observer.onStep?.('committed');
    for (const { waiting, chained } of writing) {
      if (written.has(chained.instanceId)) {
        observer.onTransition?.(chained.definition.kind, chained.rows.at(-1)!.eventType);
        waiting.resolve(accepted(chained));
      } else {
        // The database has said that nothing of this attempt is there.
        waiting.tried.splice(waiting.tried.indexOf(chained), 1);
        this.again(waiting);
      }
    }
    if (written.size > 0) wake.announce();
  }

  private async read(pool: Pool, batch: readonly Waiting[]): Promise<ReadRow[]> {
    const commands = batch.map(({ command }) => command);
    const { rows } = await pool.query<ReadRow>({
      name: 'engine.read',
      text: this.readText,
      values: [
        plainArray(commands.map((command) => command.instanceId)),
        plainArray(commands.map((command) => command.principalId)),
        textArray(commands.map((command) => command.operation)),
        textArray(commands.map((command) => command.idempotencyKey ?? null)),
      ],
    });
    return rows;
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
      void pause(backoffMs(waiting.attempt, 10, 1000)).then(() => {
        this.queue.push(waiting);
        this.schedule();
      });
    } else waiting.reject(error);
  }
}

function keyOf({ command, hash }: Waiting): KeyToStore | undefined {
  return command.idempotencyKey === undefined
    ? undefined
    : {
        principalId: command.principalId,
        operation: command.operation,
        key: command.idempotencyKey,
        requestHash: hash,
        permanent: command.permanentKey ?? false,
      };
}
