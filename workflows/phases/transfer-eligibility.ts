import type { Reason } from '../kernel/index.js';
import {
  allOf,
  hasGuardianIfMinor,
  hasRoom,
  isKnown,
  isMember,
  isNotBanned,
  isNotLocked,
  isNotRestricted,
  isOldEnough,
  isPastCooldown,
  noOpenFlow,
  takesMembers,
  until,
} from './eligibility.js';
import type { OpeningFacts } from './opening.js';

/** What stands in the way of a transfer: all of it at once, and until when. */

/** One exclusive flow at a time: whatever else would end the membership has to be over first. */
const ENDS_MEMBERSHIP = [
  'LEAVE_MUTUAL',
  'LEAVE_PROBATION',
  'LEAVE_LOW_ACTIVITY',
  'LEAVE_NOTICE',
  'LEAVE_CAUSE',
  'LEAVE_MINOR',
  'EXPEL',
  'RELEASE',
  'TRANSFER_AGREED',
  'TRANSFER_PORTABLE',
];

const isNotEnding = ({ membership }: OpeningFacts): Reason | undefined =>
  membership !== null && membership.endsAt !== null
    ? { code: 'MEMBERSHIP_ENDING', message: 'The membership has an end already; after it the broadcaster can join any guild.' }
    : undefined;

/** Of the broadcaster: what holds whichever guild is to be joined. */
const failuresToLeave = (facts: OpeningFacts): Reason[] =>
  allOf(
    isMember(facts),
    isNotEnding(facts),
    isKnown(facts),
    isOldEnough(facts),
    hasGuardianIfMinor(facts),
    isNotBanned(facts),
    isNotRestricted(facts),
    isNotLocked(facts),
    noOpenFlow(facts, ENDS_MEMBERSHIP),
  );

function failuresToJoin(facts: OpeningFacts): Reason[] {
  const { gainingGuild, guild } = facts;
  if (gainingGuild === null) return [];
  return allOf(
    gainingGuild.id === guild.id
      ? { code: 'SAME_GUILD', message: 'The broadcaster is a member of this guild already.' }
      : undefined,
    takesMembers(gainingGuild),
    hasRoom(gainingGuild),
    isPastCooldown(facts),
  );
}

export const transferFailures = (facts: OpeningFacts): Reason[] => [...failuresToLeave(facts), ...failuresToJoin(facts)];

/** A guild that is not asked can rely on its term. Before a gaining guild is known (for a code), the rest is judged. */
export const portableFailures = (facts: OpeningFacts): Reason[] =>
  allOf(
    failuresToLeave(facts),
    until(facts.membership?.minTermEndsAt ?? null, facts.at, 'MIN_TERM', 'The minimum term with the guild is not over.'),
    failuresToJoin(facts),
  );
