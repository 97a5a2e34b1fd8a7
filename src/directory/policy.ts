import type { Transaction } from '../engine/index.js';
import { policyInForce } from '../policies/policy.service.js';

/** The domain's defaults, for a region whose policy does not say. */
const DEFAULTS = { identityLockDays: 7, noticeDays: 30, majorityAgeYears: 18 } as const;

type ParameterName = keyof typeof DEFAULTS;

/** One number of the policy in force in a region. */
export async function policyNumber(tx: Transaction, regionCode: string, at: string, name: ParameterName): Promise<number> {
  const policy = await policyInForce(tx, regionCode, at);
  const parameters: Readonly<Record<string, unknown>> = { ...policy?.parameters };
  const value = parameters[name];
  return typeof value === 'number' ? value : DEFAULTS[name];
}
