import { z } from 'zod';
import type { Opener, Transaction } from '../engine/index.js';
import { policyInForce } from '../policies/policy.service.js';
import { joinFailures, lockBroadcaster, readJoinFacts } from './eligibility.js';
import { daysInMs, type Reason } from '../../workflows/kernel/index.js';
import { partySchema, termsSchema, termViolations, type Terms } from '../../workflows/phases/index.js';

export const openJoinInput = z.strictObject({
  guildId: z.uuid(),
  broadcasterId: z.uuid(),
  initiator: partySchema,
  terms: termsSchema,
});

interface PartiesRow {
  readonly time_zone: string;
  readonly currency: string;
  readonly region_code: string;
  readonly authority: string | null;
}

/** The parties' region and what the person may act as for the initiating side; no row when a party does not exist. */
async function readParties(
  tx: Transaction,
  input: z.infer<typeof openJoinInput>,
  principalId: string,
): Promise<PartiesRow | undefined> {
  const { rows } = await tx.query<PartiesRow>({
    name: 'requests.openingParties',
    text: `select g.region_code, r.time_zone, r.currency, case
        when p.platform_role = 'SUPPORT' then 'SUPPORT'
        when $4 = 'BROADCASTER' and b.principal_id = p.id then 'BROADCASTER'
        when $4 = 'GUILD' then (select 'GUILD_' || s.role from guildhall.guild_staff s where s.guild_id = g.id and s.principal_id = p.id
          and s.until is null and s.role in ('OWNER', 'AGENT') order by s.role desc limit 1) end as authority
      from guildhall.guild g join guildhall.region r on r.code = g.region_code
      cross join guildhall.broadcaster b cross join guildhall.principal p
      where g.id = $1 and b.id = $2 and p.id = $3 and p.disabled_at is null`,
    values: [input.guildId, input.broadcasterId, principalId, input.initiator],
  });
  return rows[0];
}

/**
 * Opens a JOIN: pins the policy and the template in force, judges eligibility (all failures at once; the machine then ends in
 * `rejected` and keeps them), and writes the request row.
 */
export const openJoin: Opener = async (tx, { instanceId, input, principalId, at }) => {
  const parsed = openJoinInput.safeParse(input);
  if (!parsed.success) {
    const reasons = parsed.error.issues.map((issue) => ({
      code: 'INVALID_INPUT',
      message: issue.message,
      field: issue.path.map(String).join('.'),
    }));
    return { ok: false, code: 'INVALID_INPUT', reasons };
  }
  const { guildId, broadcasterId, initiator, terms } = parsed.data;
  await lockBroadcaster(tx, broadcasterId);
  const parties = await readParties(tx, parsed.data, principalId);
  if (!parties) return refusal('NOT_FOUND', 'There is no such guild or broadcaster.');
  if (parties.authority === null) return refusal('FORBIDDEN', 'You may not open a request for this party.');
  const policy = await policyInForce(tx, parties.region_code, at);
  const { rows: templates } = await tx.query<{ id: string }>(
    `select id from guildhall.template_version where name = 'JOIN' and published_at <= $1 order by number desc limit 1`,
    [at],
  );
  if (!policy || !templates[0]) return refusal('NO_POLICY', 'No policy and template are in force for this region.');
  const { minBroadcasterAgeYears: _age, rejoinCooldownDays: _cooldown, ...pinned } = policy.parameters;
  const objections = termViolations(terms, pinned);
  if (objections.length > 0) return { ok: false, code: 'NOT_ALLOWED', reasons: objections };
  const switchAt = earliestSwitch(terms, pinned.joinCoolingOffDays, at, parties.time_zone);
  const facts = await readJoinFacts(
    tx,
    { broadcasterId, guildId, exceptRequestId: instanceId },
    { at, switchAt, timeZone: parties.time_zone, policy: policy.parameters },
  );
  await tx.query(
    `insert into guildhall.request (id, kind, broadcaster_id, guild_id, region_code, initiator, policy_version_id, template_version_id, created_at, created_by)
     values ($1, 'JOIN', $2, $3, $4, $5, $6, $7, $8, $9)`,
    [instanceId, broadcasterId, guildId, parties.region_code, initiator, policy.id, templates[0].id, at, principalId],
  );
  return {
    ok: true,
    authority: parties.authority,
    input: {
      requestId: instanceId,
      broadcasterId,
      guildId,
      initiator,
      timeZone: parties.time_zone,
      currency: parties.currency,
      policy: pinned,
      terms,
      eligibilityFailures: joinFailures(facts).map(withoutBirthday),
    },
  };
};

/** The day on which somebody comes of age is their birthday: it stays out of the chain, and is worked out again for who may know it. */
const withoutBirthday = (reason: Reason): Reason =>
  reason.code === 'UNDER_AGE' ? { code: reason.code, message: reason.message } : reason;

/** Nobody can be a member before the cooling-off is over, however early the parties would like to start. */
function earliestSwitch({ startAt }: Terms, coolingOffDays: number, at: string, timeZone: string): string {
  const coolingOffEnd = Date.parse(at) + daysInMs(at, coolingOffDays, timeZone);
  return new Date(Math.max(coolingOffEnd, startAt === undefined ? 0 : Date.parse(startAt))).toISOString();
}

const refusal = (code: string, message: string) => ({ ok: false as const, code, reasons: [{ code, message }] });
