import type { Transaction } from '../engine/index.js';
import { readParameters, type PolicyParameters } from './parameters.js';
import type { PolicyRules } from './rule-catalogue.js';
import { readRules } from './rules.js';

export interface PinnedPolicy {
  readonly id: string;
  readonly name: string;
  readonly number: number;
  readonly parameters: PolicyParameters;
  readonly rules: PolicyRules;
}

interface PolicyRow {
  readonly id: string;
  readonly name: string;
  readonly number: number;
  readonly region_code: string | null;
  readonly parameters: unknown;
  readonly rules: unknown;
}

/**
 * Which published version goes first in region `$1` at instant `$2`: the region's own before the one for everywhere; of several
 * names, the one that came into force last. Only what was published has a period, by constraint. A retired one was in force until it was retired, and answers for that time.
 */
export const inForceSql = (columns: string, at = '$2::timestamptz'): string => `select ${columns} from guildhall.policy_version
  where (region_code = $1 or region_code is null) and effective @> ${at}
  order by region_code nulls last, lower(effective) desc, number desc limit 1`;

/** The version in force in a region at an instant, as a request pins it. */
export async function policyInForce(tx: Transaction, regionCode: string, at: string): Promise<PinnedPolicy | undefined> {
  const { rows } = await tx.query<PolicyRow>({
    name: 'policies.inForce',
    text: inForceSql('id, name, number, region_code, parameters, rules'),
    values: [regionCode, at],
  });
  const row = rows[0];
  if (!row) return undefined;
  const { region_code: own, parameters, rules, ...named } = row;
  return { ...named, parameters: readParameters(own, parameters), rules: readRules(own, rules) };
}

/**
 * The policy version that a request `r` with the instance `i` (or without one, while it is opened) is run by: the one that it was
 * moved to, or the one that was pinned when it was opened.
 */
export const pinnedPolicySql = `coalesce(case when strpos(i.snapshot, '"policyVersionId"') > 0
  then (i.snapshot::jsonb #>> '{kernel,policyVersionId}')::uuid end, r.policy_version_id)`;

/** A version by its id, whatever its state. */
export async function policyVersion(
  tx: Transaction,
  id: string,
): Promise<(PinnedPolicy & { readonly status: string; readonly regionCode: string | null }) | undefined> {
  const { rows } = await tx.query<PolicyRow & { status: string }>({
    name: 'policies.byId',
    text: 'select id, name, number, region_code, parameters, rules, status from guildhall.policy_version where id = $1',
    values: [id],
  });
  const row = rows[0];
  if (!row) return undefined;
  const { region_code: regionCode, parameters, rules, ...named } = row;
  return { ...named, regionCode, parameters: readParameters(regionCode, parameters), rules: readRules(regionCode, rules) };
}
