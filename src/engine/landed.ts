import type { Chained } from './chained.js';
import type { Transaction } from './types.js';

/**
 * Which of these attempts are in the history, by hash. After a lost reply this is the only way to know, and it is a sure
 * one: nobody else's row can have the hash. "Not there" is not final, because the lost statement may still be running in
 * the database; but then it and its successor stand at the same version guard, and only one of them passes.
 */
export async function landed(db: Transaction, attempts: readonly Chained[]): Promise<Set<string>> {
  if (attempts.length === 0) return new Set();
  const { rows } = await db.query<{ hash: string }>(
    `select h.hash from guildhall.history h join unnest($1::uuid[], $2::int[], $3::text[]) as m (id, seq, hash)
       on h.instance_id = m.id and h.seq = m.seq and h.hash = m.hash`,
    [
      attempts.map(({ instanceId }) => instanceId),
      attempts.map(({ version }) => version),
      attempts.map(({ headHash }) => headHash),
    ],
  );
  return new Set(rows.map(({ hash }) => hash));
}
