import type { Reason } from '../kernel/index.js';
import { allOf, exitAlone, isMember, type OpeningFacts } from '../phases/index.js';

const isMinor = ({ minor }: OpeningFacts): Reason | undefined =>
  minor ? undefined : { code: 'NOT_A_MINOR', message: 'This is for minors and their guardians only.' };

/** The minor or the guardian, always and at once: whatever else is under way on the membership ends with it. */
export const leaveMinor = exitAlone({
  kind: 'LEAVE_MINOR',
  title: 'Leave as a minor',
  description: 'A minor, or the guardian of one, leaves a guild: released at once, without a fee and without notice.',
  endCause: 'MINOR',
  pins: ['majorityAgeYears'],
  atOnce: true,
  eligibility: (facts) => allOf(isMember(facts), isMinor(facts)),
  supersedes: [
    'LEAVE_MUTUAL',
    'LEAVE_NOTICE',
    'LEAVE_PROBATION',
    'LEAVE_LOW_ACTIVITY',
    'LEAVE_CAUSE',
    'EXPEL',
    'TRANSFER_AGREED',
    'TRANSFER_PORTABLE',
    'AMEND',
    'RENEW',
  ],
});
