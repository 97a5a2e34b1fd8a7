/**
 * What a person may act as towards a request right now. Read in the same snapshot as the request itself, for every command:
 * a signatory who lost the authority a moment ago has lost it here too. A disabled account has none.
 */
export const authoritySql = `(
  select array_agg(distinct a.authority) from guildhall.principal p cross join lateral (
    select p.platform_role where p.platform_role is not null
    union all
    select 'BROADCASTER' from guildhall.request r join guildhall.broadcaster b on b.id = r.broadcaster_id
      where r.id = q.instance_id and b.principal_id = p.id
    union all
    select 'GUILD_' || s.role from guildhall.request r join guildhall.guild_staff s on s.guild_id = r.guild_id
      where r.id = q.instance_id and s.principal_id = p.id and s.until is null
  ) as a (authority) where p.id = q.principal_id and p.disabled_at is null)`;

/** The feeds that a log entry belongs to. */
export const topicsSql = `array['request:' || h.instance_id::text] || coalesce((
  select array['guild:' || r.guild_id::text, 'broadcaster:' || r.broadcaster_id::text] from guildhall.request r where r.id = h.instance_id), '{}')`;

export const requestTopic = (requestId: string): string => `request:${requestId}`;
export const guildTopic = (guildId: string): string => `guild:${guildId}`;
