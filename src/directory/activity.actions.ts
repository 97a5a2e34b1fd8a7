import { z } from 'zod';
import type { Reason } from '../../workflows/kernel/index.js';
import type { Transaction } from '../engine/index.js';
import { bySupport, defineAction, idOf, line, refuseFor } from './action.js';

export const MAX_ACTIVITY_LINES = 1_000;

const activityLine = z.strictObject({
  broadcasterId: idOf('Broadcaster'),
  /** `2026-03` */
  month: z.string().regex(/^(19|20|21)\d\d-(0[1-9]|1[0-2])$/, 'must be a month, e.g. 2026-03'),
  days: z.int().min(0).max(31),
  minutes: z.int().min(0).max(44_640),
  income: z.strictObject({ amountMinor: z.int(), currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code') }),
  lineId: line(100),
  replaces: line(100).nullish(),
});
type ActivityLine = z.output<typeof activityLine>;

interface Reported {
  readonly broadcaster_id: string;
  readonly month: string;
  readonly days: number;
  readonly minutes: number;
  readonly income_minor: string;
  readonly currency: string;
  readonly source: string;
  readonly line_id: string;
}

/**
 * What broadcasters did in a month, as a source tells it. A line that has been reported is recognised by its source and id and
 * changes nothing; other numbers for a month need a new line that names the one that it replaces, so that an old file which
 * comes late cannot undo a correction.
 */
export const reportActivity = defineAction({
  name: 'reportActivity',
  input: z.strictObject({ source: line(100), lines: z.array(activityLine).min(1).max(MAX_ACTIVITY_LINES) }),
  authority: bySupport,
  carryOut: async ({ tx, at, actor }, { source, lines }) => {
    const known = await readKnown(tx, source, lines);
    const objections = [...duplicates(lines), ...lines.flatMap((each, index) => objectionsTo(each, index, source, known, at))];
    refuseFor(...objections);
    const news = lines.filter(({ lineId }) => !known.byLine.has(lineId));
    await upsert(tx, source, news, at);
    await noteActivity(tx, news, at);
    return {
      // Of many broadcasters at once: the entry stands with who reported.
      subject: { type: 'Principal', id: actor.principalId },
      details: { source, lines: lines.length, written: news.length, repeated: lines.length - news.length },
    };
  },
});

interface Known {
  readonly broadcasters: ReadonlySet<string>;
  readonly byLine: ReadonlyMap<string, Reported>;
  readonly byMonth: ReadonlyMap<string, Reported>;
}

const monthKey = (broadcasterId: string, month: string) => `${broadcasterId} ${month}`;

async function readKnown(tx: Transaction, source: string, lines: readonly ActivityLine[]): Promise<Known> {
  const ids = [...new Set(lines.map(({ broadcasterId }) => broadcasterId))].sort();
  // Locked in the order of ids: two reports about the same people follow each other, and neither waits in a circle.
  const { rows: people } = await tx.query<{ id: string }>(
    'select id from guildhall.broadcaster where id = any ($1::uuid[]) order by id for no key update',
    [ids],
  );
  const { rows } = await tx.query<Reported>(
    `select broadcaster_id, to_char(month, 'YYYY-MM') as month, days, minutes, income_minor, currency, source, line_id
     from guildhall.activity_month
     where (broadcaster_id, month) in (select b, m::date from unnest($1::uuid[], $2::text[]) as l (b, m)) or (source = $3 and line_id = any ($4::text[]))`,
    [
      lines.map(({ broadcasterId }) => broadcasterId),
      lines.map(({ month }) => `${month}-01`),
      source,
      lines.map(({ lineId }) => lineId),
    ],
  );
  return {
    broadcasters: new Set(people.map(({ id }) => id)),
    byLine: new Map(rows.filter((row) => row.source === source).map((row) => [row.line_id, row])),
    byMonth: new Map(rows.map((row) => [monthKey(row.broadcaster_id, row.month), row])),
  };
}

function objectionsTo(each: ActivityLine, index: number, source: string, known: Known, at: string): Reason[] {
  const place = (field: string) => `lines.${String(index)}.${field}`;
  const reasons: Reason[] = [];
  if (!known.broadcasters.has(each.broadcasterId))
    reasons.push({ code: 'NOT_FOUND', message: 'There is no such broadcaster.', field: place('broadcasterId') });
  if (each.month > at.slice(0, 7))
    reasons.push({ code: 'FUTURE_MONTH', message: 'This month has not begun.', field: place('month') });
  const same = known.byLine.get(each.lineId);
  if (same) {
    if (!isRepetition(same, each))
      reasons.push({
        code: 'LINE_CHANGED',
        message: 'A line of this id was reported with other content.',
        field: place('lineId'),
      });
    return reasons;
  }
  const before = known.byMonth.get(monthKey(each.broadcasterId, each.month));
  if (before && !(before.source === source && before.line_id === each.replaces))
    reasons.push({
      code: 'MONTH_REPORTED',
      message: 'This month has been reported: name the line that this one replaces.',
      field: place('replaces'),
    });
  if (!before && each.replaces != null)
    reasons.push({ code: 'NOTHING_REPLACED', message: 'There is no such line to replace.', field: place('replaces') });
  return reasons;
}

const isRepetition = (row: Reported, each: ActivityLine): boolean =>
  row.broadcaster_id === each.broadcasterId &&
  row.month === each.month &&
  row.days === each.days &&
  row.minutes === each.minutes &&
  Number(row.income_minor) === each.income.amountMinor &&
  row.currency === each.income.currency;

/** Within one report a line and a month stand once. */
function duplicates(lines: readonly ActivityLine[]): Reason[] {
  const seen = new Set<string>();
  return lines.flatMap(({ lineId, broadcasterId, month }, index) => {
    const keys = [`line ${lineId}`, monthKey(broadcasterId, month)];
    const twice = keys.some((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    const field = `lines.${String(index)}`;
    return twice ? [{ code: 'TWICE', message: 'This line or this month stands in the report twice.', field }] : [];
  });
}

async function upsert(tx: Transaction, source: string, lines: readonly ActivityLine[], at: string): Promise<void> {
  await tx.query(
    `insert into guildhall.activity_month (broadcaster_id, month, days, minutes, income_minor, currency, source, line_id, reported_at)
     select l.broadcaster_id, l.month, l.days, l.minutes, l.income, l.currency, $7, l.line_id, $9
     from unnest($1::uuid[], $2::date[], $3::int[], $4::int[], $5::bigint[], $6::text[], $8::text[])
       as l (broadcaster_id, month, days, minutes, income, currency, line_id)
     on conflict (broadcaster_id, month) do update set days = excluded.days, minutes = excluded.minutes,
       income_minor = excluded.income_minor, currency = excluded.currency, source = excluded.source, line_id = excluded.line_id,
       reported_at = excluded.reported_at`,
    [
      lines.map(({ broadcasterId }) => broadcasterId),
      lines.map(({ month }) => `${month}-01`),
      lines.map(({ days }) => days),
      lines.map(({ minutes }) => minutes),
      lines.map(({ income }) => income.amountMinor),
      lines.map(({ income }) => income.currency),
      source,
      lines.map(({ lineId }) => lineId),
      at,
    ],
  );
}

/** A guild is active in the last month in which one of its members broadcast. */
async function noteActivity(tx: Transaction, lines: readonly ActivityLine[], at: string): Promise<void> {
  const active = lines.filter(({ days }) => days > 0);
  await tx.query(
    `update guildhall.guild g set last_activity_at = greatest(g.last_activity_at, a.at)
     from (select m.guild_id, max(least(l.month + interval '1 month', m.ends_at, $3::timestamptz)) as at
       from unnest($1::uuid[], $2::date[]) as l (broadcaster_id, month)
       join guildhall.membership m on m.broadcaster_id = l.broadcaster_id and m.annulled_at is null
         and m.starts_at < l.month + interval '1 month' and (m.ends_at is null or m.ends_at > l.month)
       group by m.guild_id) a where a.guild_id = g.id`,
    [active.map(({ broadcasterId }) => broadcasterId), active.map(({ month }) => `${month}-01`), at],
  );
}
