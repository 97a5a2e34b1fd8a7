import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createDataSource, poolOf } from '../../src/database/index.js';
import { isRetryable } from '../../src/engine/retry.js';
import { LogTail } from '../../src/engine/tail.js';
import { inTransaction } from '../../src/engine/transaction.js';
import { cuttingProxy, type CuttingProxy } from '../support/cutting-proxy.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { gate, prepareToy, toyEngine, type ToyEngine } from '../support/engine.js';

/** A network that breaks without a word: what is sent is lost, and no connection is closed. */
let db: TestDatabase;
let proxy: CuttingProxy;
let source: ReturnType<typeof createDataSource>;
let toy: ToyEngine;

beforeAll(async () => {
  db = await testDatabase();
  await prepareToy(db);
  proxy = await cuttingProxy(db.url);
  toy = await toyEngine(db);
  source = createDataSource({ ...db, url: proxy.url, role: 'engine', statementTimeoutMs: 1000, answerGraceMs: 100 });
  await source.initialize();
});

afterAll(async () => {
  await toy?.stop();
  await source?.destroy();
  await proxy?.close();
  await db?.dispose();
});

it('a transaction in it ends with an error after which the engine looks whether it was committed, and the pool makes a new connection', async () => {
  const pool = poolOf(source);
  const failure = await inTransaction(pool, async (client) => {
    await client.query('select');
    proxy.fallSilent();
    await client.query('select');
  }).catch((error: unknown) => error);
  expect(isRetryable(failure)).toBe(true);
  await pool.query('select');
  expect(pool.totalCount).toBe(pool.idleCount);
});

it('the tail goes on after it', async () => {
  const { handlers, observer } = toy.engine.options;
  const tail = new LogTail(poolOf(source), handlers, toy.wake, observer.log, 20);
  await tail.start();
  try {
    const id = await toy.started();
    const woken = gate();
    proxy.fallSilent();
    tail.subscribe(`toy:${id}`, woken.open);
    await toy.send(id, 'STEP');
    await woken.passed;
  } finally {
    await tail.stop();
  }
});
