import type { Logger } from 'pino';
import type { ActEvidence } from '../engine/index.js';
import type { Identity } from './tokens.js';

/** How transactions in which row-level security knows the viewer are opened and ended; the database's side of a `Context`. */
export interface ViewerTransactions<Tx> {
  /**
   * `snapshot`: the one of a whole operation, REPEATABLE READ READ ONLY. `short`: of one piece of work.
   * @throws PublicError UNAUTHENTICATED when nobody is known by this identity
   */
  open(identity: Identity, mode: 'snapshot' | 'short'): Promise<Tx>;
  close(tx: Tx): Promise<void>;
}

/** What every resolver gets. One a query or mutation; one for each event of a subscription. */
export interface Context<Tx = unknown> {
  readonly requestId: string;
  readonly identity: Identity;
  /** What is known about how this operation came in: goes with every command to the engine. */
  readonly evidence: ActEvidence;
  readonly log: Logger;
  /** Aborted when nobody waits for the answer any more, e.g. a subscriber left or the server stops. */
  readonly signal: AbortSignal;
  /** The operation's snapshot, opened at the first call; ended with the operation. */
  viewer(): Promise<Tx>;
  /** A transaction of its own around this work: to authorise a mutation, or to read inside a subscription's source. */
  shortViewer<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** One instance of what this makes, for the operation: a DataLoader must neither outlive it nor be made twice. */
  loader<L>(make: (context: Context<Tx>) => L): L;
  /** Ends the snapshot and forgets the loaders: after a mutation's command, so that its answer sees what it did. */
  refresh(): Promise<void>;
}
