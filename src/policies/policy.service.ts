import type { Transaction } from '../engine/index.js';
import { policyParametersSchema, type PolicyParameters } from './parameters.js';

export interface PinnedPolicy {
  readonly id: string;
  readonly name: string;
  readonly number: number;
  readonly parameters: PolicyParameters;
}

/** The version in force in a region at an instant: the region's own before the one for all regions, the newest first. */
export async function policyInForce(tx: Transaction, regionCode: string, at: string): Promise<PinnedPolicy | undefined> {
  const { rows } = await tx.query<{ id: string; name: string; number: number; parameters: unknown }>(
    `select id, name, number, parameters from guildhall.policy_version
     where (region_code = $1 or region_code is null) and effective_from <= $2
     order by region_code nulls last, effective_from desc, number desc limit 1`,
    [regionCode, at],
  );
  const row = rows[0];
  return row && { ...row, parameters: policyParametersSchema.parse(row.parameters) };
}
