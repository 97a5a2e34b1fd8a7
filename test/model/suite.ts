import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kindsOfPeople } from './act.js';
import { Real } from './real.js';
import { runSequences, type Failure, type Replay } from './run.js';
import { Tally } from './tally.js';

const KEPT = new URL('failing-seeds.json', import.meta.url);
/** Each part is a test file, with a server and a database of its own. */
const PARTS = 4;
const RUNS = Number(process.env['MODEL_RUNS'] ?? 2_000);
/** The same each time, so that a red build is the change's own fault; `npm run model` looks where nobody has looked. */
const SEED = Number(process.env['MODEL_SEED'] ?? 20_261_126);
const SURE_OF_ALL_KINDS = 400;
const MINUTES_MS = 60_000;

const keptFailures = (): Failure[] => JSON.parse(readFileSync(KEPT, 'utf8')) as Failure[];

function keep(failure: Failure): void {
  writeFileSync(KEPT, `${JSON.stringify([...keptFailures().filter(({ seed }) => seed !== failure.seed), failure], null, 2)}\n`);
}

const howToRepeat = ({ seed, path, replayPath }: Replay) =>
  `npm run model -- --seed ${String(seed)} --path ${path ?? ''} --replay ${replayPath ?? ''}`;

const fail = (failure: Failure): never => {
  throw new Error(
    `After ${String(failure.sequences)} sequences: ${failure.error}\n\n  The commands: ${failure.commands}\n\n  It is kept in test/model/failing-seeds.json and replayed first from now on. Alone: ${howToRepeat(failure)}`,
  );
};

/** A quarter of the sequences, in a file of its own so that Jest can run several at once. */
export function sequencesOf(part: number): void {
  describe(`Sequences over the whole API, part ${String(part)} of ${String(PARTS)}`, () => {
    let real: Real;
    const tally = new Tally();
    beforeAll(async () => {
      real = await Real.start();
    }, 2 * MINUTES_MS);
    afterAll(() => real.stop());

    const alone = process.env['MODEL_REPLAY'];
    if (alone !== undefined) {
      it(
        'does not fail as it did',
        async () => {
          const again = await runSequences(real, tally, { ...(JSON.parse(alone) as Replay), numRuns: 1 });
          if (again) fail(again);
        },
        10 * MINUTES_MS,
      );
      return;
    }
    if (part === 1) {
      it(
        'does not fail again with a seed that has failed',
        async () => {
          for (const failure of keptFailures()) {
            const again = await runSequences(real, tally, { ...failure, numRuns: 1 });
            if (again) fail(again);
          }
        },
        60 * MINUTES_MS,
      );
    }

    it(
      'keeps every invariant, whatever people, clocks and the platform do',
      async () => {
        const seed = SEED + part;
        const numRuns = Math.ceil(RUNS / PARTS);
        const started = performance.now();
        const cpu = process.cpuUsage();
        const failure = await runSequences(real, tally, { seed, numRuns });
        const seconds = (performance.now() - started) / 1_000;
        const { user, system } = process.cpuUsage(cpu);
        const figures = `${seconds.toFixed(0)} s, ${((user + system) / 1_000_000).toFixed(0)} s of CPU`;
        process.stdout.write(`seed ${String(seed)}, ${figures}, ${String(real.operations)} operations; ${tally.toString()}\n`);
        if (failure) {
          // Without a command it is the ground that gave way, such as a database that was stopped: there is nothing to repeat.
          if (failure.commands !== '') keep(failure);
          fail(failure);
        }
        expect(tally.sequences).toBeGreaterThanOrEqual(numRuns);
        // A kind that never gets anywhere is not tested by this, however long it runs.
        const missed = kindsOfPeople.filter((kind) => !tally.stateNames.some((state) => state.startsWith(`${kind} `)));
        expect(numRuns < SURE_OF_ALL_KINDS ? [] : missed).toEqual([]);
      },
      24 * 60 * MINUTES_MS,
    );
  });
}
