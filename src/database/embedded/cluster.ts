import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createHash } from 'node:crypto';
import { codeOf, EmbeddedPostgresError, messageOf } from '../../errors.js';
import { canTraverse, type Account } from './account.js';
import { systemFolder, type Binaries } from './binaries.js';

/** Everything that the embedded PostgreSQL keeps, in one folder. */
export interface ClusterFolder {
  readonly folder: string;
  readonly pgdata: string;
  readonly passwordFile: string;
  readonly logFile: string;
}

export const superuser = 'postgres';

/** `<dataDir>/postgres`; for root a folder under /var/lib/guildhall, when the user `postgres` cannot reach that one. */
export async function clusterFolder(
  dataDir: string,
  account: Account | undefined,
  log: (message: string) => void,
): Promise<ClusterFolder> {
  const wanted = resolve(dataDir);
  await mkdir(wanted, { recursive: true, mode: account ? 0o711 : 0o700 });
  let folder = join(wanted, 'postgres');
  if (account && !(await canTraverse(wanted, account))) {
    // The hash keeps the data of two checkouts apart.
    folder = join(systemFolder, `data-${createHash('sha256').update(wanted).digest('hex').slice(0, 8)}`);
    log(`The user "postgres" cannot reach ${wanted}: the database is kept in ${folder}.`);
    await mkdir(systemFolder, { recursive: true, mode: 0o755 });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (account) await chown(folder, account.uid, account.gid);
  return { folder, pgdata: join(folder, 'data'), passwordFile: join(folder, 'password'), logFile: join(folder, 'postgres.log') };
}

/** Makes the cluster at the first start; call it with the folder's lock in hand. Returns whether it was made. */
export async function ensureCluster(
  cluster: ClusterFolder,
  binaries: Binaries,
  account: Account | undefined,
  options: { readonly durable: boolean },
): Promise<boolean> {
  const version = await readFile(join(cluster.pgdata, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined) {
    if (version.trim() === binaries.major) return false;
    throw new EmbeddedPostgresError(
      `The data in ${cluster.pgdata} was written by PostgreSQL ${version.trim()}; this Guildhall carries ${binaries.major}.`,
      'Dump it with the Guildhall that wrote it and restore it here, or start with another folder: DATA_DIR=<folder>.',
    );
  }
  for (const name of await readdir(cluster.folder)) {
    if (name.startsWith('data.new-')) await rm(join(cluster.folder, name), { recursive: true, force: true });
  }
  const staging = join(cluster.folder, `data.new-${randomBytes(4).toString('hex')}`);
  await writeFile(cluster.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (account) await chown(cluster.passwordFile, account.uid, account.gid);
  try {
    await promisify(execFile)(
      binaries.initdb,
      [
        ...[
          '--pgdata',
          staging,
          '--username',
          superuser,
          '--pwfile',
          cluster.passwordFile,
          '--auth',
          'scram-sha-256',
          '--encoding',
          'UTF8',
        ],
        // PostgreSQL's own C.UTF-8: the same order on every machine, whatever its C library.
        ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C', '--no-instructions'],
        ...(options.durable ? [] : ['--no-sync']),
      ],
      { cwd: cluster.folder, env: programEnvironment, ...account },
    );
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw cannotRun(binaries.initdb, error);
  }
  // The rename makes the cluster: a kill during initdb leaves a folder that the next start throws away.
  await rename(staging, cluster.pgdata);
  return true;
}

/** Nothing of ours: PGPORT, PGOPTIONS or a foreign locale would change what PostgreSQL does. */
export const programEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const;

export function cannotRun(program: string, error: unknown): EmbeddedPostgresError {
  const hint = codeOf(error) === 'ENOENT' ? 'The file is missing, or this Linux has another C library than glibc (Alpine). ' : '';
  return new EmbeddedPostgresError(
    `${program} failed: ${messageOf(error)}`,
    `${hint}A PostgreSQL 15 to 18 of your own works everywhere: DATABASE_URL=postgres://user:password@host:5432/database.`,
    { cause: error },
  );
}

export async function readPassword(cluster: ClusterFolder): Promise<string> {
  try {
    return (await readFile(cluster.passwordFile, 'utf8')).trim();
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The password of the embedded PostgreSQL cannot be read from ${cluster.passwordFile} (${codeOf(error) ?? 'unknown error'}).`,
      'Start Guildhall as the user who made the data folder.',
    );
  }
}
