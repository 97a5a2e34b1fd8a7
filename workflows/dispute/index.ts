import { parties, type RequestDefinition } from '../phases/index.js';
import { input, policy, type DisputeContext } from './context.js';
import { checks, delays, effects, events, machine } from './machine.js';
import { opening } from './opening.js';

export { ANSWERS, DECISIONS } from './context.js';
export { interimParams, reportParams } from './machine.js';

/** Beside the request that it is about, with clocks of its own: filed, answered, decided, appealed, final. */
export const dispute: RequestDefinition = {
  kind: 'DISPUTE',
  version: 1,
  title: 'Dispute',
  description:
    'A party objects to a request on a closed list of grounds: the other side answers, the platform decides, an appeal goes to somebody else.',
  machine,
  input,
  parties,
  events,
  checks,
  effects,
  delays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['answered', 'withdrawing'] },
  timeZone: (context: DisputeContext) => context.timeZone,
  opening,
};
