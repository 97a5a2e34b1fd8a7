import type { DataSource } from 'typeorm';
import { UnknownViewerError, ViewerTransaction, type ViewerMode } from '../database/index.js';
import { PublicError } from '../schema/index.js';
import type { Context, ViewerTransactions } from './context.js';
import type { Identity } from './tokens.js';

/** The context as every feature's resolver sees it. */
export type ViewerContext = Context<ViewerTransaction>;

/** Opens viewer transactions on the pool of the app's role. */
export class Viewers implements ViewerTransactions<ViewerTransaction> {
  constructor(private readonly dataSource: DataSource) {}

  async open(identity: Identity, mode: Exclude<ViewerMode, 'write'>): Promise<ViewerTransaction> {
    try {
      return await ViewerTransaction.open(this.dataSource, identity, mode);
    } catch (error) {
      if (error instanceof UnknownViewerError) throw new PublicError('UNAUTHENTICATED', 'Nobody is known by this token.');
      throw error;
    }
  }

  close(transaction: ViewerTransaction): Promise<void> {
    return transaction.end();
  }
}
