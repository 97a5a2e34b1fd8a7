import type { QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';
import { ViewerTransaction, type Viewer } from '../database/index.js';
import { PublicError } from '../schema/index.js';
import type { Context, ViewerTransactions } from './context.js';
import type { Identity } from './tokens.js';

/** A transaction in which somebody is known: what every feature reads through. */
export interface KnownViewer {
  readonly viewer: Viewer;
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** The context as every feature's resolver sees it. */
export type ViewerContext = Context<KnownViewer>;

/** Opens viewer transactions on the pool of the app's role. */
export class Viewers implements ViewerTransactions<KnownViewer> {
  private readonly transactions = new WeakMap<KnownViewer, ViewerTransaction>();

  constructor(private readonly dataSource: DataSource) {}

  /** Both modes are read-only snapshots; a short one is ended as soon as its work is done. */
  async open(identity: Identity): Promise<KnownViewer> {
    const transaction = new ViewerTransaction(this.dataSource, identity);
    let viewer: Viewer | null;
    try {
      viewer = await transaction.viewer();
    } catch (error) {
      await transaction.end();
      throw error;
    }
    if (!viewer) {
      await transaction.end();
      throw new PublicError('UNAUTHENTICATED', 'Nobody is known by this token.');
    }
    const known: KnownViewer = { viewer, query: (sql, values) => transaction.query(sql, values) };
    this.transactions.set(known, transaction);
    return known;
  }

  async close(known: KnownViewer): Promise<void> {
    await this.transactions.get(known)?.end();
  }
}
