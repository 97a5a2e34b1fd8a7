import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { BulkSignal, BulkWorker, createBulk, type BulkStep, type BulkTypes, type NewBulk } from '../../src/bulk/index.js';
import { toyEngine, USER, type ToyEngine, type ToyEngineOptions } from './engine.js';
import { toyInput } from './toy-kind.js';

/** What can be done to toys in bulk. `START` makes a toy whose limit tells its target, so that a test can find it again. */
export const toyBulkTypes: BulkTypes = {
  STEP: ({ targetId }) => ({ send: { instanceId: targetId, event: { type: 'STEP' } } }),
  START: ({ n }, { params }) => ({ start: { kind: 'TOY', input: { ...toyInput, ...params, limit: n } } }),
};

export interface ToyBulk extends ToyEngine {
  readonly bulk: BulkWorker;
  readonly signal: BulkSignal;
}

export interface ToyBulkOptions extends ToyEngineOptions {
  readonly types?: BulkTypes;
  readonly onBulkStep?: (step: BulkStep) => void | Promise<void>;
}

/** A toy engine and a bulk worker over it, wired as the composition root wires them. */
export async function toyBulk({ types = toyBulkTypes, onBulkStep, ...options }: ToyBulkOptions): Promise<ToyBulk> {
  const toy = await toyEngine(options);
  const signal = new BulkSignal();
  const log = {
    warn: (fields: Readonly<Record<string, unknown>>, message: string) => void toy.logged.push({ message, fields }),
    error: (fields: Readonly<Record<string, unknown>>, message: string) => void toy.logged.push({ message, fields }),
  };
  const bulk = new BulkWorker({
    pool: toy.pool,
    engine: toy.engine,
    types,
    signal,
    log,
    pollMs: 50,
    ...(onBulkStep && { onStep: onBulkStep }),
  });
  return {
    ...toy,
    bulk,
    signal,
    stop: async () => {
      await bulk.stop();
      await toy.stop();
    },
  };
}

/** The toy's user as a principal: operations are somebody's. */
export async function prepareBulk(admin: pg.Pool): Promise<void> {
  await admin.query(
    `insert into guildhall.principal (id, issuer, subject, display_name) values ($1, 'toy', 'user', 'The user')`,
    [USER],
  );
}

/** Commits an operation of the toy's user; gives its id. */
export async function begun(pool: pg.Pool, bulk: Pick<NewBulk, 'type' | 'targets' | 'params'>): Promise<string> {
  const created = await createBulk(pool, { reasonCode: 'TEST', createdBy: USER, ...bulk });
  if (created.outcome === 'keyReused') throw new Error('The key was used.');
  return created.id;
}

export const someIds = (count: number): string[] => Array.from({ length: count }, () => uuidv7());

export interface Progress {
  readonly status: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly finished: boolean;
}

/** The operation's counters, after they were compared with what its items say. */
export async function progressOf(admin: pg.Pool, id: string): Promise<Progress> {
  const { rows } = await admin.query<Progress & { counted: Record<string, number> }>(
    `select o.status, o.total, o.done, o.failed, o.cancelled, o.finished_at is not null as finished,
       (select jsonb_object_agg(status, n) from (select status, count(*) as n from guildhall.bulk_item where operation_id = o.id group by 1) c) as counted
     from guildhall.bulk_operation o where o.id = $1`,
    [id],
  );
  const { counted, ...progress } = rows[0]!;
  const of = (status: string) => counted?.[status] ?? 0;
  const { done, failed, cancelled, total } = progress;
  if (
    of('done') !== done ||
    of('failed') !== failed ||
    of('cancelled') !== cancelled ||
    total - done - failed - cancelled !== of('pending')
  )
    throw new Error(`The counters lie: ${JSON.stringify({ progress, counted })}`);
  return progress;
}

/** The leases of the dead run out. */
export async function endLeases(admin: pg.Pool): Promise<void> {
  await admin.query(`update guildhall.bulk_item set next_attempt_at = clock_timestamp() where status = 'pending'`);
}
