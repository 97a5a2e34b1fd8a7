import { parties, type RequestDefinition } from '../phases/index.js';
import { mutualInput, mutualPolicy, type MutualContext } from './context.js';
import { checks, delays, effects, events, mutualMachine } from './machine.js';
import { mutualOpening } from './opening.js';

export { insteadParams } from './opening.js';

export const leaveMutual: RequestDefinition = {
  kind: 'LEAVE_MUTUAL',
  version: 1,
  title: 'Leave by agreement',
  description:
    'Broadcaster and guild agree that the membership ends, and when. If the guild stays silent, this becomes notice where the broadcaster wishes.',
  machine: mutualMachine,
  input: mutualInput,
  parties,
  events,
  checks,
  effects,
  delays,
  policy: mutualPolicy,
  supervision: { by: ['SUPPORT'], forcible: ['drafting', 'declined', 'withdrawn', 'expired'] },
  timeZone: (context: MutualContext) => context.timeZone,
  opening: mutualOpening,
};
