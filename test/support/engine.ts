import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ClockControl, createDataSource, poolOf } from '../../src/database/index.js';
import type { EngineHandlers, EngineLog, EngineStep, Outcome } from '../../src/engine/index.js';
import { Engine, EngineWorkers, ExpectedRefusal, LogTail, Wake } from '../../src/engine/index.js';
import type { WorkflowDefinition } from '../../workflows/kernel/index.js';
import type { TestDatabase } from './database.js';
import { toyInput, toyKind } from './toy-kind.js';

/** May do everything that the toy kind offers to a person. */
export const USER = '11111111-1111-4111-8111-111111111111';
/** A second one with the same authority. */
export const OTHER_USER = '22222222-2222-4222-8222-222222222222';
/** Somebody with no authority at all. */
export const STRANGER = '33333333-3333-4333-8333-333333333333';

/** The count on which the record effect meets a refusal that the kind knows, and the one on which it simply breaks. */
export const UNLUCKY_COUNT = 13;
export const BROKEN_COUNT = 666;

/** What the toy's handlers write to, and who may act: data, so that every process over the database sees the same. */
export async function prepareToy(db: TestDatabase): Promise<void> {
  const engine = `"${db.rolePrefix}_engine"`;
  await db.pool('superuser', 1).query(`
    create schema toy;
    create table toy.authority (principal_id uuid, authority text);
    create table toy.record (id uuid primary key, instance_id uuid not null, count integer not null, at text not null, due_at text);
    create table toy.told (delivery_id uuid not null, instance_id uuid not null, count integer not null);
    insert into toy.authority values ('${USER}', 'USER'), ('${OTHER_USER}', 'USER');
    grant usage on schema toy to ${engine};
    grant select, insert, update, delete on all tables in schema toy to ${engine};`);
}

/** `outside` stands for the world that a delivery goes to: what is written there is not undone by a rollback. */
export function toyHandlers(outside: pg.Pool, onTold?: () => void | Promise<void>): EngineHandlers {
  return {
    openers: {
      TOY: async (_tx, { input }) =>
        (input as { refuse?: boolean }).refuse === true
          ? { ok: false, code: 'NOT_ELIGIBLE', reasons: [{ code: 'NOT_ELIGIBLE', message: 'The test wants it so.' }] }
          : { ok: true, input: input as object, authority: 'USER' },
    },
    transactionEffects: {
      record: async (tx, { instanceId, params, at, dueAt }) => {
        const { count } = params as { count: number };
        const recordId = randomUUID();
        await tx.query('insert into toy.record values ($1, $2, $3, $4, $5)', [recordId, instanceId, count, at, dueAt ?? null]);
        if (count === UNLUCKY_COUNT) throw new ExpectedRefusal([{ code: 'UNLUCKY', message: 'Thirteen is not recorded.' }]);
        if (count === BROKEN_COUNT) throw new Error('The record broke.');
        return { type: 'RECORDED', recordId };
      },
    },
    deliveries: {
      tell: async ({ id, instanceId, params }) => {
        await outside.query('insert into toy.told values ($1, $2, $3)', [id, instanceId, (params as { count: number }).count]);
        await onTold?.();
      },
    },
    authoritySql: '(select array_agg(a.authority) from toy.authority a where a.principal_id = q.principal_id)',
    topicsSql: `array['all', 'toy:' || h.instance_id::text]`,
  };
}

export interface ToyEngineOptions {
  readonly url: string;
  readonly rolePrefix: string;
  readonly registry?: readonly WorkflowDefinition[];
  readonly handlers?: Partial<EngineHandlers>;
  readonly onStep?: (step: EngineStep) => void | Promise<void>;
  readonly onTold?: () => void | Promise<void>;
  /** Stages a race: the engine under test uses what this makes of its pool. */
  readonly wrapPool?: (pool: pg.Pool) => pg.Pool;
  readonly tailPollMs?: number;
  readonly batchesInFlight?: number;
}

