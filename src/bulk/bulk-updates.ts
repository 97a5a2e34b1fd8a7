import type { ViewerContext } from '../identity/index.js';
import { PublicError } from '../schema/index.js';
import type { BulkSignal } from './bulk-signal.js';
import { bulkColumns, toBulkOperation } from './bulk.loader.js';
import type { BulkOperationRow, BulkOperationType } from './bulk.type.js';

/** A client that draws a bar needs no more. */
const GAP_MS = 250;
/** Progress that another process makes is found by looking. */
const POLL_MS = 500;

/**
 * The state now, and again whenever it has changed, until the operation has finished. States in between may be left out:
 * this is progress, not a history. Every look is a transaction of its own under the viewer's rights.
 */
export async function* bulkUpdates(signal: BulkSignal, context: ViewerContext, uuid: string): AsyncGenerator<BulkOperationType> {
  let shown: string | undefined;
  let called: boolean;
  let wake: (() => void) | undefined;
  const poke = () => {
    called = true;
    wake?.();
  };
  const unsubscribe = signal.onProgress(uuid, poke);
  context.signal.addEventListener('abort', poke);
  const rest = (milliseconds: number, untilCalled: boolean) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      wake = () => {
        if (untilCalled || context.signal.aborted) done();
      };
    });
  try {
    while (!context.signal.aborted) {
      called = false;
      const [row] = await context.shortViewer((tx) =>
        tx.query<BulkOperationRow>(`select ${bulkColumns} from guildhall.bulk_operation where id = $1`, [uuid]),
      );
      if (!row) throw new PublicError('NOT_FOUND', 'There is no bulk operation of this id that you may see.');
      const state = JSON.stringify(row);
      if (state !== shown) {
        shown = state;
        yield toBulkOperation(row);
        if (row.finished_at !== null) return;
        if (!context.signal.aborted) await rest(GAP_MS, false);
      }
      if (!called && !context.signal.aborted) await rest(POLL_MS, true);
    }
  } finally {
    unsubscribe();
    context.signal.removeEventListener('abort', poke);
  }
}
