import { daysInMs, eventTime, yearsInMs, type DelaySpec } from '../kernel/index.js';
import type { ParameterName } from './parameters.js';

type Window = Exclude<ParameterName, 'nonCompeteMaxMonths'>;

/** A window of whole days by a policy parameter, counted in the region's time zone from the event that opens it. */
export const daysOf = <Name extends Window>(title: string, parameter: Name): DelaySpec => ({
  title,
  ms: ({ context, event }: { context: { policy: Readonly<Record<Name, number>>; timeZone: string }; event: unknown }) =>
    daysInMs(eventTime(event), context.policy[parameter], context.timeZone),
});

/** A window of whole years by a policy parameter, to the end of the day of the same date, counted like `daysOf`. */
export const yearsOf = <Name extends Window>(title: string, parameter: Name): DelaySpec => ({
  title,
  ms: ({ context, event }: { context: { policy: Readonly<Record<Name, number>>; timeZone: string }; event: unknown }) =>
    yearsInMs(eventTime(event), context.policy[parameter], context.timeZone),
});

/** The instant at which a window of days that began at `since` is over, in the region. */
export const endOf = (since: string, days: number, timeZone: string): string =>
  new Date(Date.parse(since) + daysInMs(since, days, timeZone)).toISOString();
