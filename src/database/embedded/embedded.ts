import { DataFolderInUseError } from '../../errors.js';
import { accountForPostgres } from './account.js';
import { findBinaries } from './binaries.js';
import { clusterFolder, ensureCluster, readPassword, superuser, type ClusterFolder } from './cluster.js';
import { launch } from './launch.js';
import { lockFolder } from './lock.js';
import { clearLeftover, livenessOf, readPostmaster, stopProcess } from './postmaster.js';
import { Watchdog } from './watchdog.js';

export interface EmbeddedOptions {
  /** The data folder of the whole server; PostgreSQL gets a folder in it. */
  readonly dataDir: string;
  /** Tried first; another one is taken when it is in use. 0: any. */
  readonly port: number;
  /** Nothing here prints: what a person should know goes through this. */
  readonly log: (message: string) => void;
  /** PostgreSQL ended without `stop()`. The server should end too: its next start recovers. */
  readonly onUnexpectedExit?: (message: string) => void;
  /** Server settings on top of the defaults, as for `postgres -c`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  readonly folder: string;
  readonly port: number;
  readonly pid: number;
  /** False when another process has started it: then `stop()` leaves it running. */
  readonly owned: boolean;
  readonly watchdogPid: number | undefined;
  /** For the superuser, who makes roles and databases; what serves takes a role of its own (see `createDataSource`). */
  url(database: string): string;
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that comes with Guildhall. Throws a DataFolderInUseError when another process serves from this
 * folder, and an EmbeddedPostgresError that says what to do for everything else that is in the way.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const account = await accountForPostgres(log);
  const cluster = await clusterFolder(options.dataDir, account, log);
  const lock = await lockFolder(cluster.folder);
  let watchdog: Watchdog | undefined;
  try {
    const settings = options.settings ?? {};
    const binaries = await findBinaries(account, log);
    const made = await ensureCluster(cluster, binaries, account, { durable: settings['fsync'] !== 'off' });
    if (made) log(`Made a new database cluster in ${cluster.folder}.`);
    else await clearLeftover(cluster.pgdata, log);
    const password = await readPassword(cluster);
    const guard = (watchdog = new Watchdog(cluster.pgdata, log));
    const {
      process: child,
      pid,
      port,
    } = await launch({ cluster, binaries, account, watchdog: guard, preferredPort: options.port, settings, log });
    let stopping: Promise<void> | undefined;
    child.once('exit', (code, signal) => {
      if (stopping) return;
      options.onUnexpectedExit?.(
        `The embedded PostgreSQL ended unexpectedly (${signal ?? `code ${String(code)}`}); its log is ${cluster.logFile}.`,
      );
    });
    const stop = async () => {
      await stopProcess(pid, () => child.exitCode !== null || child.signalCode !== null);
      await guard.end();
      await lock.release();
    };
    return {
      folder: cluster.folder,
      port,
      pid,
      owned: true,
      get watchdogPid() {
        return guard.pid;
      },
      url: (database) => connectionUrl(password, port, database),
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    await watchdog?.end();
    await lock.release();
    throw error;
  }
}

/** For a command beside the server (a replay, a bench): uses the PostgreSQL that already runs on this folder, else starts it. */
export async function startOrJoinEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  try {
    return await startEmbedded(options);
  } catch (error) {
    if (!(error instanceof DataFolderInUseError)) throw error;
    const silent = () => undefined;
    const joined = await join(await clusterFolder(options.dataDir, await accountForPostgres(silent), silent));
    if (!joined) throw error;
    return joined;
  }
}

async function join(cluster: ClusterFolder): Promise<EmbeddedPostgres | undefined> {
  const postmaster = await readPostmaster(cluster.pgdata);
  if (!postmaster?.ready || (await livenessOf(postmaster.pid, cluster.pgdata)) !== 'ours') return undefined;
  const { pid, port } = postmaster;
  const password = await readPassword(cluster);
  return {
    folder: cluster.folder,
    port,
    pid,
    owned: false,
    watchdogPid: undefined,
    url: (database) => connectionUrl(password, port, database),
    stop: () => Promise.resolve(),
  };
}

function connectionUrl(password: string, port: number, database: string): string {
  return `postgres://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}
