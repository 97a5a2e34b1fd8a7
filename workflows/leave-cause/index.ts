import { agentsBefore, allOf, isMember, noOpenFlow, parties, type RequestDefinition } from '../phases/index.js';
import { input, policy, said, type CauseContext, type Said } from './context.js';
import { checks, delays, effects, events } from './events.js';
import { machine } from './machine.js';

export { ANSWERS, CAUSE_CODES, RULINGS } from './context.js';
export { faultParams } from './events.js';

/** The broadcaster leaves because of what the guild has done: the guild may cure it, the platform rules, silence releases. */
export const leaveCause: RequestDefinition = {
  kind: 'LEAVE_CAUSE',
  version: 1,
  title: 'Leave for cause',
  description:
    'A broadcaster leaves because of what the guild has done or not done. The guild may cure or contest it; then the platform rules. No quota stands in the way.',
  machine,
  input,
  parties,
  events,
  checks,
  effects,
  delays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['curing', 'ruling', 'denied', 'withdrawn'] },
  timeZone: (context: CauseContext) => context.timeZone,
  opening: {
    subject: 'MEMBERSHIP',
    said,
    by: { BROADCASTER: ['BROADCASTER'], GUARDIAN: ['GUARDIAN'] },
    parties: ({ minor }) => (minor ? ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] : ['BROADCASTER', 'GUILD', 'PLATFORM']),
    template: null,
    objections: ({ annexId }: Said) =>
      annexId === undefined
        ? [{ code: 'EVIDENCE_MISSING', message: 'A cause is alleged with evidence: say what happened.', field: 'comment' }]
        : [],
    eligibility: (facts) => allOf(isMember(facts), noOpenFlow(facts, ['LEAVE_CAUSE', 'RELEASE'])),
    rules: () => ['causeCurable'],
    input: (base, facts) => ({ ...base, curable: facts.rules['causeCurable'] !== false, excluded: agentsBefore(facts) }),
    supersedes: ['LEAVE_MUTUAL', 'LEAVE_NOTICE', 'TRANSFER_AGREED', 'TRANSFER_PORTABLE', 'AMEND', 'RENEW', 'EXPEL'],
  },
};