export interface ToyEngine {
  readonly engine: Engine;
  readonly workers: EngineWorkers;
  readonly tail: LogTail;
  readonly wake: Wake;
  readonly pool: pg.Pool;
  /** What the engine has logged, warnings and errors. */
  readonly logged: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
  start(
    input?: object,
    more?: { readonly idempotencyKey?: string; readonly principalId?: string; readonly operation?: string },
  ): Promise<Outcome>;
  /** Starts one and gives its id. */
  started(input?: object): Promise<string>;
  send(instanceId: string, type: string, more?: SendMore): Promise<Outcome>;
  stop(): Promise<void>;
}

export interface SendMore {
  readonly payload?: object;
  readonly principalId?: string;
  readonly operation?: string;
  readonly idempotencyKey?: string;
  readonly expectedVersion?: number;
}

/** An engine over the toy kind, wired as the composition root wires it. Workers and tail are not started. */
export async function toyEngine(options: ToyEngineOptions): Promise<ToyEngine> {
  const { url, rolePrefix, registry = [toyKind] } = options;
  const source = createDataSource({ url, rolePrefix, role: 'engine', poolSize: 6, onPoolError: () => undefined });
  await source.initialize();
  const plain = poolOf(source);
  const pool = options.wrapPool?.(plain) ?? plain;
  const logged: ToyEngine['logged'] = [];
  const log: EngineLog = {
    warn: (fields, message) => void logged.push({ message, fields }),
    error: (fields, message) => void logged.push({ message, fields }),
  };
  const wake = new Wake(plain, log);
  const engine = new Engine({
    pool,
    wake,
    handlers: { ...toyHandlers(plain, options.onTold), ...options.handlers },
    definitions: (kind, version) => registry.find((candidate) => candidate.kind === kind && candidate.version === version),
    currentVersion: (kind) => registry.find((candidate) => candidate.kind === kind)?.version,
    observer: { log, ...(options.onStep && { onStep: options.onStep }) },
    ...(options.batchesInFlight !== undefined && { batchesInFlight: options.batchesInFlight }),
  });
  const workers = new EngineWorkers(engine, 50);
  const tail = new LogTail(plain, engine.options.handlers, wake, log, options.tailPollMs ?? 1000);
  const start: ToyEngine['start'] = (input = toyInput, { principalId = USER, operation = 'startToy', idempotencyKey } = {}) =>
    engine.start({ kind: 'TOY', input, principalId, operation, idempotencyKey });
  return {
    engine,
    workers,
    tail,
    wake,
    pool: plain,
    logged,
    start,
    started: async (input) => idOf(await start(input)),
    send: (instanceId, type, { payload = {}, principalId = USER, operation = 'sendToy', idempotencyKey, expectedVersion } = {}) =>
      engine.send({ instanceId, event: { ...payload, type }, principalId, operation, idempotencyKey, expectedVersion }),
    stop: async () => {
      await workers.stop();
      await engine.stop();
      await tail.stop();
      if (source.isInitialized) await source.destroy();
    },
  };
}

export function idOf(outcome: Outcome): string {
  if (outcome.outcome !== 'accepted') throw new Error(`Not accepted: ${JSON.stringify(outcome)}`);
  return outcome.instanceId;
}

export function clockOf(db: TestDatabase): ClockControl {
  return new ClockControl({ url: db.url, rolePrefix: db.rolePrefix, production: false });
}

/** A promise that is kept from outside: tests stage an order instead of sleeping. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

/** Asks again and again until the answer is yes: for what another process or another session has to come to. */
export async function until(condition: () => Promise<boolean>, whatFor: string, timeoutMs = 8000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Never came: ${whatFor}`);
    // A condition that asks nobody outside would otherwise keep the event loop to itself.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** How many sessions of this database wait for a lock of another. */
export async function waiters(admin: pg.Pool): Promise<number> {
  const { rows } = await admin.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
  );
  return rows[0]!.n;
}

/** Holds instances as another writer would, while `during` runs; what waited behind goes on when it ends. */
export async function holding<T>(admin: pg.Pool, ids: readonly string[], during: () => Promise<T>): Promise<T> {
  const holder = await admin.connect();
  try {
    await holder.query('begin');
    await holder.query('select from guildhall.instance where id = any ($1) for update', [ids]);
    return await during();
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}
