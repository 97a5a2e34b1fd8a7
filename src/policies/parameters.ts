import { z } from 'zod';

/**
 * The numbers that a JOIN is run by, each with its unit in its name. The defaults and their sources are in the domain's
 * parameter table; a request keeps the version that it was submitted under.
 */
export const policyParametersSchema = z.object({
  minBroadcasterAgeYears: z.int().min(0).max(99),
  joinCoolingOffDays: z.int().min(0).max(365),
  guildResponseDays: z.int().min(1).max(365),
  proposalTtlDays: z.int().min(1).max(365),
  signatureWindowDays: z.int().min(1).max(365),
  maxDraftRounds: z.int().min(1).max(50),
  minTermMonths: z.int().min(0).max(120),
  maxTermMonths: z.int().min(1).max(120),
  rejoinCooldownDays: z.int().min(0).max(3650),
  guildShareMaxPercent: z.int().min(0).max(100),
  majorityAgeYears: z.int().default(18),
  postTransferLockDays: z.int().default(60),
  noticeDays: z.int().default(30),
  probationDays: z.int().default(14),
  cureDays: z.int().default(15),
  settlementCycleDays: z.int().default(30),
  objectionDays: z.int().default(10),
  payoutDays: z.int().default(15),
  losingGuildResponseDays: z.int().default(5),
  transferCoolingOffDays: z.int().default(5),
  certificationDays: z.int().default(5),
  originSharePercent: z.int().default(5),
  disputeAnswerDays: z.int().default(7),
  disputeDecisionDays: z.int().default(14),
  disputeAppealDays: z.int().default(7),
  reopenWindowDays: z.int().default(180),
  exitQuotaPercentPerMonth: z.int().default(0),
});

export type PolicyParameters = z.infer<typeof policyParametersSchema>;

/** What a version from before a parameter existed is taken to say. */
export const defaultParameter = (_name: 'majorityAgeYears'): number => 18;
