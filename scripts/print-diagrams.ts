import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { diagram } from '../workflows/kernel/index.js';
import { registry } from '../workflows/registry.js';

/**
 * Puts each machine's diagram between its markers, so that a page never shows a machine that no longer exists.
 * `--check` writes nothing and fails when a page differs, or when a kind has no page.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const folder = 'docs/workflows';
const pages = ['README.md', ...(existsSync(root + folder) ? readdirSync(root + folder).map((name) => `${folder}/${name}`) : [])]
  .filter((page) => page.endsWith('.md') && existsSync(root + page))
  .map((page) => ({ page, text: readFileSync(root + page, 'utf8') }));

const shown = new Set<string>();
const stale: string[] = [];
for (const { page, text } of pages) {
  let next = text;
  for (const definition of registry) {
    const name = `${definition.kind} v${String(definition.version)}`;
    const [begin, end] = [`<!-- diagram ${name} -->`, `<!-- end of diagram ${name} -->`];
    const from = next.indexOf(begin);
    const to = next.indexOf(end);
    if (from < 0 || to < from) continue;
    shown.add(name);
    next = `${next.slice(0, from + begin.length)}\n\n\`\`\`mermaid\n${diagram(definition)}\`\`\`\n\n${next.slice(to)}`;
  }
  if (next === text) continue;
  stale.push(page);
  if (!check) writeFileSync(root + page, next);
}

const missing = registry.map(({ kind, version }) => `${kind} v${String(version)}`).filter((name) => !shown.has(name));
for (const name of missing)
  process.stderr.write(`No page has the markers "<!-- diagram ${name} -->" and "<!-- end of diagram ${name} -->".\n`);
for (const page of stale) process.stdout.write(check ? `${page} is out of date: run npm run diagrams.\n` : `${page} written.\n`);
if (missing.length > 0 || (check && stale.length > 0)) process.exitCode = 1;
