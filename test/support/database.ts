import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createDataSource, roleOf, urlAs, withDatabase } from '../../src/database/index.js';
import type { DataSourceSpec, RoleName } from '../../src/database/index.js';

export interface TestDatabase {
  readonly name: string;
  /** As the superuser: to arrange what a test needs, never to judge what a role may see. */
  readonly url: string;
  /** Pass it to everything that takes a `rolePrefix`: a clone keeps its template's roles. */
  readonly rolePrefix: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly engineUrl: string;
  readonly clockUrl: string;
  /** A pool whose sessions are the role's; ended by `dispose()`. */
  pool(role: RoleName | 'superuser', max?: number): pg.Pool;
  /** Connected; destroyed by `dispose()`. */
  dataSource(
    role: DataSourceSpec['role'],
    spec?: Pick<DataSourceSpec, 'entities' | 'poolSize'>,
  ): Promise<ReturnType<typeof createDataSource>>;
  dispose(): Promise<void>;
}

/** A database of this test file's own, cloned from the migrated template. */
export async function testDatabase(): Promise<TestDatabase> {
  const templateUrl = process.env['GUILDHALL_TEST_URL'];
  const rolePrefix = process.env['GUILDHALL_TEST_PREFIX'];
  if (templateUrl === undefined || rolePrefix === undefined)
    throw new Error('No test server: run this through Jest, whose global setup starts it.');
  const name = `${rolePrefix}_${randomBytes(4).toString('hex')}`;
  await admin(templateUrl, `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(rolePrefix)}`);
  const url = withDatabase(templateUrl, name);
  const as = (role: RoleName) => urlAs(url, roleOf(rolePrefix, role));
  const closers: (() => Promise<void>)[] = [];
  return {
    name,
    url,
    rolePrefix,
    ownerUrl: as('owner'),
    appUrl: as('app'),
    engineUrl: as('engine'),
    clockUrl: as('clock'),
    pool: (role, max = 4) => {
      const pool = new pg.Pool({ connectionString: role === 'superuser' ? url : as(role), max });
      // `dispose()` ends sessions that a killed process has left; a pool that hears of it must not end the test run.
      pool.on('error', () => undefined);
      closers.push(() => pool.end());
      return pool;
    },
    dataSource: async (role, spec = {}) => {
      const dataSource = createDataSource({ url, rolePrefix, role, ...spec });
      await dataSource.initialize();
      closers.push(async () => {
        if (dataSource.isInitialized) await dataSource.destroy();
      });
      return dataSource;
    },
    dispose: async () => {
      await Promise.all(closers.splice(0).map((close) => close()));
      await admin(templateUrl, `drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    },
  };
}

async function admin(templateUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(templateUrl, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
