import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalText, checkpointRecord, type CheckpointRecord } from '../verify/index.js';

/** Files outside of the database, best on a disk that its master cannot write: one for each checkpoint, never changed but for its timestamp. */
export class CheckpointFolder {
  constructor(
    readonly path: string,
    /** Told of a file that says something else than the database. */
    private readonly onConflict: (number: number) => void = () => undefined,
  ) {}

  async put(number: number, checkpoint: CheckpointRecord): Promise<void> {
    const file = join(this.path, `checkpoint-${String(number).padStart(8, '0')}.json`);
    const there = await this.read(file);
    if (there && (there.body !== checkpoint.body || there.jws !== checkpoint.jws)) {
      this.onConflict(number);
      return;
    }
    if (there && (there.timestamp !== null || checkpoint.timestamp === null)) return;
    await mkdir(this.path, { recursive: true });
    // Whole or not at all: a crash must not leave half of one under its name.
    await writeFile(`${file}.${String(process.pid)}`, `${canonicalText(checkpoint)}\n`);
    await rename(`${file}.${String(process.pid)}`, file);
  }

  private async read(file: string): Promise<CheckpointRecord | undefined> {
    try {
      return checkpointRecord.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
