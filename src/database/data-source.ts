import pg from 'pg';
import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import { databaseOf, roleOf, sessionOptions, type RoleName } from './roles.js';

export interface DataSourceSpec {
  readonly url: string;
  readonly role: Exclude<RoleName, 'clock'>;
  /** Connections; 8 to 16 was best on two cores, 32 cost up to 45 %. */
  readonly poolSize?: number;
  /** Default: the database's name. A clone of a template passes the template's; see `roleOf`. */
  readonly rolePrefix?: string;
  readonly entities?: DataSourceOptions['entities'];
  readonly migrations?: DataSourceOptions['migrations'];
  /** A statement that runs longer is ended by the server. Default: 30 s for those who serve, none for the owner. */
  readonly statementTimeoutMs?: number;
  /** How much longer than the statement may take its answer is waited for. */
  readonly answerGraceMs?: number;
  /** An idle connection of the pool broke; the pool replaces it. */
  readonly onPoolError?: (error: Error) => void;
}

const connectTimeoutMs = 10_000;
/**
 * The engine's statements join a handful of array members to large tables, and their plans are kept. Planned while the
 * tables are still empty they would scan them for good; by index they are right at any size.
 */
const enginePlans = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // Left to itself PostgreSQL plans a small batch anew each time, because it guesses ten members where there is one: the read of
  // one command then took 1.5 ms instead of 0.7.
  plan_cache_mode: 'force_generic_plan',
};
/** Open transactions stall the followers of the log and the vacuum: none may be forgotten. */
const idleInTransactionMs = 15_000;

/**
 * A server that is there ends a statement in time. When not even that is heard, the network has swallowed it: TCP would go on sending for a
 * quarter of an hour, and whoever waits (the tail, a worker, a batch of commands) would stand still for as long.
 */
const answerGraceDefaultMs = 5_000;

/**
 * A TypeORM data source, not yet connected, whose sessions all start as the role. `pipeline`: statements that are issued
 * together (DataLoaders on the one connection of an operation) share a round trip.
 */
export function createDataSource(spec: DataSourceSpec): DataSource {
  const serves = spec.role !== 'owner';
  const statementTimeoutMs = spec.statementTimeoutMs ?? (serves ? 30_000 : 0);
  return new DataSource({
    type: 'postgres',
    driver: pg,
    url: spec.url,
    schema: 'guildhall',
    applicationName: `guildhall-${spec.role}`,
    connectTimeoutMS: connectTimeoutMs,
    poolSize: spec.poolSize ?? 8,
    installExtensions: false,
    synchronize: false,
    logging: false,
    migrationsTableName: 'migration',
    ...(spec.entities && { entities: spec.entities }),
    ...(spec.migrations && { migrations: spec.migrations }),
    poolErrorHandler: (error: Error) => spec.onPoolError?.(error),
    extra: {
      pipeline: serves,
      ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + (spec.answerGraceMs ?? answerGraceDefaultMs) }),
      options: sessionOptions({
        role: roleOf(spec.rolePrefix ?? databaseOf(spec.url), spec.role),
        TimeZone: 'UTC',
        jit: 'off',
        ...(spec.role === 'engine' && enginePlans),
        ...(statementTimeoutMs > 0 && { statement_timeout: String(statementTimeoutMs) }),
        ...(serves && { idle_in_transaction_session_timeout: String(idleInTransactionMs) }),
      }),
    },
  });
}

/** The pg pool under a connected data source: for named statements, which TypeORM cannot send. */
export function poolOf(dataSource: DataSource): pg.Pool {
  const pool: unknown = 'master' in dataSource.driver ? dataSource.driver.master : undefined;
  if (!(pool instanceof pg.Pool)) throw new Error('The data source is not connected: call initialize() first.');
  return pool;
}
