import type pg from 'pg';
import { byBroadcaster, type Spell } from './spells.js';

/** Where the database and the file do not say the same. */
export interface Difference {
  readonly broadcaster: string;
  readonly reason: string;
}

interface Membership {
  readonly broadcaster: string;
  readonly guild: string;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
}

/** People at a time; what is held in memory does not grow with the file's length. */
const CHUNK = 1_000;

/** Every membership of everybody in the file against the file: guild, beginning and end, to the instant; none too many, none too few. */
export async function compareSpells(engine: pg.Pool, spells: readonly Spell[]): Promise<Difference[]> {
  const people = [...byBroadcaster(spells)];
  const differences: Difference[] = [];
  for (let from = 0; from < people.length; from += CHUNK) {
    const chunk = people.slice(from, from + CHUNK);
    const { rows } = await engine.query<Membership>(
      `select b.handle as broadcaster, g.name as guild, m.starts_at, m.ends_at from guildhall.membership m
       join guildhall.broadcaster b on b.id = m.broadcaster_id join guildhall.guild g on g.id = m.guild_id
       where b.handle = any ($1) and m.annulled_at is null`,
      [chunk.map(([broadcaster]) => broadcaster)],
    );
    const found = new Map<string, Membership[]>();
    for (const row of rows) found.set(row.broadcaster, [...(found.get(row.broadcaster) ?? []), row]);
    for (const [broadcaster, own] of chunk)
      differences.push(...reasons(own, found.get(broadcaster) ?? []).map((reason) => ({ broadcaster, reason })));
  }
  return differences;
}

function reasons(spells: readonly Spell[], memberships: readonly Membership[]): string[] {
  const left = new Map(memberships.map((membership) => [keyOf(membership.guild, iso(membership.starts_at)), membership]));
  const wrong = spells.flatMap(({ line, guild, joinedAt, leftAt }) => {
    const key = keyOf(guild, joinedAt);
    const membership = left.get(key);
    left.delete(key);
    const where = `line ${String(line)}: the membership in ${guild} from ${joinedAt}`;
    if (!membership) return [`${where} is missing`];
    const endedAt = membership.ends_at && iso(membership.ends_at);
    if (endedAt === leftAt) return [];
    return [`${where} ${ending(endedAt)}; in the file it ${ending(leftAt)}`];
  });
  const more = [...left.keys()].map((key) => `a membership that is not in the file: ${key}`);
  return [...wrong, ...more];
}

const iso = (date: Date): string => date.toISOString();
const keyOf = (guild: string, joinedAt: string): string => `in ${guild} from ${joinedAt}`;
const ending = (at: string | null): string => (at === null ? 'goes on' : `ends at ${at}`);
