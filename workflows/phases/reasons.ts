import { z } from 'zod';

/** Why somebody leaves: the domain's list, group and detail in one code. */
export const LEAVE_REASONS = [
  'MONEY_UNPAID',
  'MONEY_LATE',
  'MONEY_SPLIT',
  'MONEY_PENALTY',
  'MONEY_BROKEN_GUARANTEE',
  'SERVICE_TRAINING',
  'SERVICE_RESPONSE',
  'SERVICE_TRAFFIC',
  'SERVICE_EQUIPMENT',
  'WORKLOAD_QUOTA',
  'WORKLOAD_HOURS',
  'WORKLOAD_HEALTH',
  'CONDUCT_HARASSMENT',
  'CONDUCT_DECEIT',
  'CONDUCT_POACHING',
  'TERMS_VAGUE',
  'TERMS_CHANGED',
  'TERMS_LOCK_IN',
  'GROWTH_OUTGREW',
  'GROWTH_BETTER_OFFER',
  'GROWTH_INDEPENDENCE',
  'LIFE_QUIT',
  'LIFE_RELOCATION',
  'LIFE_STUDY',
  'STATUS_EXPIRY',
  'STATUS_EXPELLED',
  'STATUS_CLOSED',
  'STATUS_BANNED',
] as const;
export type LeaveReason = (typeof LEAVE_REASONS)[number];

export const leaveReason = z.enum(LEAVE_REASONS);

/** Whose view of a reason it is: how often they disagree is itself a figure. */
export const REASON_SOURCES = ['BROADCASTER', 'GUILD', 'PLATFORM'] as const;

/** The broadcaster's own word for it. */
export const saidReasons = { primaryReason: leaveReason, secondaryReason: leaveReason.exactOptional() };
