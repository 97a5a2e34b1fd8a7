import { constants } from 'node:fs';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { codeOf, DataFolderInUseError } from '../../errors.js';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * One server per data folder. The kernel holds the lock, so `kill -9` frees it in the same instant; a file with a process
 * id in it would outlive its owner, and the id be given to someone else. The file `server.pid` only names the holder in messages.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const pidFile = join(folder, 'server.pid');
  const lock = process.platform === 'linux' ? await bindAbstractSocket(folder) : await openExclusively(pidFile);
  if (!lock) throw new DataFolderInUseError(folder, await holder(pidFile));
  await writeFile(pidFile, `${process.pid}\n`);
  return lock;
}

/** Linux: a name without a file, which belongs to the process that has bound it. Device and inode, as a folder has many paths. */
async function bindAbstractSocket(folder: string): Promise<FolderLock | undefined> {
  const { dev, ino } = await stat(folder, { bigint: true });
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(`\0guildhall:${dev}:${ino}`, () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

// <sys/fcntl.h> of macOS: open and flock() in one step. Node has no name for it.
const O_EXLOCK = 0x20;

/** macOS has no abstract sockets, and can take flock() while opening. */
async function openExclusively(file: string): Promise<FolderLock | undefined> {
  try {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o644);
    return { release: () => handle.close() };
  } catch (error) {
    if (codeOf(error) === 'EAGAIN' || codeOf(error) === 'EWOULDBLOCK') return undefined;
    throw error;
  }
}

async function holder(pidFile: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}
