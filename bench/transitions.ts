import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { createApp, type App } from '../src/app.js';
import { readConfig } from '../src/config.js';
import { createLogger } from '../src/graphql/index.js';
import { openBenchDatabase, type BenchDatabase } from './database.js';
import { overHttp, startServer } from './http.js';
import { oneByOne, underLoad } from './load.js';
import { assertPgbench, reference, type ReferenceRun } from './reference.js';
import { latencySpread, percentile, report, say, type Measured } from './report.js';
import { shuffled, Slices, type Slice } from './slices.js';
import { prepareStage, settle, signCommand, type Stage } from './stage.js';

const BENCH = 'transitions';
const SECONDS = 4;
const LATENCY_SECONDS = 2;
/** What runs for weeks is measured as it runs then: the first thousands of calls are compiled as they go. */
const WARM_UP_MS = 5_000;
/** More than any of them gets through in its time on two cores; one that does ends early. */
const INSTANCES = { warmUp: 6_000, reference: 16_000, latency: 4_000, inProcess: 32_000, http: 20_000 };
const TOTAL =
  2 * INSTANCES.warmUp + 2 * INSTANCES.reference + 2 * INSTANCES.latency + 2 * INSTANCES.inProcess + 2 * INSTANCES.http;

interface Bench {
  readonly database: BenchDatabase;
  readonly stage: Stage;
  readonly slices: Slices;
  /** Transitions that were acknowledged to us, all of which must be in the history at the end. */
  acknowledged: number;
}

/** Sends of the signature that starts the cooling-off, three ways, each against pgbench doing the same writes in the same run. */
export async function transitions(): Promise<void> {
  await assertPgbench();
  const config = readConfig();
  const database = await openBenchDatabase(say);
  let app: App | undefined;
  try {
    app = await createApp({ config, databaseUrl: database.url, poolSize: config.poolSize, log: createLogger('warn') });
    say(`Preparing ${String(TOTAL)} requests.`);
    const stage = await prepareStage(database, app.engine, TOTAL);
    await settle(database);
    const bench: Bench = { database, stage, slices: new Slices(TOTAL), acknowledged: 0 };
    await measureAll(bench, app);
    await assertAllThere(bench);
  } finally {
    await app?.stop();
    await database.dispose();
  }
}

async function measureAll(bench: Bench, app: App): Promise<void> {
  const { slices } = bench;
  const clients = 32;
  const before = await pgbench(bench, slices.take(INSTANCES.reference), clients, SECONDS);
  reportReference(`pgbench-${String(clients)}-before`, before);
  const one = await pgbench(bench, slices.take(INSTANCES.latency), 1, LATENCY_SECONDS);

  const send = sender(bench, app);
  await underLoad(128, WARM_UP_MS, shuffled(slices.take(INSTANCES.warmUp)), send);
  const inProcess = new Map<number, Measured>();
  for (const callers of [32, 128])
    inProcess.set(callers, await underLoad(callers, SECONDS * 1000, shuffled(slices.take(INSTANCES.inProcess)), send));
  const latencies = await oneByOne(LATENCY_SECONDS * 1000, shuffled(slices.take(INSTANCES.latency)), send);
  const http = await measureHttp(bench);

  const after = await pgbench(bench, slices.take(INSTANCES.reference), clients, SECONDS);
  reportReference(`pgbench-${String(clients)}-after`, after);
  const apart = Math.abs(after.perSecond - before.perSecond) / Math.min(after.perSecond, before.perSecond);
  if (apart > 0.2)
    say(
      `  The reference changed by ${(100 * apart).toFixed(0)} % during the run: something else was at work here. Measure again.`,
    );

  const mean = (before.perSecond + after.perSecond) / 2;
  for (const [callers, measured] of inProcess) reportRate(`in-process-${String(callers)}`, measured, mean);
  for (const [connections, measured] of http) reportRate(`http-${String(connections)}`, measured, mean);
  reportLatency('pgbench-1-median', one.latencies, null);
  reportLatency('in-process-1-median', latencies, percentile(one.latencies, 0.5));
}

function sender(bench: Bench, app: App): (instanceId: string) => Promise<void> {
  const { principalId, sha256 } = bench.stage;
  return async (instanceId) => {
    const outcome = await app.engine.send(signCommand(instanceId, principalId, sha256, randomUUID()));
    if (outcome.outcome !== 'accepted' || outcome.state !== 'coolingOff')
      throw new Error(`The engine answered ${JSON.stringify(outcome)}`);
    bench.acknowledged += 1;
  };
}

async function pgbench(bench: Bench, slice: Slice, clients: number, seconds: number): Promise<ReferenceRun> {
  const measured = await reference(bench.database, bench.stage, slice, clients, seconds);
  if (measured.n > slice.count) throw new Error('pgbench ran out of instances: give its slice more.');
  bench.acknowledged += measured.n;
  return measured;
}

async function measureHttp(bench: Bench): Promise<Map<number, Measured>> {
  const server = await startServer(bench.database);
  const results = new Map<number, Measured>();
  const measure = async (connections: number, count: number, ms: number): Promise<Measured> => {
    const measured = await overHttp(server, bench.stage, bench.slices.take(count), connections, ms);
    bench.acknowledged += measured.n;
    return measured;
  };
  try {
    await measure(128, INSTANCES.warmUp, WARM_UP_MS);
    for (const connections of [32, 128]) results.set(connections, await measure(connections, INSTANCES.http, SECONDS * 1000));
  } finally {
    await server.stop();
  }
  return results;
}

/** A rate means nothing when some of what was counted is not there. */
async function assertAllThere({ database, acknowledged }: Bench): Promise<void> {
  const client = await database.connect();
  try {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from guildhall.instance i join guildhall.history h on h.instance_id = i.id and h.seq = i.version
       where i.state = 'coolingOff' and h.event_type = 'SIGN_AGREEMENT'`,
    );
    // One more: the real request, whose rows the others were cloned from.
    if (rows[0]!.n !== acknowledged + 1)
      throw new Error(`${String(acknowledged)} transitions were acknowledged, ${String(rows[0]!.n - 1)} are there.`);
  } finally {
    await client.end();
  }
}

function reportReference(name: string, { perSecond, n, spread }: Measured): void {
  report({ bench: BENCH, name, value: perSecond, unit: '1/s', of: null, ratio: null, n, spread });
}

function reportRate(name: string, { perSecond, n, spread }: Measured, of: number): void {
  report({ bench: BENCH, name, value: perSecond, unit: '1/s', of: 'pgbench-32', ratio: perSecond / of, n, spread });
}

function reportLatency(name: string, latencies: readonly number[], of: number | null): void {
  const median = percentile(latencies, 0.5);
  const relation = of === null ? { of: null, ratio: null } : { of: 'pgbench-1-median', ratio: median / of };
  report({ bench: BENCH, name, value: median, unit: 'ms', ...relation, n: latencies.length, spread: latencySpread(latencies) });
}
