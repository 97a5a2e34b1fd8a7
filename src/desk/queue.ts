import type { ViewerTransaction } from '../database/index.js';
import type { CaseRow } from './case.type.js';

export interface QueueRow extends CaseRow {
  /** The smaller, the more urgent: minus eight times the priority, minus 4 when overdue, 2 when disputed, 1 when held. */
  readonly place: number;
  /** Since when it has waited for somebody. */
  readonly since: Date;
}

/**
 * The requests that run and ask for an agent: somebody has given them a priority or taken them, a clock or the follow-up is
 * past due, they are on hold or disputed. Everything else goes on by itself. Each part is found by its own index, so that the
 * queue costs what is in it, not what there is.
 */
export const queueSql = `
with now as materialized (select guildhall.now() as at), late as materialized (
  select t.instance_id as id, min(t.due_at) as since from guildhall.timer t
  where t.status = 'armed' and t.due_at <= (select at from now) group by 1
), disputed as materialized (
  select d.parent_id as id, min(d.created_at) as since from guildhall.request d join guildhall.instance di on di.id = d.id
  where d.relation = 'DISPUTES' and d.parent_id is not null and di.status = 'active' group by 1
), asking as materialized (
  select id from late union select id from disputed
  union select id from guildhall.instance where held_since is not null
  union select request_id from guildhall.case_file where priority is not null
  union select request_id from guildhall.case_file where assignee_id is not null
  union select request_id from guildhall.case_file where follow_up_at <= (select at from now)
), waiting as materialized (
  select r.id, r.created_at, f.assignee_id, f.priority, f.follow_up_at, coalesce(f.revision, 0) as revision, i.held_since,
    late.id is not null or coalesce(f.follow_up_at <= (select at from now), false) as overdue, late.since as late_since, disputed.since as disputed_since
  from asking cross join lateral (select * from guildhall.request r where r.id = asking.id limit 1) r join guildhall.instance i on i.id = r.id
    left join guildhall.case_file f on f.request_id = r.id left join late on late.id = r.id left join disputed on disputed.id = r.id
  where i.status = 'active'
), queue as (
  select w.*, -(coalesce(w.priority, 1) * 8 + w.overdue::int * 4 + (w.disputed_since is not null)::int * 2 + (w.held_since is not null)::int) as place,
    date_trunc('milliseconds', coalesce(least(w.late_since, w.disputed_since, w.held_since,
      case when w.follow_up_at <= (select at from now) then w.follow_up_at end), w.created_at)) as since
  from waiting w
)`;

/** Files are opened for this many at once, so that two agents rarely wait for each other. */
const LOOK_AHEAD = 20;
const ROUNDS = 5;

/**
 * The most urgent case that nobody has, for this agent alone. There is a row to lock only once a case has a file, so files
 * are opened first for those at the head of the queue; then the first one that no other agent is just taking is taken.
 */
export async function takeNext(tx: ViewerTransaction): Promise<string | undefined> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const opened = await tx.query(
      `${queueSql}, head as (select id, revision from queue where assignee_id is null order by place, since, id limit ${String(LOOK_AHEAD)})
       insert into guildhall.case_file (request_id, updated_at)
       select h.id, guildhall.now() from head h where not exists (select from guildhall.case_file f where f.request_id = h.id)
       order by h.id on conflict (request_id) do nothing returning request_id`,
    );
    const [next] = await tx.query<{ id: string }>(
      `${queueSql} select f.request_id as id from queue q join guildhall.case_file f on f.request_id = q.id
       where f.assignee_id is null order by q.place, q.since, q.id limit 1 for update of f skip locked`,
    );
    if (next) {
      await tx.query(
        `update guildhall.case_file set assignee_id = $2, revision = revision + 1, updated_at = guildhall.now() where request_id = $1`,
        [next.id, tx.viewer.principalId],
      );
      return next.id;
    }
    if (opened.length === 0 && round > 0) return undefined;
  }
  return undefined;
}
