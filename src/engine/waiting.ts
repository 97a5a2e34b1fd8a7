import type { Chained } from './chained.js';
import type { Outcome, SendCommand } from './types.js';

/** A command that has no answer yet. */
export interface Waiting {
  readonly command: SendCommand;
  readonly hash: string;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
  /** What was sent to the database without a sure answer: before the command is judged again, these are looked for. */
  readonly tried: Chained[];
  attempt: number;
  /** Answered: a batch that is tried again must not carry it out after all. */
  settled: boolean;
}

/** The commands of this process in the order in which they came, at most one of an instance under way at a time. */
export class WaitingQueue {
  private readonly items: Waiting[] = [];
  private readonly busy = new Set<string>();

  get length(): number {
    return this.items.length;
  }

  push(waiting: Waiting): void {
    this.items.push(waiting);
  }

  /** Up to `size` commands whose instances are free; these are busy until the batch is released. */
  take(size: number): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    for (const waiting of this.items) {
      const id = waiting.command.instanceId;
      if (batch.length < size && !this.busy.has(id)) {
        this.busy.add(id);
        batch.push(waiting);
      } else left.push(waiting);
    }
    this.items.splice(0, this.items.length, ...left);
    return batch;
  }

  release(batch: readonly Waiting[]): void {
    for (const { command } of batch) this.busy.delete(command.instanceId);
  }
}
