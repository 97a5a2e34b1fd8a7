import type { Config } from '../config.js';
import { bootstrap } from './bootstrap.js';
import { startEmbedded, startOrJoinEmbedded, type EmbeddedPostgres } from './embedded/index.js';
import { migrate } from './migrate.js';
import { withDatabase } from './roles.js';

export interface OpenOptions {
  readonly config: Pick<Config, 'databaseUrl' | 'migrationDatabaseUrl' | 'dataDir' | 'pgPort' | 'production'>;
  readonly log: (message: string) => void;
  /** Another database than the configured one: the replay's, beside the server's. */
  readonly database?: string;
  /** For commands beside a running server: use its embedded PostgreSQL instead of refusing. */
  readonly join?: boolean;
  readonly onUnexpectedExit?: (message: string) => void;
}

export interface OpenedDatabase {
  /** For `createDataSource`. */
  readonly url: string;
  readonly embedded: EmbeddedPostgres | undefined;
  /** Names of the migrations that this start has run; on a new database, all of them. */
  readonly migrated: readonly string[];
  /** Call it last, after the pools have ended. */
  close(): Promise<void>;
}

/** From a configuration to a database that is there, has its roles, and is migrated. */
export async function openDatabase(options: OpenOptions): Promise<OpenedDatabase> {
  const { config, log, database } = options;
  const { production } = config;
  if (config.databaseUrl !== undefined) {
    const named = (url: string) => (database === undefined ? url : withDatabase(url, database));
    const servingUrl = named(config.databaseUrl);
    const url = named(config.migrationDatabaseUrl ?? config.databaseUrl);
    await bootstrap({ url, servingUrl, production });
    return { url: servingUrl, embedded: undefined, migrated: await migrate({ url }), close: () => Promise.resolve() };
  }
  const start = options.join ? startOrJoinEmbedded : startEmbedded;
  const { onUnexpectedExit } = options;
  const embedded = await start({
    dataDir: config.dataDir,
    port: config.pgPort,
    log,
    ...(onUnexpectedExit && { onUnexpectedExit }),
  });
  try {
    const url = embedded.url(database ?? 'guildhall');
    await bootstrap({ url, production });
    return { url, embedded, migrated: await migrate({ url }), close: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}
