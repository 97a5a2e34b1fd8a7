import type { Transaction } from '../engine/index.js';
import type { DirectoryActor } from './action.js';

interface ActorRow {
  readonly id: string;
  readonly platform_role: string | null;
  readonly broadcaster_id: string | null;
  readonly owned: string[];
}

/** Undefined when there is no such person, or their account is disabled. Read with every command, kept nowhere. */
export async function readActor(tx: Transaction, principalId: string): Promise<DirectoryActor | undefined> {
  const { rows } = await tx.query<ActorRow>({
    name: 'directory.actor',
    text: `select p.id, p.platform_role, b.id as broadcaster_id,
        array(select s.guild_id from guildhall.guild_staff s where s.principal_id = p.id and s.role = 'OWNER' and s.until is null) as owned
      from guildhall.principal p left join guildhall.broadcaster b on b.principal_id = p.id
      where p.id = $1 and p.disabled_at is null`,
    values: [principalId],
  });
  const row = rows[0];
  return (
    row && {
      principalId: row.id,
      platformRole: row.platform_role,
      broadcasterId: row.broadcaster_id,
      ownedGuildIds: row.owned,
    }
  );
}
