import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { roleOf, sessionOptions } from '../src/database/roles.js';
import type { BenchDatabase } from './database.js';
import type { Measured } from './report.js';
import { spreadOf } from './report.js';
import { ID_PREFIX, type Stage } from './stage.js';
import type { Slice } from './slices.js';

/** From dist/bench back to the sources, which are not copied. */
const script = fileURLToPath(new URL('../../bench/transition.sql', import.meta.url));
const pgbench = 'pgbench';

export class MissingProgram extends Error {}

export interface ReferenceRun extends Measured {
  /** Milliseconds of each transaction, in order. */
  readonly latencies: readonly number[];
}

/** Throws a MissingProgram that says what to install. */
export async function assertPgbench(): Promise<void> {
  try {
    await run(['--version'], {});
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    throw new MissingProgram('The reference needs pgbench, which is not on the PATH. On Debian: apt-get install postgresql-15');
  }
}

export async function reference(
  database: BenchDatabase,
  stage: Stage,
  slice: Slice,
  clients: number,
  seconds: number,
): Promise<ReferenceRun> {
  const folder = await mkdtemp(join(database.folder, 'pgbench-'));
  const variables = variablesOf(stage, slice, clients);
  const args = [
    ['--no-vacuum', '--protocol=prepared', `--file=${script}`],
    [`--client=${String(clients)}`, `--jobs=${String(Math.min(2, clients))}`, `--time=${String(seconds)}`, '--progress=1'],
    ['--log', `--log-prefix=${join(folder, 'log')}`],
    Object.entries(variables).map(([name, value]) => `--define=${name}=${String(value)}`),
    [database.url],
  ].flat();
  const options = sessionOptions({ role: roleOf(database.name, 'engine'), TimeZone: 'UTC', jit: 'off' });
  try {
    const output = await run(args, { PGOPTIONS: options });
    const perSecond = Number(/tps = ([\d.]+) \(without initial/.exec(output)?.[1]);
    const failed = /number of failed transactions: (\d+)/.exec(output)?.[1];
    if (!(perSecond > 0) || failed !== '0') throw new Error(`pgbench did not measure:\n${output}`);
    const progress = [...output.matchAll(/progress: [\d.]+ s, ([\d.]+) tps/g)].map((match) => Number(match[1]));
    const latencies = await readLatencies(folder);
    return { n: latencies.length, perSecond, spread: spreadOf(progress), latencies };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function variablesOf({ principalId, sample }: Stage, slice: Slice, clients: number): Record<string, string | number> {
  const { instance, history, deliveries } = sample;
  const [first, second] = deliveries;
  if (deliveries.length !== 2 || !first || !second) {
    throw new Error(
      `The transition writes ${String(deliveries.length)} deliveries, bench/transition.sql two: make them the same.`,
    );
  }
  return {
    taken: -1,
    clients,
    first: slice.first,
    slice: slice.count,
    idprefix: ID_PREFIX,
    // Runs must not meet in each other's deliveries.
    deliveryprefix: `0199${slice.first
      .toString(16)
      .padStart(8, '0')
      .replace(/^(.{4})(.{4})$/, '$1-$2')}-7000-9000-`,
    principal: principalId,
    operation: 'signAgreement',
    hash: sample.request_hash,
    version: instance.version,
    state: instance.state,
    snapshot: instance.snapshot,
    event: history.event,
    fromstate: history.from_state,
    authority: history.authority,
    actbody: sample.act.body,
    actdetailshash: sample.act.details_hash,
    actsalt: sample.act.salt,
    actdetails: sample.act.details,
    cancelled: sample.cancelled,
    armed: sample.armed.name,
    timerevent: sample.armed.event_type,
    deliverytype1: first.type,
    params1: first.params,
    deliverytype2: second.type,
    params2: second.params,
  };
}

/** `client_id transaction_no time_us …`, one file a thread. */
async function readLatencies(folder: string): Promise<number[]> {
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => Number(line.split(' ')[2]) / 1000),
  );
}

function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(pgbench, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`pgbench ended with ${String(code)}:\n${output.slice(-2000)}`));
    });
  });
}
