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
});

export type PolicyParameters = z.infer<typeof policyParametersSchema>;
