/**
 * Who has left signing to `p` in the request `r`. Both are looked at: a delegator who commits the guild no more has nothing to leave to
 * anybody, and whoever has left the guild signs for none of it. Disabled accounts neither give nor take.
 */
const delegatedSql = `select v.delegator_id, s.role, case when v.guild_id = r.guild_id then 'GUILD_' else 'GAINING_GUILD_' end as side
  from guildhall.signing_delegation v
  join guildhall.guild_staff s on s.guild_id = v.guild_id and s.principal_id = v.delegator_id and s.until is null and s.role in ('OWNER', 'AGENT')
  join guildhall.principal o on o.id = v.delegator_id and o.disabled_at is null
  where v.delegate_id = p.id and v.revoked_at is null and v.guild_id in (r.guild_id, r.gaining_guild_id)
    and (v.request_id is null or v.request_id = r.id) and (v.until is null or v.until > guildhall.now())
    and exists (select from guildhall.guild_staff t where t.guild_id = v.guild_id and t.principal_id = p.id and t.until is null)`;

/**
 * What a person may act as towards a request right now. Read in the same snapshot as the request itself, for every command:
 * a signatory who lost the authority a moment ago has lost it here too. A disabled account has none. The request is looked up once;
 * what hangs on it is one index probe each. Support stands in for a guild only as long as that guild is suspended.
 */
export const authoritySql = `(
  select array_agg(distinct a.authority) from guildhall.principal p left join guildhall.request r on r.id = q.instance_id cross join lateral (
    select p.platform_role where p.platform_role is not null
    union all
    select 'BROADCASTER' from guildhall.broadcaster b where b.id = r.broadcaster_id and b.principal_id = p.id
    union all
    select 'GUARDIAN' from guildhall.guardian w where w.broadcaster_id = r.broadcaster_id and w.principal_id = p.id and w.until is null
    union all
    select case when s.guild_id = r.guild_id then 'GUILD_' else 'GAINING_GUILD_' end || s.role from guildhall.guild_staff s
      where s.principal_id = p.id and s.guild_id in (r.guild_id, r.gaining_guild_id) and s.until is null
    union all
    select 'STAND_IN' from guildhall.guild g where p.platform_role = 'SUPPORT' and g.id = r.guild_id and g.status = 'SUSPENDED'
    union all
    select unnest(array[d.side || 'DELEGATE', 'FOR:' || d.delegator_id || ':' || d.side || d.role]) from (${delegatedSql}) d
  ) as a (authority) where p.id = q.principal_id and p.disabled_at is null)`;

/** The feeds that a log entry belongs to; a transfer is in those of both guilds. */
export const topicsSql = `array['request:' || h.instance_id::text] || coalesce((
  select array_remove(array['guild:' || r.guild_id::text, 'guild:' || r.gaining_guild_id::text, 'broadcaster:' || r.broadcaster_id::text], null)
  from guildhall.request r where r.id = h.instance_id), '{}')`;

export const requestTopic = (requestId: string): string => `request:${requestId}`;
export const guildTopic = (guildId: string): string => `guild:${guildId}`;
