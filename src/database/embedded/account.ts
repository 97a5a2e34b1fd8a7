import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError, messageOf } from '../../errors.js';

const run = promisify(execFile);

/** The account that PostgreSQL runs under, when that is not the one of this process. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then it gets the account `postgres`, which is made when the machine has none. */
export async function accountForPostgres(log: (message: string) => void): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await lookUp();
  if (known) return known;
  log('Running as root: making the system user "postgres", because PostgreSQL does not run as root.');
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ]);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, and the user "postgres" could not be made: ${messageOf(error)}`,
      'Start Guildhall as a normal user, or make a user named postgres first.',
    );
  }
  const made = await lookUp();
  if (!made) throw new EmbeddedPostgresError('The user "postgres" was made but cannot be looked up with `id`.');
  return made;
}

async function lookUp(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** Whether the account can pass through `path` and every folder above it. A checkout under /root is the usual case where not. */
export async function canTraverse(path: string, account: Account): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
