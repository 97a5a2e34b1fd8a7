import type { ExecutionResult } from 'graphql';
import { PublicError } from '../schema/index.js';

export type EventStream = AsyncGenerator<ExecutionResult, void, void>;

export interface EventStreamOptions {
  readonly source: AsyncIterable<unknown>;
  readonly signal: AbortSignal;
  readonly execute: (event: unknown) => Promise<ExecutionResult>;
  readonly failed: (error: unknown) => ExecutionResult;
  /** Called once, however the stream ends. */
  readonly ended: () => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Results pulled one by one: the next event is asked for only when the last result was taken, so a stalled client costs
 * nothing. Not an async generator: `return()` of one waits for its pending `next()`, and nobody knows when the next event comes.
 */
export const eventStream = ({ source, signal, execute, failed, ended }: EventStreamOptions): EventStream => {
  const events = source[Symbol.asyncIterator]();
  let open = true;
  let farewell: ExecutionResult | undefined;

  const end = (): void => {
    if (!open) return;
    open = false;
    signal.removeEventListener('abort', abort);
    ended();
    // Not awaited: a source that is waiting inside ends when it looks at its signal, which `ended` has aborted.
    events.return?.()?.catch(() => undefined);
  };
  let interrupt = (): void => undefined;
  const abort = (): void => {
    if (signal.reason instanceof PublicError) farewell = { errors: [signal.reason] };
    end();
    interrupt();
  };

  const pull = async (): Promise<IteratorResult<ExecutionResult, void>> => {
    const interrupted = new Promise<IteratorResult<unknown>>((resolve) => {
      interrupt = () => resolve(DONE);
    });
    const step = await Promise.race([events.next(), interrupted]);
    if (step.done) {
      end();
      return sayFarewell();
    }
    return { done: false, value: await execute(step.value) };
  };
  const sayFarewell = (): IteratorResult<ExecutionResult, void> => {
    const value = farewell;
    farewell = undefined;
    return value ? { done: false, value } : DONE;
  };

  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return {
    async next() {
      if (!open) return sayFarewell();
      try {
        return await pull();
      } catch (error) {
        end();
        return { done: false, value: failed(error) };
      }
    },
    async return() {
      end();
      interrupt();
      return DONE;
    },
    async throw() {
      end();
      interrupt();
      return DONE;
    },
    async [Symbol.asyncDispose]() {
      end();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
