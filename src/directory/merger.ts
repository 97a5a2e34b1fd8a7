import type { Pool } from 'pg';
import type { Transaction } from '../engine/index.js';
import { inTransaction } from '../engine/transaction.js';
import { PLATFORM_PRINCIPAL_ID, type Consequences } from './consequences.js';

/** One operation a merger, for good: of a guild, the other one and the instant. Of the row `g`. */
const keySql = `format('merge:%s:%s:%s', g.id, g.merged_into_id, extract(epoch from g.merges_at))`;
const begun = `exists (select from guildhall.bulk_operation o where o.created_by = $1 and o.idempotency_key = ${keySql})`;

/** Whether members of this guild are being moved, or have been, by the merger that is announced. */
export async function hasBegun(tx: Transaction, guildId: string): Promise<boolean> {
  const { rows } = await tx.query<{ begun: boolean }>(`select ${begun} as begun from guildhall.guild g where g.id = $2`, [
    PLATFORM_PRINCIPAL_ID,
    guildId,
  ]);
  return rows[0]?.begun === true;
}

const dueSql = `select g.id, g.merged_into_id, g.merges_at, ${keySql} as key from guildhall.guild g
  where g.merges_at <= guildhall.now() and not ${begun} order by g.merges_at, g.id`;

interface DueRow {
  readonly id: string;
  readonly merged_into_id: string;
  readonly merges_at: Date;
  readonly key: string;
}

/** Who belongs to the guild when the work is written down: who has left until then is not in it. */
const remainingSql = `select m.id from guildhall.membership m where m.guild_id = $1 and m.annulled_at is null and m.ends_at is null
  order by m.starts_at, m.id`;

/**
 * Writes down the moving of the remaining members of every guild whose merger is due. By any process, as often as it likes: the
 * guild's lock keeps it apart from a cancellation, the key makes it one operation, and who comes second waits and finds it.
 */
export async function startMergers(pool: Pool, consequences: Consequences): Promise<void> {
  const { rowCount } = await pool.query({ name: 'directory.dueMergers', text: dueSql, values: [PLATFORM_PRINCIPAL_ID] });
  if (rowCount === 0) return;
  await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<DueRow>(`${dueSql} for update of g`, [PLATFORM_PRINCIPAL_ID]);
    for (const { id, merged_into_id: intoGuildId, merges_at: mergesAt, key } of rows) {
      await consequences.create(tx, {
        type: 'MOVE_MEMBERSHIP',
        targetType: 'Membership',
        reasonCode: 'GUILD_MERGED',
        params: { intoGuildId, effectiveAt: mergesAt.toISOString() },
        createdBy: PLATFORM_PRINCIPAL_ID,
        idempotencyKey: key,
        sql: remainingSql,
        values: [id],
      });
    }
  });
}

/** What is done to one membership of a guild that goes over: a request like any other, judged by itself. */
export const moveMembership = (
  { targetId }: { readonly targetId: string },
  { params: { intoGuildId, effectiveAt } }: { readonly params: Readonly<Record<string, unknown>> },
) => ({
  start: { kind: 'TRANSFER_MERGER', input: { membershipId: targetId, gainingGuildId: intoGuildId, said: { effectiveAt } } },
});
