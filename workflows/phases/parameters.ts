import { z } from 'zod';

const days = z.int().min(0).max(3650);
const months = z.int().min(0).max(120);
const percent = z.int().min(0).max(100);

/**
 * The parameters of a policy version that workflows are run by, each with its unit in its name. A kind pins those that it names;
 * their defaults, bounds for authors and sources are the policies' catalogue.
 */
export const parameters = {
  majorityAgeYears: z.int().min(0).max(99),
  minBroadcasterAgeYears: z.int().min(0).max(99),
  joinCoolingOffDays: days,
  guildResponseDays: days,
  proposalTtlDays: days,
  signatureWindowDays: days,
  maxDraftRounds: z.int().min(1).max(100),
  minTermMonths: months,
  maxTermMonths: months,
  rejoinCooldownDays: days,
  guildShareMaxPercent: percent,
  /** Requests that were opened before it was pinned have none. */
  nonCompeteMaxMonths: months.exactOptional(),
  postTransferLockDays: days,
  noticeDays: days,
  probationDays: days,
  cureDays: days,
  settlementCycleDays: days,
  objectionDays: days,
  payoutDays: days,
  payoutRetryDays: days,
  payoutAttemptsMax: z.int().min(1).max(100),
  unclaimedDays: days,
  identityLockDays: days,
  retentionYears: z.int().min(0).max(99),
  losingGuildResponseDays: days,
  transferCoolingOffDays: days,
  certificationDays: days,
  transferCodeTtlHours: z.int().min(1).max(8760),
  transferCodesPerDay: z.int().min(1).max(1000),
  transferCodeAttempts: z.int().min(1).max(1000),
  originSharePercent: percent,
  disputeAnswerDays: days,
  disputeDecisionDays: days,
  disputeAppealDays: days,
  reopenWindowDays: days,
  exitQuotaPercentPerMonth: percent,
} as const;

export type ParameterName = keyof typeof parameters;
/** Those that requests of before may lack. */
type Later = 'nonCompeteMaxMonths';
export type Parameters<Name extends ParameterName> = {
  readonly [Key in Exclude<Name, Later>]: z.infer<(typeof parameters)[Key]>;
} & {
  readonly [Key in Name & Later]?: z.infer<(typeof parameters)[Key]>;
};

/** The schema of what a kind pins of a policy version; whatever else the version holds is left out. */
export const pinned = <Name extends ParameterName>(...names: readonly Name[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, parameters[name]])) as { [Key in Name]: (typeof parameters)[Key] });
