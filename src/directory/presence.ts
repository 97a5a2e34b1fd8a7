import type { Pool } from 'pg';
import type { Viewer } from '../database/index.js';

const EVERY_MS = 3_600_000;

/**
 * When a guild's owners were last seen: what "the owner is silent" is judged by. An observation, not a decision, so no entry in
 * the audit trail; told once an hour and guild by each process, because the rules count in days.
 */
export class OwnerPresence {
  private readonly told = new Map<string, number>();

  constructor(
    /** Of the engine's role. */
    private readonly pool: Pick<Pool, 'query'>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Never rejects: who reads must not fail because it could not be noted. */
  async note({ guildIds, guildRoles }: Pick<Viewer, 'guildIds' | 'guildRoles'>): Promise<void> {
    const now = performance.now();
    const owned = guildIds.filter(
      (id, index) => guildRoles[index] === 'OWNER' && now - (this.told.get(id) ?? -Infinity) >= EVERY_MS,
    );
    if (owned.length === 0) return;
    for (const id of owned) this.told.set(id, now);
    try {
      await this.pool.query({
        name: 'directory.ownersSeen',
        text: `update guildhall.guild set owner_last_seen_at = greatest(owner_last_seen_at, guildhall.now()) where id = any ($1::uuid[])`,
        values: [owned],
      });
    } catch (error) {
      for (const id of owned) this.told.delete(id);
      this.onError(error);
    }
  }
}
