import { v7 as uuidv7 } from 'uuid';
import { ageReachedAt, switchParams } from '../../workflows/phases/index.js';
import { ExpectedRefusal, type TransactionEffect } from '../engine/index.js';
import { defaultParameter } from '../policies/parameters.js';
import { pinnedPolicySql } from '../policies/policy.service.js';
import { lockGuilds } from './locks.js';
import { beginMembership, objectionsOfGuild } from './roster.js';

interface ConsentRow {
  readonly birth_date: string | null;
  readonly of_age: boolean;
  readonly majority_years: number | null;
  readonly time_zone: string;
  readonly guardian_id: string | null;
}

/**
 * The switch: the membership begins, in the transaction of the transition. What was true when the request was submitted is
 * judged again here, under the guild's lock (its cap) and, for the broadcaster, by the exclusion constraint.
 */
export const switchMembership: TransactionEffect = async (tx, call) => {
  const { broadcasterId, guildId, startsAt, terms, consent } = switchParams.parse(call.params);
  await lockGuilds(tx, [guildId]);
  if (consent) {
    const parties = await consentNeeded(tx, call.instanceId, call.at, consent);
    if (parties) return { type: 'CONSENT_NEEDED', ...parties };
  }
  const reasons = await objectionsOfGuild(tx, guildId, broadcasterId, startsAt);
  if (reasons.length > 0) throw new ExpectedRefusal(reasons);
  const membershipId = uuidv7();
  await beginMembership(tx, { id: membershipId, requestId: call.instanceId, broadcasterId, guildId, startsAt, terms });
  return { type: 'SWITCHED', membershipId };
};

/**
 * Who has to consent, when that has changed since the signatures: the broadcaster has come of age, or the guardian who signed is
 * not the guardian any more. Undefined: the consent stands. The birthday stays in the database; only its consequence enters the chain.
 */
async function consentNeeded(
  tx: Parameters<TransactionEffect>[0],
  requestId: string,
  at: string,
  consent: { readonly minor: boolean; readonly guardianId: string | null },
): Promise<{ parties: string[]; minor: boolean } | undefined> {
  const { rows } = await tx.query<ConsentRow>({
    name: 'settlement.consent',
    text: `select b.birth_date::text as birth_date, b.of_age_attested_at is not null as of_age, (p.parameters ->> 'majorityAgeYears')::int as majority_years,
        region.time_zone, (select w.principal_id from guildhall.guardian w where w.broadcaster_id = b.id and w.until is null) as guardian_id
      from guildhall.request r join guildhall.broadcaster b on b.id = r.broadcaster_id join guildhall.region region on region.code = r.region_code
      left join guildhall.instance i on i.id = r.id join guildhall.policy_version p on p.id = ${pinnedPolicySql} where r.id = $1`,
    values: [requestId],
  });
  const { birth_date: birthDate, of_age: ofAge, majority_years: years, time_zone: timeZone, guardian_id: guardianId } = rows[0]!;
  const majorityYears = years ?? defaultParameter('majorityAgeYears');
  const minor = !ofAge && birthDate !== null && ageReachedAt(birthDate, majorityYears, timeZone) > at;
  if (minor === consent.minor && (!minor || guardianId === consent.guardianId)) return undefined;
  return { minor, parties: minor ? ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] : ['BROADCASTER', 'GUILD'] };
}
