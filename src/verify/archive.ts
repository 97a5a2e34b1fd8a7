import { unzipSync, zipSync } from 'fflate';

/** Files of a bundle by their paths. */
export type Files = ReadonlyMap<string, Uint8Array>;

const MAX_BYTES = 512 * 1024 * 1024;

/** Local time: a zip holds no zone, and the same fields have to come out wherever it is read. */
const MTIME = new Date(1980, 0, 1);

/**
 * One zip for one set of files: in the order of their paths, stored as they are, without times. So that a bundle can be made again from
 * its files, and any byte that is not as it was made is found, also one that no reader of zips looks at.
 */
export function pack(files: Files): Uint8Array {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: 0, mtime: MTIME });
}

export class NotABundle extends Error {
  override readonly name = 'NotABundle';
}

/** @throws NotABundle */
export function unpack(archive: Uint8Array): Map<string, Uint8Array> {
  if (archive.length > MAX_BYTES) throw new NotABundle(`it is larger than ${String(MAX_BYTES)} bytes`);
  let files: Map<string, Uint8Array>;
  try {
    files = new Map(
      Object.entries(
        unzipSync(archive, {
          filter: ({ compression, size, originalSize }) => {
            // What is not compressed cannot be larger than the archive.
            if (compression !== 0 || size !== originalSize) throw new NotABundle('a file in it is compressed');
            return true;
          },
        }),
      ),
    );
  } catch (error) {
    if (error instanceof NotABundle) throw error;
    throw new NotABundle('it is no zip archive, or a broken one');
  }
  if (Buffer.compare(pack(files), archive) !== 0)
    throw new NotABundle('the archive is not as it was made: bytes of it were changed');
  return files;
}
