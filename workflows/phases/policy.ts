import { z } from 'zod';

const days = z.int().min(0).max(3650);

/** The numbers of the pinned policy version that the shared phases need. */
export const policySchema = z.strictObject({
  joinCoolingOffDays: days,
  guildResponseDays: days,
  proposalTtlDays: days,
  signatureWindowDays: days,
  maxDraftRounds: z.int().min(1).max(100),
  minTermMonths: z.int().min(0).max(120),
  maxTermMonths: z.int().min(0).max(120),
  guildShareMaxPercent: z.int().min(0).max(100),
  /** Absent in requests that were opened before it was pinned: then no restriction is allowed. */
  nonCompeteMaxMonths: z.int().min(0).max(120).exactOptional(),
});

export type Policy = z.infer<typeof policySchema>;
