import { Worker } from 'node:worker_threads';
import { PublicError } from '../../schema/index.js';
import type { PdfJob } from './pdf-job.js';
import type { Answer, Order } from './pdf.worker.js';

interface Waiting {
  readonly resolve: (bytes: Buffer) => void;
  readonly reject: (error: Error) => void;
}

export interface PdfMakerOptions {
  /** Jobs that may wait or be worked on at once. */
  readonly maxJobs?: number;
  /** After this the thread is given up, with every job that it has. */
  readonly timeoutMs?: number;
}

/**
 * Makes PDFs in a thread of its own, one after the other: 200 pages take longer than the API may stand still (its other requests
 * waited for a second and a half). The thread is started at the first job, and again after one that broke it.
 */
export class PdfMaker {
  readonly #maxJobs: number;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #watch: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor({ maxJobs = 16, timeoutMs = 30_000 }: PdfMakerOptions = {}) {
    this.#maxJobs = maxJobs;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws PublicError UNAVAILABLE when too much is to be done already */
  make(job: PdfJob): Promise<Buffer> {
    if (this.#waiting.size >= this.#maxJobs)
      return Promise.reject(new PublicError('UNAVAILABLE', 'Too many files are being made; ask again in a few seconds.'));
    const order: Order = { id: (this.#lastId += 1), job };
    return new Promise((resolve, reject) => {
      this.#waiting.set(order.id, { resolve, reject });
      (this.#worker ??= this.#start()).postMessage(order);
      this.#arm();
    });
  }

  async stop(): Promise<void> {
    await this.#giveUp(new PublicError('UNAVAILABLE', 'The server is stopping.'));
  }

  #start(): Worker {
    const worker = startWorker();
    worker.unref();
    worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      this.#arm();
      if ('bytes' in answer) waiting?.resolve(Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.byteLength));
      else waiting?.reject(Object.assign(new Error(answer.error.message), { stack: answer.error.stack }));
    });
    const broken = (error: Error) => {
      if (this.#worker === worker) void this.#giveUp(error);
    };
    worker.on('error', broken);
    worker.on('exit', () => broken(new Error('The thread that makes PDFs has ended.')));
    return worker;
  }

  /** The watch runs from the last sign of life, while there is something to wait for. */
  #arm(): void {
    clearTimeout(this.#watch);
    if (this.#waiting.size === 0) return;
    const late = new Error(`A PDF was not made within ${this.#timeoutMs} ms.`);
    this.#watch = setTimeout(() => void this.#giveUp(late), this.#timeoutMs);
    this.#watch.unref();
  }

  async #giveUp(error: Error): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#watch);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    await worker?.terminate();
  }
}

/** Compiled in production; the sources as they are under a test. */
function startWorker(): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const file = new URL(isSource ? './pdf.worker.ts' : './pdf.worker.js', import.meta.url);
  const hooks = new URL('../../../scripts/register-ts.mjs', import.meta.url).href;
  return new Worker(file, { execArgv: isSource ? ['--import', hooks] : [] });
}
