import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import { ClockControl, databaseOf, openDatabase, roleOf, urlAs } from '../src/database/index.js';
import { createLogger } from '../src/graphql/index.js';
import { compareSpells } from './replay/compare.js';
import { drive } from './replay/drive.js';
import { report } from './replay/report.js';
import { readSpells, type Spell } from './replay/spells.js';
import { prepareWorld } from './replay/world.js';

/** Beside the server's: a replay neither sees nor touches what a running server has. */
const DATABASE = 'guildhall_replay';
const MAX_SHOWN = 20;
const SAMPLE = new URL(
  import.meta.url.includes('/dist/') ? '../../samples/memberships.csv' : '../samples/memberships.csv',
  import.meta.url,
);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function spellsOf(file: string): Promise<Spell[]> {
  const { spells, problems } = readSpells(await readFile(file));
  if (problems.length === 0) return spells;
  const lines = problems.map(({ line, reason }) => `  line ${String(line)}: ${reason}`);
  throw new Error(`${file} cannot be replayed; nothing was done.\n${lines.join('\n')}`);
}

/**
 * A commit does not wait for the disk: waiting took a third of the time, and what a power cut takes with it, the next run does again.
 * Only the database's owner may say so; for others it merely takes longer.
 */
async function relaxCommits(url: string): Promise<void> {
  const login = new pg.Client({ connectionString: url });
  await login.connect();
  try {
    const { rows } = await login.query<{ owns: boolean }>(
      `select pg_has_role(datdba, 'USAGE') as owns from pg_database where datname = current_database()`,
    );
    if (rows[0]?.owns) await login.query(`alter database ${pg.escapeIdentifier(databaseOf(url))} set synchronous_commit = off`);
  } finally {
    await login.end();
  }
}

async function replay(file: string): Promise<void> {
  const spells = await spellsOf(file);
  say(`${String(spells.length)} memberships in ${file}`);
  const config = readConfig();
  const database = await openDatabase({ config, log: say, database: DATABASE, join: true });
  await relaxCommits(database.url);
  const clock = new ClockControl({ url: database.url, production: config.production });
  const owner = new pg.Client({ connectionString: urlAs(database.url, roleOf(databaseOf(database.url), 'owner')) });
  try {
    await owner.connect();
    const world = await prepareWorld(owner, spells);
    const app = await createApp({ config, databaseUrl: database.url, poolSize: config.poolSize, log: createLogger('warn') });
    try {
      const { pool } = app.engine.options;
      const count = async () =>
        Number((await pool.query<{ n: string }>('select count(*) as n from guildhall.history')).rows[0]!.n);
      const before = await count();
      const began = performance.now();
      let shown = began;
      await drive({
        app,
        clock,
        world,
        spells,
        onProgress: (done, total, at) => {
          if (performance.now() - shown < 1000 && done < total) return;
          shown = performance.now();
          say(
            `  ${String(done).padStart(6)} of ${String(total)} requests made, the clock is at ${at.toISOString().slice(0, 10)}`,
          );
        },
      });
      const seconds = (performance.now() - began) / 1000;
      const transitions = (await count()) - before;
      say('delivering notifications …');
      await app.workers.drain();
      const { table, wrong } = await report(pool, spells);
      say(`\n${table}\n`);
      say(`${String(transitions)} transitions in ${seconds.toFixed(1)} s: ${(transitions / seconds).toFixed(0)} per second`);
      const differences = await compareSpells(pool, spells);
      for (const { broadcaster, reason } of differences.slice(0, MAX_SHOWN)) say(`  ${broadcaster}: ${reason}`);
      if (differences.length > MAX_SHOWN) say(`  … and ${String(differences.length - MAX_SHOWN)} more`);
      for (const guild of wrong) say(`  ${guild}: its members are not as many as in the file`);
      say(`${String(spells.length)} memberships compared with the file: ${String(differences.length)} differences`);
      if (differences.length + wrong.length > 0) process.exitCode = 1;
    } finally {
      await app.stop();
    }
  } finally {
    await owner.end();
    await clock.close();
    await database.close();
  }
}

replay(process.argv[2] ?? fileURLToPath(SAMPLE)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
