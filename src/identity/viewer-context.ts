import type { DataSource } from 'typeorm';
import { UnknownViewerError, ViewerTransaction, type Viewer, type ViewerMode } from '../database/index.js';
import { PublicError } from '../schema/index.js';
import type { Context, ViewerTransactions } from './context.js';
import type { Identity } from './tokens.js';

/** The context as every feature's resolver sees it. */
export type ViewerContext = Context<ViewerTransaction>;

/** Opens viewer transactions on the pool of the app's role. */
export class Viewers implements ViewerTransactions<ViewerTransaction> {
  constructor(
    private readonly dataSource: DataSource,
    /** Told who has been here; must not throw. */
    private readonly onViewer: (viewer: Viewer) => void = () => undefined,
  ) {}

  async open(identity: Identity, mode: Exclude<ViewerMode, 'write'>): Promise<ViewerTransaction> {
    try {
      const tx = await ViewerTransaction.open(this.dataSource, identity, mode);
      this.onViewer(tx.viewer);
      return tx;
    } catch (error) {
      if (error instanceof UnknownViewerError) throw new PublicError('UNAUTHENTICATED', 'Nobody is known by this token.');
      throw error;
    }
  }

  close(transaction: ViewerTransaction): Promise<void> {
    return transaction.end();
  }
}
