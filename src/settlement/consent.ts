import { ageReachedAt, type Consent } from '../../workflows/phases/index.js';
import type { EffectCall, Transaction } from '../engine/index.js';
import { defaultParameter } from '../policies/parameters.js';
import { pinnedPolicySql } from '../policies/policy.service.js';

interface ConsentRow {
  readonly birth_date: string | null;
  readonly of_age: boolean;
  readonly majority_years: number | null;
  readonly time_zone: string;
  readonly guardian_id: string | null;
}

/**
 * The answer of every switch to a consent that no longer holds: the broadcaster has come of age since the signatures, or the guardian
 * who signed is not the guardian any more. Undefined: it stands, or none was needed. The birthday stays in the database; only its
 * consequence enters the chain.
 */
export async function consentNeeded(
  tx: Transaction,
  { instanceId, at }: Pick<EffectCall, 'instanceId' | 'at'>,
  consent: Consent | undefined,
): Promise<{ readonly type: 'CONSENT_NEEDED'; readonly minor: boolean } | undefined> {
  if (!consent) return undefined;
  const { rows } = await tx.query<ConsentRow>({
    name: 'settlement.consent',
    text: `select b.birth_date::text as birth_date, b.of_age_attested_at is not null as of_age, (p.parameters ->> 'majorityAgeYears')::int as majority_years,
        region.time_zone, (select w.principal_id from guildhall.guardian w where w.broadcaster_id = b.id and w.until is null) as guardian_id
      from guildhall.request r join guildhall.broadcaster b on b.id = r.broadcaster_id join guildhall.region region on region.code = r.region_code
      left join guildhall.instance i on i.id = r.id join guildhall.policy_version p on p.id = ${pinnedPolicySql} where r.id = $1`,
    values: [instanceId],
  });
  const { birth_date: birthDate, of_age: ofAge, majority_years: years, time_zone: timeZone, guardian_id: guardianId } = rows[0]!;
  const majorityYears = years ?? defaultParameter('majorityAgeYears');
  const minor = !ofAge && birthDate !== null && ageReachedAt(birthDate, majorityYears, timeZone) > at;
  if (minor === consent.minor && (!minor || guardianId === consent.guardianId)) return undefined;
  return { type: 'CONSENT_NEEDED', minor };
}
