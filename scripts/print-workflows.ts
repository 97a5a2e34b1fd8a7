import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { registry } from '../workflows/registry.js';
import { fileOf, indexPage, workflowPage } from './workflows/page.js';

/**
 * Writes the pages of all machines, and takes away those of machines that are no more. `--check` writes nothing and fails when a
 * page is missing, differs or is left over.
 */
const folder = fileURLToPath(new URL('../docs/workflows/', import.meta.url));
const check = process.argv.includes('--check');

const pages = new Map<string, string>([
  ['README.md', indexPage(registry)],
  ...registry.map((definition) => [fileOf(definition), workflowPage(definition)] as const),
]);
const style = { ...(await resolveConfig(`${folder}README.md`)), parser: 'markdown' };
const stale: string[] = [];
mkdirSync(folder, { recursive: true });
for (const [name, text] of pages) {
  const file = folder + name;
  const wanted = await format(text, style);
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue;
  stale.push(name);
  if (!check) writeFileSync(file, wanted);
}
for (const name of readdirSync(folder).filter((each) => each.endsWith('.md') && !pages.has(each))) {
  stale.push(name);
  if (!check) rmSync(folder + name);
}

for (const name of stale)
  process.stdout.write(
    check ? `docs/workflows/${name} is out of date: run npm run diagrams.\n` : `docs/workflows/${name} written.\n`,
  );
if (check && stale.length > 0) process.exitCode = 1;
