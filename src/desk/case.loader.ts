import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/index.js';
import { byParent, encodeGlobalId, pageLoader } from '../schema/index.js';
import { CaseNoteType, CaseType, priorities, type CaseNoteRow, type CaseRow } from './case.type.js';

export const caseTables = `guildhall.request r join guildhall.instance i on i.id = r.id left join guildhall.case_file f on f.request_id = r.id`;

/** With a `limit`, not `exists`: that was planned as a hash of all late timers, for a page of twenty. */
export const caseColumns = `r.id, r.created_at, f.assignee_id, f.priority, f.follow_up_at, coalesce(f.revision, 0) as revision, i.held_since,
  coalesce(f.follow_up_at <= (select guildhall.now()), false) or coalesce((select true from guildhall.timer t
    where t.instance_id = r.id and t.status = 'armed' and t.due_at <= (select guildhall.now()) limit 1), false) as overdue`;

export const caseId = (uuid: string): string => encodeGlobalId('Case', uuid);

export const toCase = (row: CaseRow): CaseType =>
  Object.assign(new CaseType(), {
    id: caseId(row.id),
    priority: row.priority === null ? null : priorities[row.priority]!,
    followUpAt: row.follow_up_at,
    revision: row.revision,
    overdue: row.overdue,
    heldSince: row.held_since,
    row,
  });

const isStaff = (role: string | null): boolean => role === 'SUPPORT' || role === 'AUDITOR';

/** Cases by the uuid of their request, one statement a batch; undefined for one that the viewer may not see as a case. */
export const caseLoader = (context: ViewerContext) =>
  new DataLoader<string, CaseType | undefined>(async (ids) => {
    const tx = await context.viewer();
    if (!isStaff(tx.viewer.platformRole)) return ids.map(() => undefined);
    const rows = await tx.query<CaseRow>(`select ${caseColumns} from ${caseTables} where r.id = any ($1::uuid[])`, [ids]);
    const found = new Map(rows.map((row) => [row.id, toCase(row)]));
    return ids.map((id) => found.get(id));
  });

export const toCaseNote = (row: CaseNoteRow): CaseNoteType =>
  Object.assign(new CaseNoteType(), {
    id: encodeGlobalId('CaseNote', row.id),
    body: row.body,
    createdAt: row.created_at,
    erasedAt: row.erased_at,
    row,
  });

/** Notes by request, the newest first. */
export const caseNoteLoader = (context: ViewerContext) =>
  pageLoader<CaseNoteRow, null>(async (ids, page) => {
    const tx = await context.viewer();
    const rows = await tx.query<CaseNoteRow>(
      `select n.* from unnest($1::uuid[]) as q (id) cross join lateral (
         select id, request_id, author_id, body, created_at, erased_at from guildhall.case_note n
         where n.request_id = q.id and ($2::timestamptz is null or (n.created_at, n.id) < ($2, $3::uuid))
         order by n.created_at desc, n.id desc limit $4) n
       order by n.request_id, n.created_at desc, n.id desc`,
      [ids, page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
    );
    return byParent(rows, (row) => row.request_id);
  });

/** Uuids of the disputes that run about a request, by request. */
export const openDisputeLoader = (context: ViewerContext) =>
  new DataLoader<string, readonly string[]>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<{ id: string; parent_id: string }>(
      `select d.id, d.parent_id from guildhall.request d join guildhall.instance di on di.id = d.id
       where d.parent_id = any ($1::uuid[]) and d.relation = 'DISPUTES' and di.status = 'active' order by d.created_at, d.id`,
      [ids],
    );
    const found = byParent(rows, (row) => row.parent_id);
    return ids.map((id) => (found.get(id) ?? []).map((row) => row.id));
  });
