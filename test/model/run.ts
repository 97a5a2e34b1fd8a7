import fc from 'fast-check';
import { sequences } from './arbitraries.js';
import type { Real } from './real.js';
import { Sequence } from './sequence.js';
import type { Tally } from './tally.js';

export interface Replay {
  readonly seed: number;
  readonly path?: string;
  readonly replayPath?: string;
}

export interface Failure extends Required<Replay> {
  /** What was done, as short as it could be made. */
  readonly commands: string;
  readonly error: string;
  /** How many sequences it took to find it. */
  readonly sequences: number;
}

const COUNTEREXAMPLE_MS = 120_000;

/** Runs sequences until one fails; that one is made shorter, and told. */
export async function runSequences(
  real: Real,
  tally: Tally,
  { seed, path, replayPath, numRuns }: Replay & { readonly numRuns: number },
): Promise<Failure | undefined> {
  let giveUpAt = Infinity;
  const property = fc.asyncProperty(sequences(replayPath), async (commands) => {
    // A failure is made shorter for a while only; what comes after that is taken to be a success.
    if (performance.now() > giveUpAt) return;
    const sequence = await Sequence.begin(real, tally);
    try {
      await fc.asyncModelRun(() => ({ model: {}, real: sequence }), commands);
      await sequence.finish();
    } catch (error) {
      giveUpAt = Math.min(giveUpAt, performance.now() + COUNTEREXAMPLE_MS);
      throw new Error(`${(error as Error).stack ?? String(error)}\n  What happened:\n${sequence.tale}`, { cause: error });
    } finally {
      await real.retire([...sequence.look.requests.keys()], sequence.world.region);
    }
  });
  const details = await fc.check(property, { seed, numRuns, ...(path !== undefined && { path }) });
  if (!details.failed) return undefined;
  const commands = shown(details.counterexample?.[0]);
  return {
    seed: details.seed,
    path: details.counterexamplePath ?? '',
    replayPath: /replayPath="([^"]*)"/.exec(commands)?.[1] ?? '',
    commands: commands.replace(/\s*\/\*replayPath.*?\*\//, ''),
    sequences: details.numRuns,
    error: (details.errorInstance as Error | null)?.message ?? 'unknown',
  };
}

/** fast-check's list of commands says itself as a string, with the way to replay it. */
const shown = (commands: { toString(): string } | undefined): string => commands?.toString() ?? '';
