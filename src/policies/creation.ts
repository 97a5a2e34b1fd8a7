import { createHash } from 'node:crypto';
import type { ViewerTransaction } from '../database/index.js';
import { canonicalText } from '../engine/index.js';
import type { Refusal } from '../schema/index.js';
import { refuse, type Reviewed } from './reviewed-version.js';

/** What a draft is created with, so that the same command sent twice makes one draft. */
export interface Creation {
  readonly key: string | null;
  readonly sha256: string;
}

/** The uuid of what the first attempt has made, a refusal of a misused key, or what to remember of this attempt. */
export async function createdBefore(
  tx: ViewerTransaction,
  { table }: Reviewed,
  idempotencyKey: string | undefined,
  asked: unknown,
): Promise<string | Refusal | Creation> {
  const sha256 = createHash('sha256').update(canonicalText(asked)).digest('hex');
  if (idempotencyKey === undefined) return { key: null, sha256 };
  const author = tx.viewer.principalId;
  // Two at once with one key wait here for each other; the unique key of the table stands behind this.
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1::text || '-key:' || $2::text || ':' || $3::text, 0))`, [
    table,
    author,
    idempotencyKey,
  ]);
  const [known] = await tx.query<{ id: string; creation_sha256: string }>(
    `select id, creation_sha256 from guildhall.${table} where author_id = $1 and creation_key = $2`,
    [author, idempotencyKey],
  );
  if (known?.creation_sha256 === sha256) return known.id;
  if (known) return refuse('KEY_REUSED', 'This key was used for another draft.', 'idempotencyKey');
  return { key: idempotencyKey, sha256 };
}
