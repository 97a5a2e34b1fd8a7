import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { registry } from '../../workflows/registry.js';
import { goldensOf } from './golden.js';
import { sampleOf, slugOf } from './samples/load.js';

/**
 * `npm run golden` stores an instance in each state of each kind and version that has none yet. What is stored is never changed:
 * instances like it are in databases. `-- --add` also stores states that a version has got since, which only a version that has not
 * been released may.
 */
const add = process.argv.includes('--add');
for (const definition of registry) {
  const folder = fileURLToPath(new URL(`../workflows/golden/${slugOf(definition)}/`, import.meta.url));
  const isNew = !existsSync(folder);
  mkdirSync(folder, { recursive: true });
  for (const golden of goldensOf(definition, await sampleOf(definition))) {
    const file = `${folder}${golden.state}.json`;
    const name = `${slugOf(definition)}/${golden.state}`;
    if (existsSync(file)) continue;
    if (!isNew && !add) {
      console.error(`${name} is not stored: the version has goldens already. If it is not released yet, run it with -- --add.`);
      process.exitCode = 1;
      continue;
    }
    writeFileSync(file, `${JSON.stringify(golden, undefined, 2)}\n`, { flag: 'wx' });
    console.log(`${name} stored.`);
  }
}
