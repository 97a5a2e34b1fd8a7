import type { ViewerTransaction } from '../database/index.js';
import type { ViewerContext } from '../identity/index.js';

/** Runs this as the viewer in a short transaction that commits when it resolves; given by the composition root. */
export type DeskWriter = <T>(context: ViewerContext, work: (tx: ViewerTransaction) => Promise<T>) => Promise<T>;

/** Thrown inside such a transaction, so that nothing of it is kept; carries the answer. */
export class Undo<T> extends Error {
  constructor(readonly answer: T) {
    super('undone');
  }
}
