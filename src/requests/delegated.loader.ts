import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/viewer-context.js';

interface DelegatedRow {
  readonly id: string;
  readonly delegator_id: string;
  readonly side: string;
  readonly role: string;
}

/**
 * What the viewer may sign in whose name, by request: the authorities that the engine reads for a command, from the viewer's snapshot. For
 * showing, never for deciding.
 */
export const delegatedLoader = (context: ViewerContext) =>
  new DataLoader<string, readonly string[]>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<DelegatedRow>(
      `select r.id, v.delegator_id, s.role, case when v.guild_id = r.guild_id then 'GUILD_' else 'GAINING_GUILD_' end as side
       from guildhall.request r
       join guildhall.signing_delegation v on v.guild_id in (r.guild_id, r.gaining_guild_id) and v.delegate_id = $2 and v.revoked_at is null
         and (v.request_id is null or v.request_id = r.id) and (v.until is null or v.until > guildhall.now())
       join guildhall.guild_staff s on s.guild_id = v.guild_id and s.principal_id = v.delegator_id and s.until is null
         and s.role in ('OWNER', 'AGENT')
       where r.id = any ($1::uuid[])`,
      [ids, tx.viewer.principalId],
    );
    return ids.map((id) =>
      rows
        .filter((row) => row.id === id)
        .flatMap(({ side, role, delegator_id: delegator }) => [`${side}DELEGATE`, `FOR:${delegator}:${side}${role}`]),
    );
  });
