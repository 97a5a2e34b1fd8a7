import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Programs from outside that check a PDF once more (Debian: `poppler-utils`, `qpdf`). Every test of a PDF also reads it by itself and
 * passes or fails by that. Where a program is missing, its check is left out, which is told; on CI, where `.ci/run` installs them, it fails.
 */
export type Program = 'pdftotext' | 'pdfinfo' | 'pdfsig' | 'qpdf';

const told = new Set<Program>();

/** What a program prints about a PDF; undefined where it is not installed. `$` in the arguments is the file. */
export function ask(program: Program, pdf: Buffer, ...args: readonly string[]): string | undefined {
  if (!isInstalled(program)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-pdf-'));
  try {
    const file = join(folder, 'file.pdf');
    writeFileSync(file, pdf);
    return execFileSync(
      program,
      args.map((arg) => (arg === '$' ? file : arg)),
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isInstalled(program: Program): boolean {
  const missing = spawnSync(program, ['--version']).error !== undefined;
  if (!missing) return true;
  if (process.env['CI'] === 'true') throw new Error(`${program} is missing: .ci/run has to install poppler-utils and qpdf.`);
  if (!told.has(program)) console.warn(`${program} is not installed: what it says about our PDFs is not checked.`);
  told.add(program);
  return false;
}
