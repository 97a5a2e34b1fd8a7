/**
 * What has been done since to the memberships that a request began or ended: they were ended, their terms were changed, or a
 * later membership followed the one that ended. While there is any, undoing the request would pull the ground from under it.
 */
export const laterSwitchesSql = (request: string): string => `
select s.request_id, q.kind from (
  select m.ended_by_request_id as request_id, m.ends_at as at from guildhall.membership m
    where m.request_id = ${request} and m.annulled_at is null and m.ended_by_request_id <> ${request}
  union
  select t.request_id, t.effective_from from guildhall.membership m join guildhall.membership_terms t on t.membership_id = m.id
    where m.request_id = ${request} and m.annulled_at is null and t.request_id <> ${request}
  union
  select n.request_id, n.starts_at from guildhall.membership m join guildhall.membership n
      on n.broadcaster_id = m.broadcaster_id and n.id <> m.id and n.annulled_at is null and n.starts_at >= m.ends_at
    where m.ended_by_request_id = ${request} and m.annulled_at is null and n.request_id <> ${request}
) s join guildhall.request q on q.id = s.request_id order by s.at, s.request_id`;
