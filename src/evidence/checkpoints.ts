import type { Pool } from 'pg';
import { inTransaction, type EngineLog } from '../engine/index.js';
import {
  canonicalText,
  headLeaf,
  leafHash,
  MerkleTree,
  sha256,
  type CheckpointBody,
  type CheckpointRecord,
} from '../verify/index.js';
import type { Anchoring } from './bundle.js';
import type { CheckpointFolder } from './checkpoint-folder.js';
import { signDetached, type PlatformKey } from './platform-key.js';
import type { TimestampAuthority } from './timestamp.js';

export interface CheckpointsOptions {
  /** Of the engine's role. */
  readonly pool: Pool;
  readonly key: PlatformKey;
  readonly folder: CheckpointFolder;
  /** Undefined: none is configured. */
  readonly authority?: TimestampAuthority | undefined;
  readonly log: EngineLog;
}

interface Head {
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
}

interface CheckpointRow {
  readonly number: number;
  readonly log_tx: string;
  readonly body: string;
  readonly sha256: string;
  readonly jws: string;
  readonly token: string | null;
}

/** One at a time over all processes, so that no two follow the same one. */
const LOCK = 7_105_662_002;
const CHUNK = 5_000;

const rowsSql = `
select c.number, c.log_tx::text, c.body, c.sha256, c.jws, encode(t.token, 'base64') as token
from guildhall.checkpoint c left join guildhall.checkpoint_timestamp t on t.number = c.number`;

/**
 * Heads below a transaction of the log: a place that does not move any more. What has gone on since is looked up in the history, which
 * keeps every head that there has been.
 */
const headsSql = `
select i.id, coalesce(h.seq, i.version) as seq, coalesce(h.hash, i.head_hash) as hash
from guildhall.instance i left join lateral (
  select h.seq, h.hash from guildhall.history h where i.last_tx >= $1::xid8 and h.instance_id = i.id and h.log_tx < $1::xid8
  order by h.seq desc limit 1) h on true
where i.id > $2 and (i.last_tx < $1::xid8 or h.seq is not null) order by i.id limit ${String(CHUNK)}`;

/**
 * Signed statements about all requests at once, kept where the master of the database is not: whoever changes, cuts off or forks any
 * history after a checkpoint has to change that one too. Each names the one before it by its hash.
 */
export class Checkpoints {
  private newest:
    | { readonly number: number; readonly tree: MerkleTree; readonly places: ReadonlyMap<string, Head & { index: number }> }
    | undefined;

  constructor(private readonly options: CheckpointsOptions) {}

  /** Makes one now, stores and exports it. Undefined: another process is at it. */
  async make(): Promise<CheckpointBody | undefined> {
    const { pool, key } = this.options;
    const body = await inTransaction(pool, async (tx) => {
      const { rows: locks } = await tx.query<{ got: boolean }>('select pg_try_advisory_xact_lock($1) as got', [LOCK]);
      if (!locks[0]!.got) return undefined;
      const { rows: last } = await tx.query<CheckpointRow>(`${rowsSql} order by c.number desc limit 1`);
      const { rows: now } = await tx.query<{ at: Date; tx: string }>(
        'select guildhall.now() as at, pg_snapshot_xmin(pg_current_snapshot())::text as tx',
      );
      const { at, tx: logTx } = now[0]!;
      const heads = await this.heads(tx, logTx);
      const made: CheckpointBody = {
        number: (last[0]?.number ?? 0) + 1,
        at: at.toISOString(),
        logTx,
        treeSize: heads.length,
        root: new MerkleTree(heads.map(leafOf)).root.toString('hex'),
        previous: last[0]?.sha256 ?? null,
      };
      const { body: text, jws } = await this.sign(made);
      await tx.query(
        `insert into guildhall.checkpoint (number, log_tx, body, sha256, kid, jws, at) values ($1, $2::xid8, $3, $4, $5, $6, $7)`,
        [made.number, logTx, text, sha256(text), key.jwk.kid, jws, made.at],
      );
      return made;
    });
    if (body) await this.stampAndExport();
    return body;
  }

  async sign(checkpoint: CheckpointBody): Promise<CheckpointRecord> {
    const body = canonicalText(checkpoint);
    return { body, jws: await signDetached(this.options.key, 'guildhall-checkpoint', body), timestamp: null };
  }

  /** When the last one was made; null: none was. */
  async lastAt(): Promise<{ readonly at: Date | null; readonly now: Date }> {
    const { rows } = await this.options.pool.query<{ at: Date | null; now: Date }>(
      'select (select max(at) from guildhall.checkpoint) as at, guildhall.now() as now',
    );
    return rows[0]!;
  }

  /** What an authority, or the folder, could not take last time is tried again with the next one. */
  async stampAndExport(): Promise<void> {
    const { pool, folder, authority, log } = this.options;
    const { rows } = await pool.query<CheckpointRow>(`${rowsSql} order by c.number`);
    for (const row of rows) {
      let { token } = row;
      if (token === null && authority) {
        try {
          token = await authority.stamp(row.sha256);
          await pool.query(
            `insert into guildhall.checkpoint_timestamp (number, authority, token, at) values ($1, $2, decode($3, 'base64'), guildhall.now()) on conflict do nothing`,
            [row.number, authority.url, token],
          );
        } catch (error) {
          log.warn(
            { err: error, checkpoint: row.number },
            'the timestamp authority gave no timestamp; it is asked again with the next checkpoint',
          );
        }
      }
      await folder.put(row.number, { body: row.body, jws: row.jws, timestamp: token?.replaceAll('\n', '') ?? null });
    }
  }

  /** The newest checkpoint, and the places of these requests in it; undefined: there is none. */
  async anchor(requestIds: readonly string[]): Promise<Anchoring | undefined> {
    const { rows } = await this.options.pool.query<CheckpointRow>(`${rowsSql} order by c.number desc limit 1`);
    const row = rows[0];
    if (!row) return undefined;
    if (this.newest?.number !== row.number) {
      const heads = await this.heads(this.options.pool, row.log_tx);
      const places = new Map(heads.map((head, index) => [head.id, { ...head, index }]));
      this.newest = { number: row.number, tree: new MerkleTree(heads.map(leafOf)), places };
    }
    const { tree, places } = this.newest;
    return {
      checkpoint: toRecord(row),
      proofs: requestIds.flatMap((requestId) => {
        const place = places.get(requestId);
        if (!place) return [];
        const path = tree.path(place.index).map((hash) => hash.toString('hex'));
        return [{ requestId, seq: place.seq, hash: place.hash, index: place.index, path }];
      }),
    };
  }

  /** In the order of their ids, which is that of the leaves. */
  private async heads(db: Pick<Pool, 'query'>, logTx: string): Promise<Head[]> {
    const heads: Head[] = [];
    for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
      const { rows } = await db.query<Head>({ name: 'evidence.heads', text: headsSql, values: [logTx, last] });
      heads.push(...rows);
      if (rows.length < CHUNK) return heads;
      last = rows.at(-1)!.id;
    }
  }
}

const leafOf = ({ id, seq, hash }: Head): Buffer => leafHash(headLeaf(id, seq, hash));

export const toRecord = ({ body, jws, token }: Pick<CheckpointRow, 'body' | 'jws' | 'token'>): CheckpointRecord => ({
  body,
  jws,
  timestamp: token?.replaceAll('\n', '') ?? null,
});
