import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readConfig } from '../src/config.js';
import { databaseOf, openDatabase, roleOf, urlAs, withDatabase } from '../src/database/index.js';

export interface BenchDatabase {
  /** Of the login, who may do everything: to prepare, never to measure. */
  readonly url: string;
  /** For what the server keeps beside the database. */
  readonly folder: string;
  readonly name: string;
  /** A session of the login, or of the owner of the tables. */
  connect(role?: 'owner'): Promise<pg.Client>;
  dispose(): Promise<void>;
}

/** A database of this run's own: on a private PostgreSQL, or on the server of `DATABASE_URL`. Durable, as in production. */
export async function openBenchDatabase(log: (line: string) => void): Promise<BenchDatabase> {
  const { databaseUrl, production } = readConfig();
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-bench-'));
  // As root, PostgreSQL runs as another user, who has to pass through.
  await chmod(folder, 0o711);
  const database = `guildhall_bench_${randomBytes(4).toString('hex')}`;
  const config = { databaseUrl, migrationDatabaseUrl: undefined, dataDir: folder, pgPort: 0, production };
  const opened = await openDatabase({ config, log, database });
  const name = databaseOf(opened.url);
  return {
    url: opened.url,
    folder,
    name,
    connect: async (role) => {
      const client = new pg.Client({ connectionString: role ? urlAs(opened.url, roleOf(name, role)) : opened.url });
      await client.connect();
      return client;
    },
    dispose: async () => {
      if (!opened.embedded) await dropDatabase(opened.url, name);
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function dropDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(url, 'postgres') });
  await client.connect();
  try {
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    for (const role of ['app', 'engine', 'clock', 'owner'] as const) {
      await client.query(`drop role if exists ${pg.escapeIdentifier(roleOf(name, role))}`);
    }
  } finally {
    await client.end();
  }
}
