import type pg from 'pg';

interface GuildLine {
  readonly guild: string;
  readonly requests: string;
  readonly completed: string;
  readonly refused: string;
  readonly members: string;
}

/** What stands in the database after the run, a line a guild. */
export async function reportTable(engine: pg.Pool): Promise<string> {
  const { rows } = await engine.query<GuildLine>(`
    select g.name as guild, count(*)::text as requests, (count(*) filter (where i.state = 'completed'))::text as completed,
      coalesce((select string_agg(code || ' ' || n, ', ' order by code) from (
        select reason ->> 'code' as code, count(*) as n from guildhall.request r2 join guildhall.instance i2 on i2.id = r2.id
        cross join lateral jsonb_array_elements(i2.snapshot::jsonb #> '{context,reasons}') reason
        where r2.guild_id = g.id and i2.state = 'rejected' group by 1) c), '') as refused,
      (select count(*) from guildhall.membership m where m.guild_id = g.id and m.annulled_at is null and m.starts_at <= guildhall.now()
        and (m.ends_at is null or m.ends_at > guildhall.now()))::text as members
    from guildhall.request r join guildhall.instance i on i.id = r.id join guildhall.guild g on g.id = r.guild_id
    group by g.id, g.name order by count(*) desc, g.name`);
  const sum = (key: 'requests' | 'completed' | 'members') => String(rows.reduce((total, row) => total + Number(row[key]), 0));
  const total = { guild: 'all', requests: sum('requests'), completed: sum('completed'), refused: '', members: sum('members') };
  const header = {
    guild: 'guild',
    requests: 'requests',
    completed: 'completed',
    members: 'members now',
    refused: 'refused by reason',
  };
  const lines = [header, ...rows, total];
  const width = (key: keyof GuildLine) => Math.max(...lines.map((line) => line[key].length));
  return lines
    .map((line) =>
      [
        line.guild.padEnd(width('guild')),
        line.requests.padStart(width('requests')),
        line.completed.padStart(width('completed')),
        line.members.padStart(width('members')),
        line.refused,
      ].join('  '),
    )
    .join('\n');
}
