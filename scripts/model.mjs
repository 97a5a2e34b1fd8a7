// Runs the model-based tests longer, or repeats one failure: npm run model -- --runs 20000 --seed 7; --seed, --path and --replay as printed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' }, path: { type: 'string' }, replay: { type: 'string' } },
});
const numbers = { runs: values.runs ?? '20000', seed: values.seed };
for (const [name, value] of Object.entries(numbers)) {
  if (value !== undefined && !/^-?\d+$/.test(value))
    throw new Error(`--${name} is a whole number, not ${JSON.stringify(value)}.`);
}
const alone = values.path !== undefined && values.seed !== undefined;
const env = {
  ...process.env,
  NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  MODEL_RUNS: numbers.runs,
  MODEL_SEED: numbers.seed ?? String(Date.now() % 1_000_000_000),
  ...(alone && {
    MODEL_REPLAY: JSON.stringify({ seed: Number(values.seed), path: values.path, replayPath: values.replay ?? '' }),
  }),
};
const files = alone ? ['test/model/sequences-1.test.ts'] : ['test/model/'];
const cwd = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', ...files], { cwd, env, stdio: 'inherit' });
process.exitCode = status ?? 1;
