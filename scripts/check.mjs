// `npm run check`: every step runs even when another one fails, so that one run tells everything that is wrong.
// Steps run side by side, as many as there are cores; `needs` names what has to be through (and good) before.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const tsc = ['node', 'node_modules/@typescript/native/bin/tsc'];

/** The slowest first: with two cores the others fit beside it. */
const steps = [
  { name: 'build', command: [...tsc, '-p', 'tsconfig.build.json'] },
  { name: 'lint', command: ['node_modules/.bin/eslint', '--max-warnings', '0', '.'] },
  { name: 'typecheck', command: [...tsc, '-p', 'tsconfig.json', '--noEmit'] },
  { name: 'schema', command: ['node', 'scripts/check-schema.mjs'], needs: 'build' },
  { name: 'migrations', command: ['node', 'dist/scripts/check-migrations.js'], needs: 'build' },
  { name: 'diagrams', command: ['node', '--import', './scripts/register-ts.mjs', 'scripts/print-workflows.ts', '--check'] },
  { name: 'format', command: ['node_modules/.bin/prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'knip', command: ['node_modules/.bin/knip', '--no-progress'] },
];

function run([file, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(output).toString().trimEnd() }));
  });
}

const results = new Map();

async function perform({ name, command, needs }) {
  if (needs && !results.get(needs)) {
    results.set(name, false);
    console.log(`✗ ${name.padEnd(11)} not run: ${needs} failed`);
    return;
  }
  const start = performance.now();
  const { ok, output } = await run(command);
  results.set(name, ok);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
  console.log(`${ok ? '✓' : '✗'} ${name.padEnd(11)} ${seconds} s`);
  if (!ok) console.log(`${output}\n`);
}

const waiting = [...steps];
const running = new Set();
while (waiting.length > 0 || running.size > 0) {
  const index = waiting.findIndex(({ needs }) => !needs || results.has(needs));
  if (index >= 0 && running.size < Math.max(2, availableParallelism())) {
    const [step] = waiting.splice(index, 1);
    const done = perform(step).finally(() => running.delete(done));
    running.add(done);
  } else {
    await Promise.race(running);
  }
}

const failed = steps.map(({ name }) => name).filter((name) => !results.get(name));
console.log(failed.length === 0 ? 'check: all good' : `check: failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
