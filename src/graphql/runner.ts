import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { createSourceEventStream, execute, GraphQLError } from 'graphql';
import type { ViewerTransactions } from '../identity/index.js';
import type { Caller } from './context.js';
import { OperationContext } from './context.js';
import type { EventStream } from './event-stream.js';
import { eventStream } from './event-stream.js';
import type { Admitted } from './guard.js';
import { internalError, maskResult } from './masking.js';
import type { ApiMetrics } from './metrics.js';

/** Executes admitted operations, the same way for every transport: a context of its own, masked errors, a measurement. */
export class OperationRunner<Tx> {
  /** Executions under way, so that a stop can wait for those that no HTTP server knows of. */
  readonly #running = new Set<Promise<unknown>>();

  constructor(
    readonly schema: GraphQLSchema,
    readonly viewers: ViewerTransactions<Tx>,
    readonly metrics: ApiMetrics,
  ) {}

  execute(admitted: Admitted, caller: Caller, signal: AbortSignal, rootValue?: unknown): Promise<ExecutionResult> {
    const running = this.#execute(admitted, caller, signal, rootValue).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  /**
   * A stream of results, one context for each, or a result that holds the errors with which the source refused to begin.
   * The stream ends early when `signal` is aborted; a `PublicError` as its reason is told to the client.
   */
  async subscribe(admitted: Admitted, caller: Caller, signal: AbortSignal): Promise<EventStream | ExecutionResult> {
    const leaving = new AbortController();
    const context = new OperationContext(caller, this.viewers, leaving.signal);
    const source = await this.#source(admitted, context);
    await context.endSnapshot();
    if (!(Symbol.asyncIterator in source)) {
      await context.end();
      return maskResult(source, caller.log);
    }
    const closed = this.metrics.subscriptionOpened(caller);
    return eventStream({
      source,
      signal,
      execute: (event) => this.execute(admitted, caller, leaving.signal, event),
      // A source throws bare errors: those that are meant for the client reach it, the rest is masked like anywhere else.
      failed: (error) => maskResult({ errors: [asGraphQLError(error)] }, caller.log),
      ended: () => {
        leaving.abort();
        closed();
        context.end().catch((error: unknown) => caller.log.error({ err: error }, 'a subscription did not end cleanly'));
      },
    });
  }

  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #execute(admitted: Admitted, caller: Caller, signal: AbortSignal, rootValue: unknown): Promise<ExecutionResult> {
    const started = performance.now();
    const context = new OperationContext(caller, this.viewers, signal);
    let result: ExecutionResult;
    try {
      result = maskResult(await execute({ ...this.#arguments(admitted), contextValue: context, rootValue }), caller.log);
    } catch (error) {
      result = { errors: [internalError(error, caller.log, undefined)] };
    } finally {
      await context.end();
    }
    const internal = result.errors?.some((error) => error.extensions['code'] === 'INTERNAL');
    const outcome = internal ? 'internal' : result.errors ? 'errors' : 'ok';
    this.metrics.observeOperation(caller, admitted, outcome, (performance.now() - started) / 1_000);
    return result;
  }

  async #source(admitted: Admitted, context: OperationContext<Tx>): Promise<AsyncIterable<unknown> | ExecutionResult> {
    try {
      return await createSourceEventStream({ ...this.#arguments(admitted), contextValue: context });
    } catch (error) {
      return { errors: [asGraphQLError(error)] };
    }
  }

  #arguments({ document, operationName, variables }: Admitted) {
    return { schema: this.schema, document, operationName, variableValues: variables };
  }
}

const asGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError('A subscription ended.', { originalError: error instanceof Error ? error : new Error(String(error)) });
