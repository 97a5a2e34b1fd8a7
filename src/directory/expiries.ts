import type { Pool } from 'pg';
import { inTransaction } from '../engine/index.js';
import { defaultParameter } from '../policies/parameters.js';
import { pinnedPolicySql } from '../policies/policy.service.js';
import { PLATFORM_PRINCIPAL_ID, type Consequences } from './consequences.js';

/** More than these wait for the next round, so that no transaction is long. */
const AT_MOST = 1_000;
/** States of a RENEW in which everybody has signed: it takes over from the old term, or falls through and is looked at again. */
const RENEWED = ['coolingOff', 'settlement', 'switching'];
/** All had signed a renewal `n`, and somebody who has come of age or has another guardian is asked again: it is as good as signed until they say no. */
const askedAgain = `ni.state = 'signing' and exists (select from guildhall.history h where h.instance_id = n.id and h.event_type = 'CONSENT_NEEDED')`;

/**
 * Of memberships whose term is over: what their terms were agreed under says whether they go on. Taken while no renewal is under way
 * that all have signed.
 */
const overSql = `select m.id, coalesce((p.parameters ->> 'autoRenew')::boolean, $2) as goes_on
  from guildhall.membership m
  join lateral (select t.request_id from guildhall.membership_terms t where t.membership_id = m.id order by t.effective_from desc limit 1) t on true
  join guildhall.request r on r.id = t.request_id left join guildhall.instance i on i.id = r.id
  join guildhall.policy_version p on p.id = ${pinnedPolicySql}
  where m.term_ends_at <= guildhall.now() and m.ends_at is null and m.annulled_at is null and m.expiry_for is distinct from m.term_ends_at
    and not exists (select from guildhall.request n join guildhall.instance ni on ni.id = n.id
      where n.membership_id = m.id and n.kind = 'RENEW' and ni.status = 'active' and (ni.state = any ($1) or (${askedAgain})))
  order by m.term_ends_at, m.id limit ${String(AT_MOST)} for update of m skip locked`;

/** Cheap, for the many rounds in which there is nothing to do. */
const anySql = `select from guildhall.membership where term_ends_at <= guildhall.now() and ends_at is null and annulled_at is null
  and expiry_for is distinct from term_ends_at limit 1`;

/**
 * Writes down the release of everybody whose term is over and does not go on by itself (the policy's `autoRenew`). By any process, as
 * often as it likes: each end of a term is marked in the transaction that writes its release down.
 */
export async function startExpiries(pool: Pool, consequences: Consequences): Promise<void> {
  const { rowCount } = await pool.query({ name: 'releases.anyTermOver', text: anySql });
  if (rowCount === 0) return;
  await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ id: string; goes_on: boolean }>(overSql, [RENEWED, defaultParameter('autoRenew')]);
    if (rows.length === 0) return;
    await tx.query('update guildhall.membership set expiry_for = term_ends_at where id = any ($1::uuid[])', [
      rows.map(({ id }) => id),
    ]);
    const over = rows.filter(({ goes_on: goesOn }) => !goesOn).map(({ id }) => id);
    if (over.length === 0) return;
    await consequences.create(tx, {
      type: 'RELEASE_MEMBERSHIP',
      targetType: 'Membership',
      reasonCode: 'TERM_ENDED',
      params: { ground: 'TERM_ENDED', asOfTermEnd: true },
      createdBy: PLATFORM_PRINCIPAL_ID,
      sql: 'select unnest($1::uuid[])',
      values: [over],
    });
  });
}
