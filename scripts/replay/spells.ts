import { parse, type Info } from 'csv-parse/sync';

/** One stretch of one person's membership in one guild. */
export interface Spell {
  /** In the file; the header is line 1. */
  readonly line: number;
  readonly guild: string;
  readonly broadcaster: string;
  /** ISO 8601 UTC, whole seconds. */
  readonly joinedAt: string;
  readonly leftAt: string | null;
  /** `present_at_start`: the day on which the records begin, not that of joining. */
  readonly entry: Entry;
  /** Null while a member. */
  readonly leaveReason: LeaveReason | null;
}

const ENTRIES = ['joined', 'present_at_start'] as const;
type Entry = (typeof ENTRIES)[number];
const LEAVE_REASONS = ['INACTIVITY_RULE', 'OTHER'] as const;
type LeaveReason = (typeof LEAVE_REASONS)[number];

export interface Problem {
  readonly line: number;
  readonly reason: string;
}

/** `entry` and `leave_reason` may be missing, or empty: then somebody joined, and left for another reason. */
const COLUMNS = ['guild', 'broadcaster', 'joined_at', 'left_at'] as const;
const MAX_LINE_BYTES = 64 * 1024;
const MAX_PROBLEMS = 1000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

/** Reads a file of memberships whole, or says everything that is wrong with it: nothing of a bad file is used. */
export function readSpells(bytes: Uint8Array): { readonly spells: Spell[]; readonly problems: Problem[] } {
  const fail = (line: number, reason: string) => ({ spells: [], problems: [{ line, reason }] });
  if (bytes.length === 0) return fail(1, 'the file is empty');
  const long = longLines(bytes);
  if (long.length > 0) return { spells: [], problems: long };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail(lineOfBadByte(bytes), 'the file is not UTF-8');
  }
  let records: { record: Record<string, string>; info: Info }[];
  try {
    records = parse(text, { columns: true, info: true, bom: true, skip_empty_lines: true, relax_column_count: false }) as never;
  } catch (error) {
    return fail((error as { lines?: number }).lines ?? 1, `not readable as CSV: ${(error as Error).message}`);
  }
  const header = (text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? '').split(',').map((name) => name.trim());
  const missing = COLUMNS.filter((name) => !header.includes(name));
  if (missing.length > 0) return fail(1, `missing column: ${missing.join(', ')}`);
  if (records.length === 0) return fail(2, 'the file holds no memberships');
  const problems: Problem[] = [];
  const spells = records.flatMap(({ record, info }) => {
    const spell = toSpell(record, info.lines, problems);
    return spell ? [spell] : [];
  });
  problems.push(...overlaps(spells));
  return { spells, problems: problems.sort((a, b) => a.line - b.line).slice(0, MAX_PROBLEMS) };
}

function toSpell(record: Readonly<Record<string, string>>, line: number, problems: Problem[]): Spell | undefined {
  const before = problems.length;
  const note = (reason: string) => problems.push({ line, reason });
  const value = (name: string) => record[name]?.trim() ?? '';
  for (const name of ['guild', 'broadcaster']) {
    if (value(name) === '') note(`${name} is empty`);
    else if (value(name).length > 200) note(`${name} is longer than 200 characters`);
  }
  const joinedAt = instant(value('joined_at'));
  if (joinedAt === undefined) note(`joined_at is not an instant in UTC: ${shown(value('joined_at'))}`);
  const leftAt = value('left_at') === '' ? null : instant(value('left_at'));
  if (leftAt === undefined) note(`left_at is not an instant in UTC: ${shown(value('left_at'))}`);
  if (joinedAt !== undefined && leftAt != null && leftAt < joinedAt) note('left_at is before joined_at');
  const entry = oneOf(ENTRIES, value('entry') || 'joined');
  if (entry === undefined) note(`entry is none of ${ENTRIES.join(', ')}: ${shown(value('entry'))}`);
  const leaveReason = oneOf(LEAVE_REASONS, value('leave_reason') || 'OTHER');
  if (leaveReason === undefined) note(`leave_reason is none of ${LEAVE_REASONS.join(', ')}: ${shown(value('leave_reason'))}`);
  else if (leftAt === null && value('leave_reason') !== '') note('leave_reason is given without left_at');
  if (problems.length > before) return undefined;
  return {
    line,
    guild: value('guild'),
    broadcaster: value('broadcaster'),
    joinedAt: joinedAt!,
    leftAt: leftAt!,
    entry: entry!,
    leaveReason: leftAt === null ? null : leaveReason!,
  };
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 40));
const oneOf = <Value extends string>(values: readonly Value[], text: string): Value | undefined =>
  values.find((value) => value === text);

function instant(text: string): string | undefined {
  if (!INSTANT.test(text)) return undefined;
  const time = Date.parse(text);
  // Date.parse turns 31 February into 3 March: the day that comes back must be the day that was written.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10)
    ? undefined
    : new Date(time).toISOString();
}

function overlaps(spells: readonly Spell[]): Problem[] {
  const byPerson = byBroadcaster(spells);
  return [...byPerson.values()].flatMap((own) => {
    const sorted = [...own].sort((a, b) => Date.parse(a.joinedAt) - Date.parse(b.joinedAt));
    let longest: Spell | undefined;
    return sorted.flatMap((spell, index) => {
      // Not the one before it, but the one that ends last: a short spell may lie inside a long one.
      const earlier = longest;
      if (!earlier || (earlier.leftAt !== null && (spell.leftAt === null || spell.leftAt > earlier.leftAt))) longest = spell;
      // Two that begin together could not be told apart, even where one of them ends at once.
      const isTwin = sorted[index - 1]?.joinedAt === spell.joinedAt;
      if (!earlier || (earlier.leftAt !== null && earlier.leftAt <= spell.joinedAt && !isTwin)) return [];
      return [{ line: spell.line, reason: `overlaps the membership of the same broadcaster in line ${String(earlier.line)}` }];
    });
  });
}

export function byBroadcaster(spells: readonly Spell[]): Map<string, Spell[]> {
  const groups = new Map<string, Spell[]>();
  for (const spell of spells) {
    const own = groups.get(spell.broadcaster);
    if (own) own.push(spell);
    else groups.set(spell.broadcaster, [spell]);
  }
  return groups;
}

function longLines(bytes: Uint8Array): Problem[] {
  const problems: Problem[] = [];
  let line = 1;
  let start = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== 10) continue;
    if (at - start > MAX_LINE_BYTES) problems.push({ line, reason: 'the line is longer than 64 KiB' });
    line += 1;
    start = at + 1;
  }
  return problems;
}

/** The first line that does not decode by itself; a character never spans a line end. */
function lineOfBadByte(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== 10) continue;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, at));
    } catch {
      return line;
    }
    line += 1;
    start = at + 1;
  }
  return line;
}
