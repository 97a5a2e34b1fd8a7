import type { Transaction } from '../engine/index.js';
import { policyInForce } from '../policies/policy.service.js';

/** The domain's defaults, for a region in which no policy is in force yet. */
const DEFAULTS = { identityLockDays: 7, noticeDays: 30, majorityAgeYears: 18 } as const;

/** One number of the policy in force in a region. */
export async function policyNumber(
  tx: Transaction,
  regionCode: string,
  at: string,
  name: keyof typeof DEFAULTS,
): Promise<number> {
  const policy = await policyInForce(tx, regionCode, at);
  return policy?.parameters[name] ?? DEFAULTS[name];
}
