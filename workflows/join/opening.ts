import { z } from 'zod';
import {
  allOf,
  GUILD_SIGNATORIES,
  hasGuardianIfMinor,
  hasRoom,
  isKnown,
  isNotBanned,
  isNotLocked,
  isNotRestricted,
  isOldEnough,
  isPastCooldown,
  later,
  memberParties,
  takesMembers,
  termsSchema,
  termViolations,
  type Opening,
  type OpeningFacts,
  type Party,
  type Policy,
  type Terms,
} from '../phases/index.js';
import { daysInMs, type Reason } from '../kernel/index.js';

export const joinSaid = z.strictObject({ terms: termsSchema });
type Said = z.infer<typeof joinSaid>;

/** For a minor the guardian and the platform sign as well. */
export const joinParties = (minor: boolean): readonly Party[] => [
  ...memberParties(minor),
  ...(minor ? (['PLATFORM'] as const) : []),
];

/** Nobody can be a member before the cooling-off is over, however early the parties would like to start. */
export function earliestSwitch(
  { startAt }: Terms,
  { at, timeZone, policy }: Pick<OpeningFacts, 'at' | 'timeZone' | 'policy'>,
): string {
  const coolingOffEnd = new Date(Date.parse(at) + daysInMs(at, policy['joinCoolingOffDays']!, timeZone)).toISOString();
  return later(coolingOffEnd, startAt);
}

/** A membership that has an end by the switch, or that an exit under way ends by then, is no obstacle. */
function isFree(facts: OpeningFacts, terms: Terms): Reason | undefined {
  const { membership } = facts;
  if (membership === null) return undefined;
  const { endsAt } = membership;
  if (endsAt !== null && Date.parse(endsAt) <= Date.parse(earliestSwitch(terms, facts))) return undefined;
  return {
    code: 'ALREADY_MEMBER',
    message: 'The broadcaster is a member of a guild at the time of the switch.',
    ...(endsAt !== null && { until: endsAt }),
  };
}

/** Once signed, a request is judged at the switch, like the membership it becomes. */
const isOnlyOne = ({ openFlows, guild }: OpeningFacts): Reason | undefined =>
  openFlows.some(({ kind, guildId, state }) => kind === 'JOIN' && guildId === guild.id && ['drafting', 'signing'].includes(state))
    ? { code: 'REQUEST_OPEN', message: 'Another request between this broadcaster and this guild is still being negotiated.' }
    : undefined;

/** Everything that speaks against it, in the order in which a person would mend it. */
export const joinFailures = (facts: OpeningFacts, { terms }: Said): Reason[] =>
  allOf(
    isKnown(facts),
    isOldEnough(facts),
    hasGuardianIfMinor(facts),
    isNotBanned(facts),
    isNotRestricted(facts),
    isNotLocked(facts),
    isFree(facts, terms),
    isPastCooldown(facts),
    isOnlyOne(facts),
    takesMembers(facts.guild),
    hasRoom(facts.guild),
  );

/** By application or by invitation. */
export const joinOpening: Opening = {
  subject: 'GUILD',
  said: joinSaid,
  by: { BROADCASTER: ['BROADCASTER', 'SUPPORT'], GUARDIAN: ['GUARDIAN'], GUILD: [...GUILD_SIGNATORIES, 'SUPPORT'] },
  parties: ({ minor }) => joinParties(minor),
  template: 'JOIN',
  objections: ({ terms }: Said, { policy }) => termViolations(terms, policy as unknown as Policy),
  eligibility: joinFailures,
};
