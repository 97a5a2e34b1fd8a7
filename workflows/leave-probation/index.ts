import { endOfDayAfter, type Reason } from '../kernel/index.js';
import { allOf, exitAlone, isMember, lastsNoLongerThanNotice, noOpenFlow, type OpeningFacts } from '../phases/index.js';

/** Whole days in the region from the day on which the membership began. Zero: there is no probation. */
function isOnProbation({ membership, policy, at, timeZone }: OpeningFacts): Reason | undefined {
  if (membership === null) return undefined;
  const days = policy['probationDays']!;
  if (days > 0 && Date.parse(at) < Date.parse(endOfDayAfter(membership.startsAt, days, timeZone))) return undefined;
  return {
    code: 'PROBATION_OVER',
    message: `This is possible in the first ${String(days)} days of a membership only.`,
  };
}

/** No quota, lock, term or request of the guild stands in the way. */
export const leaveProbation = exitAlone({
  kind: 'LEAVE_PROBATION',
  title: 'Leave during probation',
  description: 'A broadcaster leaves a guild alone in the first days of the membership; the guild is only told.',
  endCause: 'PROBATION',
  pins: ['probationDays'],
  objections: lastsNoLongerThanNotice,
  eligibility: (facts) =>
    allOf(isMember(facts), isOnProbation(facts), noOpenFlow(facts, ['LEAVE_PROBATION', 'LEAVE_LOW_ACTIVITY', 'LEAVE_CAUSE'])),
  supersedes: ['LEAVE_MUTUAL', 'LEAVE_NOTICE', 'TRANSFER_AGREED', 'TRANSFER_PORTABLE', 'AMEND', 'RENEW'],
});
