import { v7 as uuidv7 } from 'uuid';
import { faultParams } from '../../workflows/leave-cause/index.js';
import { amendParams, annulParams, endParams, plusDays, statementParams, transferParams } from '../../workflows/phases/index.js';
import { ExpectedRefusal, type Transaction, type TransactionEffect } from '../engine/index.js';
import { consentNeeded } from './consent.js';
import { recordExitReason } from './exit-reasons.js';
import { lockBroadcaster, lockGuilds } from './locks.js';
import {
  beginMembership,
  finishMembership,
  lockMembership,
  NOT_A_MEMBER,
  objectionsOfGuild,
  refusingOverlap,
  type Membership,
} from './roster.js';

/** A membership that is still in force, under the broadcaster's lock. */
async function current(tx: Transaction, membershipId: string): Promise<Membership> {
  const found = await lockMembership(tx, membershipId);
  if (found?.endsAt !== null) throw new ExpectedRefusal([NOT_A_MEMBER]);
  await lockBroadcaster(tx, found.broadcasterId);
  return found;
}

/** Who asked for it; of a request that followed another by itself, who asked for that one. */
async function openedBy(tx: Transaction, requestId: string): Promise<string> {
  const { rows } = await tx.query<{ by: string }>(
    `select coalesce(f.created_by, r.created_by) as by from guildhall.request r
     left join guildhall.request f on f.id = r.parent_id and r.relation = 'FOLLOWS' where r.id = $1`,
    [requestId],
  );
  return rows[0]!.by;
}

/** A membership ends at the promised instant, however late its timer fires. */
export const endMembership: TransactionEffect = async (tx, call, links) => {
  const { membershipId, reason, consent, ...end } = endParams.parse(call.params);
  const requestId = call.instanceId;
  const membership = await current(tx, membershipId);
  const lapsed = await consentNeeded(tx, call, consent);
  if (lapsed) return lapsed;
  await finishMembership(tx, links, membership, { ...end, requestId });
  if (reason) await recordExitReason(tx, { ...reason, requestId, at: call.at, by: await openedBy(tx, requestId) });
  return { type: 'SWITCHED', membershipId };
};

/** A leave and a join in one: the old membership ends in the instant in which the new one begins, or nothing happens at all. */
export const transferMembership: TransactionEffect = async (tx, call, links) => {
  const { membershipId, gainingGuildId, at, terms, lockDays, merger, consent } = transferParams.parse(call.params);
  const membership = await current(tx, membershipId);
  await lockGuilds(tx, [membership.guildId, gainingGuildId]);
  const lapsed = await consentNeeded(tx, call, consent);
  if (lapsed) return lapsed;
  const objections = await objectionsOfGuild(tx, gainingGuildId, membership.broadcasterId, at);
  const reasons = merger ? objections.filter(({ code }) => code === 'GUILD_NOT_ACTIVE') : objections;
  if (reasons.length > 0) throw new ExpectedRefusal(reasons);
  const requestId = call.instanceId;
  await finishMembership(tx, links, membership, { requestId, endsAt: at, endKind: 'TRANSFER', endCause: null, atFault: null });
  const gainedId = uuidv7();
  const { broadcasterId } = membership;
  await beginMembership(tx, { id: gainedId, requestId, broadcasterId, guildId: gainingGuildId, startsAt: at, terms, ...merger });
  if (lockDays > 0) {
    await tx.query(`update guildhall.broadcaster set locked_until = greatest(coalesce(locked_until, $2), $2) where id = $1`, [
      broadcasterId,
      plusDays(at, lockDays),
    ]);
  }
  return { type: 'SWITCHED', membershipId: gainedId };
};

/** Other terms from an instant on; what was earned before is split by the terms of then. */
export const amendMembership: TransactionEffect = async (tx, call) => {
  const { membershipId, at, terms, termFrom = null, consent } = amendParams.parse(call.params);
  await current(tx, membershipId);
  const lapsed = await consentNeeded(tx, call, consent);
  if (lapsed) return lapsed;
  await tx.query({
    name: 'settlement.amend',
    text: `with m as (update guildhall.membership set terms = $4 where id = $1 returning id)
      insert into guildhall.membership_terms (membership_id, request_id, effective_from, terms, term_from) select id, $2, $3, $4, $5 from m`,
    values: [membershipId, call.instanceId, at, JSON.stringify(terms), termFrom],
  });
  return { type: 'SWITCHED', membershipId };
};

/** Undoes a switch: what should not have begun counts no longer, what should not have ended goes on as if it had not. */
export const annulMembership: TransactionEffect = async (tx, call) => {
  const { annulled, restored } = annulParams.parse(call.params);
  const wrong = annulled === null ? undefined : await lockMembership(tx, annulled);
  if (annulled !== null && !wrong) throw new ExpectedRefusal([NOT_A_MEMBER]);
  if (wrong) {
    await lockBroadcaster(tx, wrong.broadcasterId);
    await tx.query(`update guildhall.membership set annulled_at = guildhall.now(), annulled_by_request_id = $2 where id = $1`, [
      wrong.id,
      call.instanceId,
    ]);
  }
  if (restored !== null) {
    await refusingOverlap(() =>
      tx.query(
        `update guildhall.membership set ends_at = null, ended_by_request_id = null, end_kind = null, end_cause = null, at_fault = null
         where id = $1 and annulled_at is null`,
        [restored],
      ),
    );
  }
  return { type: 'UNWOUND' };
};

/** A ruling that came after the membership had ended: only who was at fault, and why, is written anew. */
export const recordFault: TransactionEffect = async (tx, call) => {
  const { membershipId, atFault, endCause } = faultParams.parse(call.params);
  await tx.query('update guildhall.membership set at_fault = $2, end_cause = $3 where id = $1 and ended_by_request_id = $4', [
    membershipId,
    atFault,
    endCause,
    call.instanceId,
  ]);
  return { type: 'FAULT_RECORDED' };
};

const NOTHING_DUE =
  'This statement holds no amounts: earnings and fees are not kept yet, so nothing is computed and nothing is paid by it.';

/** The statement of what is owed, and the workflow that it goes through by itself. Its amounts come with the ledger. */
export const openStatement: TransactionEffect = async (tx, call, links) => {
  const { membershipId } = statementParams.parse(call.params);
  const { instanceId: paymentId } = await links.start('PAYMENT', { parentId: call.instanceId, said: {} });
  await tx.query({
    name: 'settlement.statement',
    text: `insert into guildhall.statement (id, request_id, membership_id, currency, lines, total_minor, note, issued_at)
      select $1, r.id, $3, region.currency, '[]', 0, $4, $5 from guildhall.request r join guildhall.region region on region.code = r.region_code
      where r.id = $2`,
    values: [uuidv7(), paymentId, membershipId, NOTHING_DUE, call.at],
  });
  return { type: 'STATEMENT_OPENED', paymentId };
};
