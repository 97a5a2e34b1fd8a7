import { toyBulk, type ToyBulk } from './bulk.js';
import type { BulkStep } from '../../src/bulk/index.js';
import type { EngineStep } from '../../src/engine/index.js';

export interface BulkProcessOptions {
  readonly url: string;
  readonly rolePrefix: string;
  /** The process kills itself when it comes to this point for the `nth` time. */
  readonly killAt?: { readonly point: `bulk ${BulkStep}` | `engine ${EngineStep}`; readonly nth: number };
}

const { killAt, ...options } = JSON.parse(process.argv[2] ?? '') as BulkProcessOptions;
let count = 0;

/** SIGKILL, not an exception: nothing of this process runs afterwards, no handler and no rollback. */
const passing = async (point: string): Promise<void> => {
  if (point !== killAt?.point) return;
  count += 1;
  if (count !== killAt.nth) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise<never>(() => undefined);
};

const toy: ToyBulk = await toyBulk({
  ...options,
  onStep: (step) => passing(`engine ${step}`),
  onBulkStep: (step) => passing(`bulk ${step}`),
});
process.on('disconnect', () => process.exit());
await toy.bulk.drain();
await toy.stop();
if (process.connected) process.disconnect();
