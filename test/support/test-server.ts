import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { bootstrap, migrate, roleOf, startEmbedded, withDatabase } from '../../src/database/index.js';
import type { EmbeddedPostgres } from '../../src/database/index.js';

declare global {
  // Jest hands nothing from its setup to its teardown but the process that both run in.
  var guildhallTestServer: TestServer | undefined;
}

export interface TestServer {
  /** Of the template. */
  readonly url: string;
  /** The template's name and the prefix of its roles, which the clones keep. */
  readonly prefix: string;
  stop(): Promise<void>;
}

/** Embedded, or a server of the user's own (any of PostgreSQL 15 to 18), on which only names with this run's prefix are touched. */
export async function startTestServer(ownUrl: string | undefined): Promise<TestServer> {
  const prefix = `guildhall_test_${randomBytes(4).toString('hex')}`;
  const started = ownUrl === undefined ? await startFresh() : undefined;
  const url = started ? started.postgres.url(prefix) : withDatabase(ownUrl ?? '', prefix);
  await bootstrap({ url, production: false });
  await migrate({ url });
  return {
    url,
    prefix,
    stop: async () => {
      if (started) {
        await started.postgres.stop();
        await rm(started.folder, { recursive: true, force: true });
      } else {
        await dropEverything(url, prefix);
      }
    },
  };
}

async function startFresh(): Promise<{ postgres: EmbeddedPostgres; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-test-'));
  // As root PostgreSQL runs as another user, who has to pass through.
  await chmod(folder, 0o711);
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };
  return { folder, postgres: await startEmbedded({ dataDir: folder, port: 0, log: () => undefined, settings }) };
}

async function dropEverything(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(url, 'postgres') });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [
    prefix,
  ]);
  for (const { datname } of rows) await client.query(`drop database ${pg.escapeIdentifier(datname)} with (force)`);
  for (const role of ['app', 'engine', 'clock', 'owner'] as const) {
    await client.query(`drop role if exists ${pg.escapeIdentifier(roleOf(prefix, role))}`);
  }
  await client.end();
}
