import DataLoader from 'dataloader';
import type { Reason } from '../../workflows/kernel/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { pinnedPolicySql } from '../policies/policy.service.js';
import { encodeGlobalId } from '../schema/index.js';
import { apiState, PolicyReference, RequestType, type HistoryEntryType, type RequestRow } from './request.type.js';

export const requestColumns = `r.id, r.kind, i.machine_version, i.state, i.version, i.snapshot, r.broadcaster_id, r.guild_id, r.gaining_guild_id, r.membership_id, r.parent_id,
  r.relation, r.initiator,
  (select g.status = 'SUSPENDED' from guildhall.guild g where g.id = r.guild_id) as guild_suspended,
  p.name as policy_name, p.number as policy_number, r.created_at, i.updated_at, i.ended_at, guildhall.now() as now,
  case when i.state = 'rejected' then (
    select (b.birth_date + make_interval(years => (p.parameters ->> 'minBroadcasterAgeYears')::int)) at time zone region.time_zone
    from guildhall.broadcaster b join guildhall.region region on region.code = r.region_code
    where b.id = r.broadcaster_id and (b.id = (select guildhall.viewer_broadcaster()) or (select guildhall.viewer_sees_all()))
  ) end as of_age_at`;
export const requestTables = `guildhall.request r join guildhall.instance i on i.id = r.id join guildhall.policy_version p on p.id = ${pinnedPolicySql}`;

export const requestId = (uuid: string): string => encodeGlobalId('Request', uuid);

export function toRequest(row: RequestRow): RequestType {
  const { context } = JSON.parse(row.snapshot) as { context: { reasons?: Reason[] } };
  return Object.assign(new RequestType(), {
    id: requestId(row.id),
    kind: row.kind,
    state: apiState(row.state),
    version: row.version,
    initiator: row.initiator,
    policy: Object.assign(new PolicyReference(), { name: row.policy_name, number: row.policy_number }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at,
    rejectedFor: row.state === 'rejected' ? (context.reasons ?? []).map((reason) => withBirthday(reason, row.of_age_at)) : [],
    row,
  });
}

/** The chain does not hold the day; only the broadcaster and the platform are shown it. */
const withBirthday = (reason: Reason, ofAgeAt: Date | null): Reason =>
  reason.code === 'UNDER_AGE' && ofAgeAt ? { ...reason, until: ofAgeAt.toISOString() } : reason;

/** Requests by uuid, one statement a batch; undefined for one that the viewer may not see. */
export const requestLoader = (context: ViewerContext) =>
  new DataLoader<string, RequestType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<RequestRow>(`select ${requestColumns} from ${requestTables} where r.id = any ($1::uuid[])`, [
      ids,
    ]);
    const found = new Map(rows.map((row) => [row.id, toRequest(row)]));
    return ids.map((id) => found.get(id));
  });

export interface ArmedTimer {
  readonly name: string;
  readonly dueAt: string;
}

/** The clocks that run, by request. */
export const timerLoader = (context: ViewerContext) =>
  new DataLoader<string, readonly ArmedTimer[]>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<{ instance_id: string; name: string; due_at: Date }>(
      `select instance_id, name, due_at from guildhall.timer where instance_id = any ($1::uuid[]) and status = 'armed' order by due_at`,
      [ids],
    );
    return ids.map((id) =>
      rows.filter((row) => row.instance_id === id).map((row) => ({ name: row.name, dueAt: row.due_at.toISOString() })),
    );
  });

export interface HistoryRow {
  readonly instance_id: string;
  readonly seq: number;
  readonly at: Date;
  readonly event_type: string;
  readonly source: string;
  readonly authority: string;
  readonly on_behalf_of: string | null;
  readonly state: string;
  readonly hash: string;
}
/** Who left signing to the actor: named, or the only one who had. Nothing is looked for in events that cannot have it. */
const delegatorSql = `case when h.event_type = 'SIGN_AGREEMENT' and strpos(h.event, '"FOR:') > 0
  and (h.authority like '%DELEGATE' or strpos(h.event, '"for":') > 0) then coalesce(h.event::jsonb ->> 'for',
    (select split_part(a, ':', 2) from jsonb_array_elements_text(h.event::jsonb #> '{actor,authorities}') a where a like 'FOR:%' limit 1)) end`;
/** In whose name somebody signed is for the platform and for the guild whose signature it is. */
export const historyColumns = `h.instance_id, h.seq, h.at, h.event_type, h.source, h.authority, h.state, h.hash,
  (select d.id from (select ${delegatorSql} as id) d where d.id is not null and ((select guildhall.viewer_sees_all()) or exists (
    select from guildhall.guild_staff s where s.principal_id = d.id::uuid and s.guild_id = any ((select guildhall.viewer_guilds())::uuid[]))))
  as on_behalf_of`;

export const toHistoryEntry = (row: HistoryRow): HistoryEntryType => ({
  instanceId: row.instance_id,
  version: row.seq,
  at: row.at,
  event: row.event_type.replace(/^xstate\.after\.([^.]+)\..*$/, '$1'),
  source: row.source,
  authority: row.authority,
  onBehalfOfId: row.on_behalf_of === null ? null : encodeGlobalId('Principal', row.on_behalf_of),
  state: apiState(row.state),
  hash: row.hash,
});
