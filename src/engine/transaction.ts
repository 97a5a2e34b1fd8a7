import type { Pool, PoolClient } from 'pg';
import type { Actor } from '../../workflows/kernel/index.js';
import type { Chained } from './chained.js';
import { applySystemEvent } from './judge.js';
import { ExpectedRefusal, type EngineHandlers, type EngineStep, type Links } from './types.js';

/** Thrown to leave a transaction without writing anything; carries the answer. */
export class Abandon<T> extends Error {
  constructor(readonly answer: T) {
    super('abandoned');
  }
}

/**
 * BEGIN … COMMIT on one connection. A connection that failed is not given back: its state is unknown. It may also break while
 * a handler waits for something else; without a listener Node would end the process for it.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => void (broken = error);
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure as Error;
    });
    if (error instanceof Abandon) return error.answer as T;
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/**
 * Runs the effects that must commit with their transition, and the transitions that their results cause, until none is
 * left. An expected refusal undoes the effect alone and becomes the event that the kind has named for it.
 */
export async function runEffects(
  client: PoolClient,
  chained: Chained,
  handlers: Pick<EngineHandlers, 'transactionEffects'>,
  links: Links,
  onStep?: (step: EngineStep) => void | Promise<void>,
): Promise<void> {
  for (let effect = chained.pending.shift(); effect; effect = chained.pending.shift()) {
    const handler = handlers.transactionEffects[effect.type];
    if (!handler) throw new Error(`Effect "${effect.type}" has no handler.`);
    const last = chained.rows.at(-1)!;
    const at = new Date(last.atMs).toISOString();
    const { actor, dueAt } = JSON.parse(last.event) as { actor: Actor; dueAt?: string };
    await client.query('savepoint effect');
    let event: Awaited<ReturnType<typeof handler>>;
    try {
      event = await handler(
        client,
        {
          instanceId: chained.instanceId,
          seq: effect.seq,
          at,
          actor,
          params: effect.params,
          ...(dueAt === undefined ? {} : { dueAt }),
        },
        links,
      );
      await client.query('release savepoint effect');
    } catch (error) {
      const refusedType = chained.definition.effects[effect.type]?.refused;
      if (!(error instanceof ExpectedRefusal) || refusedType === undefined) throw error;
      await client.query('rollback to savepoint effect');
      event = { type: refusedType, reasons: error.reasons };
    }
    await onStep?.('effect');
    if (!event) continue;
    const reasons = applySystemEvent(chained, event, at, 'effect');
    if (reasons.length > 0) {
      throw new Error(
        `Effect "${effect.type}" answered ${event.type}, which ${chained.definition.kind} does not take: ${JSON.stringify(reasons)}`,
      );
    }
  }
}
