import { Temporal } from 'temporal-polyfill';
import { endOfDayAfter, type Reason } from '../kernel/index.js';
import type { GuildFacts, OpeningFacts } from './opening.js';

/** Conditions that several kinds share, each with the instant from which it no longer objects. A kind lists those that it has. */

type Objection = Reason | undefined;

/** Every objection at once. */
export const allOf = (...objections: readonly (Objection | readonly Reason[])[]): Reason[] =>
  objections.flatMap((objection): readonly Reason[] =>
    objection === undefined ? [] : 'code' in objection ? [objection] : objection,
  );

/** An objection that holds until an instant, when that lies ahead. */
export const until = (instant: string | null, at: string, code: string, message: string): Objection =>
  instant !== null && Date.parse(instant) > Date.parse(at) ? { code, message, until: instant } : undefined;

const iso = (instant: Temporal.Instant) => instant.toString({ fractionalSecondDigits: 3 });

export const plusDays = (instant: string, days: number): string => iso(Temporal.Instant.from(instant).add({ hours: days * 24 }));

/** The first instant of the day on which somebody reaches an age, in the region. */
export const ageReachedAt = (birthDate: string, years: number, timeZone: string): string =>
  iso(Temporal.PlainDate.from(birthDate).add({ years }).toZonedDateTime(timeZone).toInstant());

export const isKnown = ({ broadcaster }: OpeningFacts): Objection =>
  broadcaster.identityVerified
    ? undefined
    : { code: 'IDENTITY_UNKNOWN', message: "The broadcaster's identity has not been verified." };

export function isOldEnough({ broadcaster, policy, at, timeZone }: OpeningFacts): Objection {
  if (broadcaster.ofAgeAttested) return undefined;
  if (broadcaster.birthDate === null) return { code: 'AGE_UNKNOWN', message: "The broadcaster's age has not been established." };
  const years = policy['minBroadcasterAgeYears']!;
  const reached = ageReachedAt(broadcaster.birthDate, years, timeZone);
  return until(reached, at, 'UNDER_AGE', `A broadcaster must be at least ${String(years)} years old.`);
}

/** Below the minimum age a guardian is no help, so nothing is said of one. */
export const hasGuardianIfMinor = (facts: OpeningFacts): Objection =>
  facts.minor && !facts.broadcaster.hasGuardian && isOldEnough(facts) === undefined
    ? { code: 'GUARDIAN_MISSING', message: 'A minor needs a guardian who consents; none is on record.' }
    : undefined;

export const isNotBanned = ({ broadcaster }: OpeningFacts): Objection =>
  broadcaster.banned ? { code: 'BANNED', message: 'The broadcaster is banned from the platform.' } : undefined;

export const isNotRestricted = ({ broadcaster }: OpeningFacts): Objection =>
  broadcaster.restricted
    ? { code: 'RESTRICTED', message: 'The broadcaster has asked for erasure: nothing new can be begun.' }
    : undefined;

export const isNotLocked = ({ broadcaster, at }: OpeningFacts): Objection =>
  until(broadcaster.lockedUntil, at, 'LOCKED', 'The broadcaster is locked after an earlier change.');

export const takesMembers = (guild: GuildFacts): Objection =>
  guild.status === 'ACTIVE' ? undefined : { code: 'GUILD_NOT_ACTIVE', message: 'The guild does not take members at present.' };

export const hasRoom = ({ memberCap, members }: GuildFacts): Objection =>
  memberCap !== null && members >= memberCap
    ? { code: 'GUILD_FULL', message: 'The guild has reached its cap of members.' }
    : undefined;

/** The cooldown falls away where the guild was at fault. */
export const isPastCooldown = ({ lastLeft, policy, at }: OpeningFacts): Objection =>
  lastLeft === null || lastLeft.guildAtFault
    ? undefined
    : until(
        plusDays(lastLeft.at, policy['rejoinCooldownDays']!),
        at,
        'REJOIN_COOLDOWN',
        'The broadcaster left this guild too recently.',
      );

/** What can only be done by a member of a guild. */
export const isMember = ({ membership }: OpeningFacts): Objection =>
  membership === null ? { code: 'NOT_A_MEMBER', message: 'The broadcaster is not a member of a guild.' } : undefined;

/**
 * A quota may slow ordinary exits down; it never stands in the way of cause, minority or probation, which do not ask for it, nor of
 * an exit that the guild agrees to. Zero: there is none.
 */
export const isWithinQuota = ({ policy, recentExitsPercent }: OpeningFacts): Objection => {
  const quota = policy['exitQuotaPercentPerMonth'] ?? 0;
  return quota > 0 && recentExitsPercent >= quota
    ? { code: 'EXIT_QUOTA', message: `In 30 days at most ${String(quota)} % of a guild's members leave without its consent.` }
    : undefined;
};

/** Somebody who may leave at once may choose a later instant, but not tie the guild up for longer than notice would. */
export function lastsNoLongerThanNotice(
  { policy, at, timeZone }: OpeningFacts,
  { leaveAt }: { readonly leaveAt?: string },
): Reason[] {
  const days = policy['noticeDays']!;
  if (leaveAt === undefined || Date.parse(leaveAt) <= Date.parse(endOfDayAfter(at, days, timeZone))) return [];
  const message = `The membership can end at most ${String(days)} days from now this way; for a later day there is notice.`;
  return [{ code: 'LEAVE_AT_TOO_LATE', message, field: 'leaveAt' }];
}

/** A guild that can bind itself to something new; exits do not ask for it. */
export const canAgree = ({ guild }: OpeningFacts): Objection =>
  guild.status === 'ACTIVE'
    ? undefined
    : { code: 'GUILD_NOT_ACTIVE', message: 'The guild cannot agree to anything new at present.' };

/** One exclusive flow at a time: an open request of one of these kinds on the same membership stands in the way. */
export const noOpenFlow = ({ openFlows, membership }: OpeningFacts, kinds: readonly string[]): Reason[] =>
  openFlows
    .filter((flow) => membership !== null && flow.membershipId === membership.id && kinds.includes(flow.kind))
    .map((flow) => ({
      code: 'FLOW_OPEN',
      message: `Another request (${flow.kind}) on this membership is under way; it has to end first.`,
    }));
