import type { Transaction } from '../engine/index.js';

/** One flow at a time for a broadcaster: whoever opens or switches takes this lock first. Released with the transaction. */
export async function lockBroadcaster(tx: Transaction, broadcasterId: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('broadcaster:' || $1::text, 0))`, [broadcasterId]);
}

/** The rosters of guilds, in the order of their ids: while one counts its members against its cap, nobody else joins. */
export async function lockGuilds(tx: Transaction, guildIds: readonly string[]): Promise<void> {
  for (const guildId of [...guildIds].sort())
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('guild:' || $1::text, 0))`, [guildId]);
}
