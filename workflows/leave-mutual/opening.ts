import { z } from 'zod';
import {
  allOf,
  exitSaid,
  GUILD_SIGNATORIES,
  isMember,
  leaveReason,
  memberParties,
  noOpenFlow,
  type Opening,
} from '../phases/index.js';

/** When the membership ends; at once after the last signature when absent or earlier. */
export const leaveTerms = z.strictObject({ leaveAt: z.iso.datetime({ precision: 3 }).exactOptional() });
export type LeaveTerms = z.infer<typeof leaveTerms>;

export const mutualSaid = z.strictObject({
  ...exitSaid,
  /** The broadcaster's wish: when the guild stays silent, this becomes an exit with notice. */
  becomesNotice: z.boolean().default(false),
  /** For that exit with notice, where the term is not over by then. */
  acceptsExitFee: z.boolean().default(false),
});

/** What the notice is given with that takes the place of an agreement. */
export const insteadParams = z.strictObject({
  membershipId: z.uuid(),
  primaryReason: leaveReason,
  secondaryReason: leaveReason.nullable(),
  leaveAt: z.iso.datetime({ precision: 3 }).nullable(),
  acceptsExitFee: z.boolean(),
});

/** One exclusive flow at a time; what the broadcaster can do alone takes the place of this one. */
const EXCLUSIVE = [
  'LEAVE_MUTUAL',
  'LEAVE_NOTICE',
  'LEAVE_PROBATION',
  'LEAVE_LOW_ACTIVITY',
  'LEAVE_CAUSE',
  'EXPEL',
  'TRANSFER_AGREED',
  'TRANSFER_PORTABLE',
];

export const mutualOpening: Opening = {
  subject: 'MEMBERSHIP',
  said: mutualSaid,
  by: { BROADCASTER: ['BROADCASTER'], GUARDIAN: ['GUARDIAN'], GUILD: GUILD_SIGNATORIES },
  parties: ({ minor }) => memberParties(minor),
  template: 'LEAVE_MUTUAL',
  eligibility: (facts) => allOf(isMember(facts), noOpenFlow(facts, EXCLUSIVE)),
  input: (base, { guild }) => ({ ...base, found: { guildSuspended: guild.status === 'SUSPENDED' } }),
  supersedes: ['AMEND', 'RENEW'],
};
