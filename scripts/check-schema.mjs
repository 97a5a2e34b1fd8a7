// Prints the schema again and compares it with the one that is checked in. Leaves the checked-in file as it was.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const file = 'schema.graphql';
const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
const { status } = spawnSync(process.execPath, ['dist/scripts/print-schema.js'], { stdio: ['ignore', 'ignore', 'inherit'] });
const after = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
if (before === undefined) rmSync(file, { force: true });
else if (before !== after) writeFileSync(file, before);

if (status !== 0) {
  console.error('The schema could not be printed.');
  process.exitCode = 1;
} else if (before !== after) {
  console.error(`${file} differs from the code. Run \`npm run schema\` and commit the result.`);
  process.exitCode = 1;
}
