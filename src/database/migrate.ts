import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { migrations as allMigrations } from '../../migrations/index.js';
import { setupLock } from './bootstrap.js';
import { createDataSource } from './data-source.js';

export interface MigrateOptions {
  readonly url: string;
  readonly rolePrefix?: string;
  /** Default: all of `migrations/`. */
  readonly migrations?: DataSourceOptions['migrations'];
}

/**
 * Runs what has not run yet, as the owner, each migration in a transaction; returns their names. Processes that start together wait for
 * each other. The lock has a connection of its own: it must outlast every transaction, and ends with the process.
 */
export async function migrate({ url, rolePrefix, migrations = allMigrations }: MigrateOptions): Promise<string[]> {
  const lock = new pg.Client({
    connectionString: url,
    application_name: 'guildhall-migrate-lock',
    connectionTimeoutMillis: 10_000,
  });
  lock.on('error', () => undefined);
  await lock.connect();
  const dataSource = createDataSource({
    url,
    role: 'owner',
    poolSize: 2,
    migrations,
    ...(rolePrefix !== undefined && { rolePrefix }),
  });
  try {
    await lock.query('select pg_advisory_lock($1)', [setupLock]);
    await dataSource.initialize();
    return (await dataSource.runMigrations({ transaction: 'each' })).map(({ name }) => name);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await lock.end();
  }
}
