import type { ViewerTransaction } from '../database/index.js';
import type { BroadcasterRecord } from '../verify/index.js';

interface MembershipRow {
  readonly id: string;
  readonly guild_id: string;
  readonly guild: string;
  readonly request_id: string;
  readonly has_request: boolean;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
  readonly end_kind: string | null;
  readonly ended_by_request_id: string | null;
  readonly terms: Record<string, unknown>;
}

/** What a broadcaster takes along: memberships that count, and every request by which one began, changed or ended. */
export async function readBroadcaster(
  tx: ViewerTransaction,
  broadcasterId: string,
): Promise<
  { readonly broadcaster: BroadcasterRecord; readonly requestIds: readonly string[]; readonly madeFor: string } | undefined
> {
  const { viewer } = tx;
  const platform = ['SUPPORT', 'AUDITOR'].includes(viewer.platformRole ?? '');
  // A guild sees its members, and none of what they were elsewhere.
  if (!platform && viewer.broadcasterId !== broadcasterId && !viewer.wardIds.includes(broadcasterId)) return undefined;
  const [broadcaster] = await tx.query<{ id: string; handle: string; region: string }>(
    'select id, handle, region_code as region from guildhall.broadcaster where id = $1',
    [broadcasterId],
  );
  if (!broadcaster) return undefined;
  const memberships = await tx.query<MembershipRow>(
    `select m.id, m.guild_id, g.name as guild, m.request_id, exists (select from guildhall.instance i where i.id = m.request_id) as has_request,
       m.starts_at, m.ends_at, m.end_kind, m.ended_by_request_id, m.terms
     from guildhall.membership m join guildhall.guild g on g.id = m.guild_id
     where m.broadcaster_id = $1 and m.annulled_at is null order by m.starts_at, m.id`,
    [broadcasterId],
  );
  const requests = await tx.query<{ id: string }>(
    `select i.id from guildhall.instance i where i.id in (
       select m.request_id from guildhall.membership m where m.broadcaster_id = $1 and m.annulled_at is null
       union select m.ended_by_request_id from guildhall.membership m where m.broadcaster_id = $1 and m.annulled_at is null
       union select t.request_id from guildhall.membership_terms t join guildhall.membership m on m.id = t.membership_id
         where m.broadcaster_id = $1 and m.annulled_at is null
       union select r.id from guildhall.request r join guildhall.agreement_version a on a.request_id = r.id
         join guildhall.instance c on c.id = r.id and c.state = 'completed' where r.broadcaster_id = $1) order by i.id`,
    [broadcasterId],
  );
  return {
    requestIds: requests.map(({ id }) => id),
    madeFor: viewer.platformRole ?? 'BROADCASTER',
    broadcaster: {
      broadcaster,
      memberships: memberships.map((row) => ({
        id: row.id,
        guild: { id: row.guild_id, name: row.guild },
        requestId: row.has_request ? row.request_id : null,
        startsAt: row.starts_at.toISOString(),
        endsAt: row.ends_at?.toISOString() ?? null,
        endKind: row.end_kind,
        endedByRequestId: row.ended_by_request_id,
        terms: row.terms,
      })),
    },
  };
}
