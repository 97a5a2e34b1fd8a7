import { MissingProgram } from './reference.js';
import { say } from './report.js';
import { release } from './release.js';
import { documents } from './documents.js';
import { transitions } from './transitions.js';

const benches: Readonly<Record<string, () => Promise<void>>> = { transitions, release, documents };

const name = process.argv[2] ?? '';
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench) {
  try {
    await bench();
  } catch (error) {
    say(error instanceof MissingProgram ? error.message : String(error instanceof Error ? error.stack : error));
    process.exitCode = error instanceof MissingProgram ? 2 : 1;
  }
} else {
  say(`Usage: npm run bench -- <name>, where <name> is one of: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
}
