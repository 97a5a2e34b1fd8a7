import type { EngineStep } from '../../src/engine/index.js';
import { replayInto, seededSpells } from './replay.js';

export interface ReplayProcessOptions {
  readonly url: string;
  readonly rolePrefix: string;
  readonly seed: number;
  readonly each: number;
  /** The process kills itself when it comes to this point for the `nth` time. */
  readonly killAt?: { readonly point: EngineStep; readonly nth: number };
}

const { seed, each, killAt, ...target } = JSON.parse(process.argv[2] ?? '') as ReplayProcessOptions;
let count = 0;

/** SIGKILL, not an exception: nothing of this process runs afterwards, no handler and no rollback. */
const onStep = async (step: EngineStep): Promise<void> => {
  if (step !== killAt?.point) return;
  count += 1;
  if (count !== killAt.nth) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise<never>(() => undefined);
};

process.on('disconnect', () => process.exit());
await replayInto(
  target,
  seededSpells(seed, each).flatMap(({ spells }) => spells),
  { onStep },
);
if (process.connected) process.disconnect();
