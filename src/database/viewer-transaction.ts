import type { PoolClient, QueryConfig } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { openViewer, type Viewer, type ViewerIdentity } from './viewer.js';

/** `snapshot`: of a whole operation, so that two fields of one answer cannot disagree. `short`: of one piece of work. */
export type ViewerMode = 'snapshot' | 'short' | 'write';

const begin: Readonly<Record<ViewerMode, string>> = {
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  short: 'BEGIN READ ONLY',
  write: 'BEGIN',
};

/**
 * A transaction in which row-level security knows the viewer. The settings are local to it: a connection that goes back to
 * the pool remembers nobody. After a failed statement everything else is refused, as half an answer would be a wrong one.
 * Always `end()` it: until then the connection is not given back.
 */
export class ViewerTransaction {
  private failure: Error | undefined;
  private ending: Promise<void> | undefined;

  private constructor(
    readonly viewer: Viewer,
    private readonly runner: QueryRunner,
    private readonly client: PoolClient,
  ) {}

  /** Throws UnknownViewerError. The data source is one of the role `app`: another role's policies know no viewer. */
  static async open(dataSource: DataSource, identity: ViewerIdentity, mode: ViewerMode): Promise<ViewerTransaction> {
    const runner = dataSource.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    // Sent together, one round trip; settled together, so that no failure of the second goes unobserved.
    const [begun, viewer] = await Promise.allSettled([client.query(begin[mode]), openViewer(client, identity)]);
    if (begun.status === 'fulfilled' && viewer.status === 'fulfilled') return new ViewerTransaction(viewer.value, runner, client);
    await giveBack(runner, client, 'ROLLBACK').catch(() => undefined);
    throw begun.status === 'rejected' ? begun.reason : (viewer as PromiseRejectedResult).reason;
  }

  /** A statement with a name (`{name, text, values}`) is parsed once per connection. Statements issued together share a round trip. */
  async query<Row extends object>(statement: string | QueryConfig, values?: readonly unknown[]): Promise<Row[]> {
    this.refuseWhenOver();
    try {
      const config = typeof statement === 'string' ? { text: statement } : statement;
      return (await this.client.query<Row>(values ? { ...config, values: [...values] } : config)).rows;
    } catch (error) {
      // Behind the first failure come PostgreSQL's "current transaction is aborted": the first one is the reason.
      throw (this.failure ??= error as Error);
    }
  }

  /** TypeORM on the same connection and snapshot; PostgreSQL itself refuses whatever follows a failure of it. */
  get manager(): EntityManager {
    this.refuseWhenOver();
    return this.runner.manager;
  }

  /**
   * Gives the connection back, whatever has happened. Rejects only when a COMMIT that was asked for did not happen, or when
   * its answer was lost. A second call changes nothing.
   */
  end(outcome: 'commit' | 'rollback' = 'commit'): Promise<void> {
    return (this.ending ??= giveBack(this.runner, this.client, outcome === 'commit' && !this.failure ? 'COMMIT' : 'ROLLBACK'));
  }

  private refuseWhenOver(): void {
    if (this.failure) throw this.failure;
    if (this.ending) throw new Error('This viewer transaction has ended.');
  }
}

/**
 * A short transaction that writes as the viewer, under the same row-level security: for what no workflow is about, such as
 * marking a notification as read. Commits when `work` resolves. Never await `engine.send` in it: that would starve the pool.
 */
export async function writeAsViewer<T>(
  dataSource: DataSource,
  identity: ViewerIdentity,
  work: (tx: ViewerTransaction) => Promise<T>,
): Promise<T> {
  const tx = await ViewerTransaction.open(dataSource, identity, 'write');
  let result: T;
  try {
    result = await work(tx);
  } catch (error) {
    await tx.end('rollback');
    throw error;
  }
  await tx.end('commit');
  return result;
}

async function giveBack(runner: QueryRunner, client: PoolClient, statement: 'COMMIT' | 'ROLLBACK'): Promise<void> {
  try {
    const { command } = await client.query(statement);
    // PostgreSQL answers a COMMIT of a failed transaction with ROLLBACK, not with an error.
    if (command !== statement) throw new Error('The transaction was rolled back, because one of its statements had failed.');
  } catch (error) {
    // A connection in an unknown state is not for the next one: its runner hears this and lets the pool drop it.
    client.emit('error', error);
    if (statement === 'COMMIT') throw error;
  } finally {
    await runner.release();
  }
}
