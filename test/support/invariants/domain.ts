import type pg from 'pg';

type Read = <Row extends pg.QueryResultRow>(text: string) => Promise<Row[]>;

/**
 * Of requests and memberships, told by what is wrong with which row. A membership is looked at with the request that began it.
 * Those that were entered by hand, without an instance (the sample world has none, a replay of real history may), are left alone.
 */
export async function domainBreaches(read: Read, of: (column: string) => string): Promise<string[]> {
  const rows = await read<{ id: string; what: string }>(
    `with m as (select m.* from guildhall.membership m where ${of('m.request_id')})
     select r.id, 'a request without an instance' as what from guildhall.request r where ${of('r.id')}
       and not exists (select from guildhall.instance i where i.id = r.id)
       and not exists (select from guildhall.membership o where o.request_id = r.id)
     union all select m.id, 'a membership that overlaps another of the same broadcaster' from m join guildhall.membership o
       on o.broadcaster_id = m.broadcaster_id and o.id <> m.id and o.annulled_at is null and m.annulled_at is null
       and tstzrange(o.starts_at, o.ends_at) && tstzrange(m.starts_at, m.ends_at)
     union all select m.id, 'a membership of another broadcaster or guild than the request that began it' from m
       join guildhall.request r on r.id = m.request_id
       where m.broadcaster_id <> r.broadcaster_id or m.guild_id <> coalesce(r.gaining_guild_id, r.guild_id)
     union all select m.id, 'a membership that has an end, but no request and kind of its end, or the other way round' from m
       where (m.ends_at is null) <> (m.ended_by_request_id is null) or (m.ends_at is null) <> (m.end_kind is null)
     union all select m.id, 'a membership that was ended by a request which did not get so far, or is about another' from m
       join guildhall.request r on r.id = m.ended_by_request_id join guildhall.instance i on i.id = r.id
       where r.broadcaster_id <> m.broadcaster_id or r.guild_id <> m.guild_id or (r.membership_id is not null and r.membership_id <> m.id)
         or i.state in ('withdrawn', 'declined', 'expired', 'rejected', 'voided', 'superseded')
     union all select m.id, 'a membership that was annulled by nobody' from m
       where (m.annulled_at is null) <> (m.annulled_by_request_id is null)
     union all select m.id, 'a membership that began before its request was completed' from m join guildhall.instance i on i.id = m.request_id
       where m.annulled_at is null and i.state not in ('completed', 'withdrawable')
     union all select m.id, 'a membership whose terms have no history' from m
       where not exists (select from guildhall.membership_terms t where t.membership_id = m.id)
     union all select r.id, 'a payment that belongs to no completed exit' from guildhall.request r where ${of('r.id')} and r.kind = 'PAYMENT'
       and not exists (select from guildhall.instance i join guildhall.request p on p.id = i.id where p.id = r.parent_id and p.membership_id is not null
         and i.state in ('completed', 'released', 'unwound') and r.relation = 'PAYS')
     union all select r.id, 'a payment without its statement' from guildhall.request r where ${of('r.id')} and r.kind = 'PAYMENT'
       and not exists (select from guildhall.statement s where s.request_id = r.id)
     union all select r.id, 'a clock that could not be fired: ' || t.last_error from guildhall.timer t join guildhall.request r on r.id = t.instance_id
       where ${of('r.id')} and t.status = 'armed' and t.last_error is not null`,
  );
  return rows.map(({ id, what }) => `${id}: ${what}`);
}
