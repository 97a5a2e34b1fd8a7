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

/**
 * The instant at which the last of `days` whole days is over, counted in `timeZone` from the day after `at`: the person
 * always has the full days, and never a deadline in the middle of the night of another country. Zero: the end of today.
 * A day is the calendar's, so it may last 23 or 25 hours, and its end may not be midnight where the clock skips midnight.
 */
export function endOfDayAfter(at: string, days: number, timeZone: string): string {
  const today = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate();
  const next = today.add({ days: days + 1 }).toZonedDateTime(timeZone);
  return new Date(next.epochMilliseconds).toISOString();
}

/** Milliseconds from `at` to the end of the last of `days` days; none at all for zero days, which means "no such period". */
export function daysInMs(at: string, days: number, timeZone: string): number {
  return days === 0 ? 0 : Date.parse(endOfDayAfter(at, days, timeZone)) - Date.parse(at);
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
