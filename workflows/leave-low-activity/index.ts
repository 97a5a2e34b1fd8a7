import { Temporal } from 'temporal-polyfill';
import type { Reason } from '../kernel/index.js';
import {
  allOf,
  exitAlone,
  isMember,
  isWithinQuota,
  lastsNoLongerThanNotice,
  noOpenFlow,
  until,
  type OpeningFacts,
} from '../phases/index.js';

/** By the policy's rule over the last whole month. What nobody has reported is not taken for inactivity. */
function isHardlyActive({ rules }: OpeningFacts): Reason | undefined {
  const says = rules['lowActivity'] ?? null;
  if (says === null)
    return {
      code: 'ACTIVITY_UNKNOWN',
      message: "The broadcaster's activity in the last whole month has not been reported.",
    };
  return says
    ? undefined
    : { code: 'NOT_LOW_ACTIVITY', message: "By the policy's rule the broadcaster was active in the last whole month." };
}

/** The first instant of the calendar month that is `months` after the one in which an instant lies, in the region. */
const monthAfter = (instant: string, months: number, timeZone: string): string =>
  Temporal.Instant.from(instant)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .with({ day: 1 })
    .add({ months })
    .toZonedDateTime(timeZone)
    .toInstant()
    .toString({ fractionalSecondDigits: 3 });

/** The month that is judged has to be one of the membership: what somebody did before they joined says nothing about it. */
function hasWholeMonth({ membership, at, timeZone }: OpeningFacts): Reason | undefined {
  if (membership === null) return undefined;
  const { startsAt } = membership;
  const first = monthAfter(startsAt, 0, timeZone);
  const judgedFrom = Date.parse(first) === Date.parse(startsAt) ? 1 : 2;
  return until(monthAfter(startsAt, judgedFrom, timeZone), at, 'NO_WHOLE_MONTH', 'The membership has not lasted a whole month.');
}

export const leaveLowActivity = exitAlone({
  kind: 'LEAVE_LOW_ACTIVITY',
  title: 'Leave for low activity',
  description: "A broadcaster who is hardly active any more, by the policy's rule, leaves a guild alone; the guild is only told.",
  endCause: 'LOW_ACTIVITY',
  pins: ['noticeDays'],
  rules: () => ['lowActivity'],
  objections: lastsNoLongerThanNotice,
  eligibility: (facts) =>
    allOf(
      isMember(facts),
      hasWholeMonth(facts),
      isHardlyActive(facts),
      isWithinQuota(facts),
      noOpenFlow(facts, ['LEAVE_LOW_ACTIVITY', 'LEAVE_PROBATION', 'LEAVE_CAUSE']),
    ),
  supersedes: ['LEAVE_MUTUAL', 'LEAVE_NOTICE', 'TRANSFER_AGREED', 'TRANSFER_PORTABLE', 'AMEND', 'RENEW'],
});
