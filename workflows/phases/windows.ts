import { daysInMs, eventTime, type DelaySpec } from '../kernel/index.js';
import type { ParameterName, Parameters } from './parameters.js';

/** A window of whole days by a policy parameter, counted in the region's time zone from the event that opens it. */
export const daysOf = <Name extends ParameterName>(title: string, parameter: Name): DelaySpec => ({
  title,
  ms: ({ context, event }: { context: { policy: Parameters<Name>; timeZone: string }; event: unknown }) =>
    daysInMs(eventTime(event), context.policy[parameter], context.timeZone),
});
