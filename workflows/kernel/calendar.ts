import { Temporal } from 'temporal-polyfill';

/**
 * When an event happened. A machine's first step sees XState's own `xstate.init`, which carries the time in its input.
 */
export function eventTime(event: unknown): string {
  const { at, input } = event as { at?: string; input?: { at?: string } };
  const time = at ?? input?.at;
  if (time === undefined) throw new Error('An event without a time reached a machine.');
  return time;
}

interface LocalDay {
  /** Milliseconds since 1970, from the first of the day to the first of the next. */
  readonly from: number;
  readonly to: number;
  /** When the last of the days counted from this one is over. */
  readonly end: number;
}

/** By time zone and number of days, the day asked for last: nearly every deadline is counted from today. */
const lastDays = new Map<string, LocalDay>();
const MAX_LAST_DAYS = 1_000;

/**
 * The instant at which the last of `days` whole days is over, counted in `timeZone` from the day after `at`: the person
 * always has the full days, and never a deadline in the middle of the night of another country. Zero: the end of today.
 * A day is the calendar's, so it may last 23 or 25 hours, and its end may not be midnight where the clock skips midnight.
 */
export function endOfDayAfter(at: string, days: number, timeZone: string): string {
  return new Date(endOfDayMs(at, days, timeZone)).toISOString();
}

/** Calendar arithmetic took a seventh of the time of a step; remembered, it takes none. */
function endOfDayMs(at: string, days: number, timeZone: string): number {
  const atMs = Date.parse(at);
  const key = `${String(days)} ${timeZone}`;
  const known = lastDays.get(key);
  if (known && known.from <= atMs && atMs < known.to) return known.end;
  const today = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate();
  const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(timeZone).epochMilliseconds;
  const found = { from: startOf(today), to: startOf(today.add({ days: 1 })), end: startOf(today.add({ days: days + 1 })) };
  if (lastDays.size >= MAX_LAST_DAYS) lastDays.clear();
  lastDays.set(key, found);
  return found.end;
}

/** Milliseconds from `at` to the end of the last of `days` days; none at all for zero days, which means "no such period". */
export function daysInMs(at: string, days: number, timeZone: string): number {
  return days === 0 ? 0 : endOfDayMs(at, days, timeZone) - Date.parse(at);
}

/** Milliseconds from `at` to the end of the day of the same date `years` later; none at all for zero years. */
export function yearsInMs(at: string, years: number, timeZone: string): number {
  if (years === 0) return 0;
  const today = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate();
  return today.add({ years }).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds - Date.parse(at);
}

/** The same time of the day `months` later; on the last of the month where that has no such day. */
export function monthsLater(at: string, months: number, timeZone: string): string {
  return new Date(Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).add({ months }).epochMilliseconds).toISOString();
}

/** An instant as people of a time zone read it, e.g. `2026-03-16 00:00 (Asia/Tokyo)`. */
export function localTime(instant: string, timeZone: string): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone);
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit: 'minute' })} (${timeZone})`;
}

/** Whether a name is a time zone that this system knows. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}
