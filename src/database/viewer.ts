import type { ClientBase } from 'pg';

/** Who a token says somebody is. */
export interface ViewerIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** Who the database knows that to be. */
export interface Viewer {
  readonly principalId: string;
  readonly platformRole: string | null;
  readonly broadcasterId: string | null;
  /** Guilds and the role in each, position by position; a guild stands as often as there are roles in it. */
  readonly guildIds: readonly string[];
  readonly guildRoles: readonly string[];
  /** Broadcasters whose guardian this is: they are seen as their own requests are. */
  readonly wardIds: readonly string[];
}

/** Nobody is known by this identity, or that account is disabled. */
export class UnknownViewerError extends Error {
  override readonly name = 'UnknownViewerError';
}

interface ViewerRow {
  readonly principal_id: string;
  readonly platform_role: string | null;
  readonly broadcaster_id: string | null;
  readonly guild_ids: string[];
  readonly guild_roles: string[];
  readonly ward_ids: string[];
}

/** Makes the current transaction the viewer's: until it ends, row-level security shows what they may see. */
export async function openViewer(client: Pick<ClientBase, 'query'>, { issuer, subject }: ViewerIdentity): Promise<Viewer> {
  const { rows } = await client.query<ViewerRow>({
    name: 'viewer.open',
    text: `select principal_id, platform_role, broadcaster_id, guild_ids, guild_roles, ward_ids from guildhall.open_viewer($1, $2)`,
    values: [issuer, subject],
  });
  const [row] = rows;
  if (!row) throw new UnknownViewerError('Nobody is known by this identity.');
  return {
    principalId: row.principal_id,
    platformRole: row.platform_role,
    broadcasterId: row.broadcaster_id,
    guildIds: row.guild_ids,
    guildRoles: row.guild_roles,
    wardIds: row.ward_ids,
  };
}
