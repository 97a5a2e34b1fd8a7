import type pg from 'pg';
import { EXIT_KINDS } from './leave.js';
import type { Spell } from './spells.js';

const NUMBERS = ['joined', 'notice', 'probation', 'mutual', 'released', 'members', 'in the file'] as const;
type Numbers = Record<(typeof NUMBERS)[number], number>;

interface GuildRow extends Numbers {
  readonly guild: string;
  /** Codes for which requests were rejected, each with how often. */
  readonly rejected: string;
}

export interface Report {
  readonly table: string;
  /** Guilds whose members are not as many as in the file. */
  readonly wrong: readonly string[];
}

const left = (kind: string): string => `(count(*) filter (where r.kind = '${kind}' and m.ends_at <= guildhall.now()))::int`;

/** What stands in the database after the run, a line a guild, beside the members that the file knows at its end. */
export async function report(engine: pg.Pool, spells: readonly Spell[]): Promise<Report> {
  const members = new Map<string, number>();
  for (const { guild, leftAt } of spells) members.set(guild, (members.get(guild) ?? 0) + (leftAt === null ? 1 : 0));
  const { rows } = await engine.query<Omit<GuildRow, 'in the file'>>(
    `select g.name as guild, count(m.id)::int as joined, ${left(EXIT_KINDS.notice)} as notice, ${left(EXIT_KINDS.probation)} as probation,
       ${left(EXIT_KINDS.mutual)} as mutual, ${left(EXIT_KINDS.release)} as released,
       (count(m.id) filter (where m.starts_at <= guildhall.now() and (m.ends_at is null or m.ends_at > guildhall.now())))::int as members,
       coalesce((select string_agg(code || ' ' || n, ', ' order by code) from (
         select reason ->> 'code' as code, count(*) as n from guildhall.request q join guildhall.instance i on i.id = q.id
         cross join lateral jsonb_array_elements(i.snapshot::jsonb #> '{context,reasons}') reason
         where q.guild_id = g.id and i.state = 'rejected' group by 1) c), '') as rejected
     from guildhall.guild g left join guildhall.membership m on m.guild_id = g.id and m.annulled_at is null
     left join guildhall.request r on r.id = m.ended_by_request_id
     where g.name = any ($1) group by g.id, g.name order by count(m.id) desc, g.name`,
    [[...members.keys()]],
  );
  const guilds: GuildRow[] = rows.map((row) => ({ ...row, 'in the file': members.get(row.guild)! }));
  const sum = (key: keyof Numbers) => guilds.reduce((total, row) => total + row[key], 0);
  const total = { ...(Object.fromEntries(NUMBERS.map((key) => [key, sum(key)])) as Numbers), guild: 'all', rejected: '' };
  return {
    table: tableOf([...guilds, total]),
    wrong: guilds.filter((row) => row.members !== row['in the file']).map(({ guild }) => guild),
  };
}

function tableOf(rows: readonly GuildRow[]): string {
  const lines = [
    ['guild', ...NUMBERS, 'rejected by reason'],
    ...rows.map((row) => [row.guild, ...NUMBERS.map((key) => String(row[key])), row.rejected]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  const padded = (cell: string, column: number) =>
    column === 0 || column > NUMBERS.length ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return lines.map((cells) => cells.map(padded).join('  ').trimEnd()).join('\n');
}
