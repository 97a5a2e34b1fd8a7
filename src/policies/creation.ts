import type { ViewerTransaction } from '../database/index.js';
import { canonicalText } from '../engine/index.js';
import { refuse, type Refusal } from '../schema/index.js';
import { sha256 } from '../verify/chain.js';

/** What a draft is created with, so that the same command sent twice makes one draft. */
export interface Creation {
  readonly key: string | null;
  readonly sha256: string;
}

/** The uuid of what the first attempt has made, a refusal of a misused key, or what to remember of this attempt. */
export async function createdBefore(
  tx: ViewerTransaction,
  table: 'policy_version' | 'clause_version' | 'template_version',
  idempotencyKey: string | undefined,
  asked: unknown,
): Promise<string | Refusal | Creation> {
  const hash = sha256(canonicalText(asked));
  if (idempotencyKey === undefined) return { key: null, sha256: hash };
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
  if (known?.creation_sha256 === hash) return known.id;
  if (known) return refuse('KEY_REUSED', 'This key was used for another draft.', 'idempotencyKey');
  return { key: idempotencyKey, sha256: hash };
}
