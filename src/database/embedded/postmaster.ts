import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, EmbeddedPostgresError } from '../../errors.js';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** What `postmaster.pid` says (a line each: pid, folder, start time, port, socket folder, address, key, status). */
export async function readPostmaster(pgdata: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(pgdata, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' };
}

/** `foreign`: the id now belongs to another program. `unknown`: something runs, and we may not look at it. */
export type Liveness = 'ours' | 'foreign' | 'unknown' | 'gone';

/** A process id alone proves nothing: after a reboot, and in every new container, the ids are given out again. */
export async function livenessOf(pid: number, pgdata: string): Promise<Liveness> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM' ? 'foreign' : 'gone';
  }
  const folder = await realpath(pgdata);
  if (process.platform === 'linux') {
    try {
      // PostgreSQL's working directory is its data folder. A zombie has none left.
      return (await readlink(`/proc/${pid}/cwd`)) === folder ? 'ours' : 'foreign';
    } catch (error) {
      const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      if (/\) [ZX] /.test(state)) return 'gone';
      return codeOf(error) === 'ENOENT' && state === '' ? 'gone' : 'unknown';
    }
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  if (stdout === '') return 'gone';
  return stdout.includes(folder) || stdout.includes(pgdata) ? 'ours' : 'foreign';
}

/**
 * Clears the way for a start; call it with the folder's lock in hand. A PostgreSQL that still runs here has lost its server
 * (killed, or its watchdog with it) and may be on its way down, so it is stopped and not taken over: a start costs 30 ms.
 */
export async function clearLeftover(pgdata: string, log: (message: string) => void): Promise<void> {
  const left = await readPostmaster(pgdata);
  if (!left) return;
  const liveness = await livenessOf(left.pid, pgdata);
  if (liveness === 'ours') {
    log(`Stopping the PostgreSQL that an earlier run has left behind (process ${left.pid}).`);
    await stopProcess(left.pid, async () => (await livenessOf(left.pid, pgdata)) !== 'ours');
  } else if (liveness === 'foreign') {
    log(`Removing a stale postmaster.pid: process ${left.pid} is another program now.`);
    await rm(join(pgdata, 'postmaster.pid'), { force: true });
  }
}

const signals = [
  // Fast shutdown: sessions end, a checkpoint is written. Then at once, with recovery at the next start. Then by force.
  { signal: 'SIGINT', waitMs: 5000 },
  { signal: 'SIGQUIT', waitMs: 2000 },
  { signal: 'SIGKILL', waitMs: 2000 },
] as const;

/** Ends within 9 s: the whole server has 10 to stop. */
export async function stopProcess(pid: number, isGone: () => Promise<boolean> | boolean): Promise<void> {
  for (const { signal, waitMs } of signals) {
    if (await isGone()) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (codeOf(error) !== 'ESRCH') throw error;
    }
    for (const end = Date.now() + waitMs; Date.now() < end;) {
      if (await isGone()) return;
      await delay(20);
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL (process ${pid}) cannot be stopped.`,
    `Look at it with \`ps -p ${pid}\`, and end it by hand.`,
  );
}
