import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../../errors.js';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';
import { cannotRun, programEnvironment, type ClusterFolder } from './cluster.js';
import { readPostmaster } from './postmaster.js';
import type { Watchdog } from './watchdog.js';

export interface Launch {
  readonly cluster: ClusterFolder;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly watchdog: Watchdog;
  readonly preferredPort: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (message: string) => void;
}

export interface Running {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly port: number;
}

const maxLogBytes = 10_000_000;
const staleLockMs = 10_000;
const recoveryMs = 120_000;

/**
 * Starts PostgreSQL and waits until it takes connections. For 10 s it retries what passes by itself: the lock or the shared memory
 * of one that was killed, whose last processes are still on their way out, and a port that someone took after we had looked.
 */
export async function launch(options: Launch): Promise<Running> {
  let preferred = options.preferredPort;
  const deadline = Date.now() + staleLockMs;
  for (;;) {
    const port = await freePort(preferred);
    if (port !== preferred && preferred !== 0) options.log(`Port ${preferred} is taken: the embedded PostgreSQL uses ${port}.`);
    const attempt = await attemptOn(port, options);
    if ('running' in attempt) return attempt.running;
    const portWasTaken = /could not bind|could not create any TCP/.test(attempt.output);
    if (portWasTaken) preferred = 0;
    else if (!/postmaster\.pid|shared memory block/.test(attempt.output) || Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        `The embedded PostgreSQL did not start:\n${attempt.output.trim() || '(it wrote nothing)'}`,
        `Its log is ${options.cluster.logFile}.`,
      );
    }
    await delay(200);
  }
}

async function attemptOn(port: number, options: Launch): Promise<{ running: Running } | { output: string }> {
  const { cluster, binaries, account } = options;
  const logged = await stat(cluster.logFile).catch(() => undefined);
  if (logged && logged.size > maxLogBytes) await rename(cluster.logFile, `${cluster.logFile}.1`);
  const log = await open(cluster.logFile, 'a+', 0o600);
  try {
    const from = (await log.stat()).size;
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      // Loopback with a password needs no socket file, whose path may be at most 107 bytes long and whose folder writable.
      unix_socket_directories: '',
      timezone: 'UTC',
      log_timezone: 'UTC',
      ...options.settings,
    };
    const args = ['-D', cluster.pgdata, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    // Its output goes to a file: a pipe would break with the server, and PostgreSQL must outlive it to be stopped in order.
    const child = spawn(binaries.postgres, args, {
      detached: true,
      cwd: cluster.folder,
      env: programEnvironment,
      stdio: ['ignore', log.fd, log.fd],
      ...account,
    });
    if (child.pid !== undefined) options.watchdog.guard(child.pid);
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    child.unref();
    const end = Date.now() + recoveryMs;
    while (Date.now() < end) {
      if (failure) throw cannotRun(binaries.postgres, failure);
      if (child.exitCode !== null || child.signalCode !== null) {
        const { buffer, bytesRead } = await log.read(Buffer.alloc(8192), 0, 8192, from);
        return { output: buffer.toString('utf8', 0, bytesRead) };
      }
      const postmaster = await readPostmaster(cluster.pgdata);
      if (postmaster?.pid === child.pid && postmaster?.ready && child.pid !== undefined) {
        return { running: { process: child, pid: child.pid, port } };
      }
      await delay(10);
    }
    child.kill('SIGQUIT');
    return { output: `It was not ready after ${recoveryMs / 1000} s.` };
  } finally {
    await log.close();
  }
}

/** The wanted port when nobody has it, else one that the system chooses. */
async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
