import { laterSwitch, reverseParams } from '../../workflows/reversal/index.js';
import { ExpectedRefusal, type Links, type Transaction, type TransactionEffect } from '../engine/index.js';
import { lockBroadcaster } from '../settlement/locks.js';
import { laterSwitchesSql } from '../settlement/later-switches.js';
import { annulMembership } from '../settlement/membership-effects.js';
import { lockMembership, NOT_A_MEMBER, supersedeOthers } from '../settlement/roster.js';

/**
 * Undoes a switch as it was approved, unless another has been built on it since it was proposed. Requests about a membership that
 * no longer counts end with it, and so does the payment of a statement that there would not have been.
 */
export const reverseSwitch: TransactionEffect = async (tx, call, links) => {
  const { originalId, reasonCode, ...params } = reverseParams.parse(call.params);
  const membership = await lockMembership(tx, (params.annulled ?? params.restored)!);
  if (!membership) throw new ExpectedRefusal([NOT_A_MEMBER]);
  await lockBroadcaster(tx, membership.broadcasterId);
  const { rows } = await tx.query<{ request_id: string; kind: string }>({
    name: 'disputes.laterSwitches',
    text: laterSwitchesSql('$1'),
    values: [originalId],
  });
  if (rows.length > 0) throw new ExpectedRefusal(rows.map(({ request_id: requestId, kind }) => laterSwitch({ requestId, kind })));
  const unwound = await annulMembership(tx, { ...call, params }, links);
  if (params.annulled !== null) await supersedeOthers(tx, links, params.annulled, call.instanceId);
  await voidPayments(tx, links, originalId, VOID_CODE[reasonCode]);
  return unwound;
};

const VOID_CODE = { FORGED: 'FRAUD', ERRONEOUS: 'PLATFORM_ERROR', COURT_ORDER: 'COURT_ORDER' } as const;

/** What has been paid does not take it: that money is for corrections of the ledger, not for a void. */
async function voidPayments(tx: Transaction, links: Links, originalId: string, reasonCode: string): Promise<void> {
  const running = async (parentId: string, relation: string): Promise<string[]> => {
    const { rows } = await tx.query<{ id: string }>({
      name: 'disputes.running',
      text: `select r.id from guildhall.request r join guildhall.instance i on i.id = r.id
        where r.parent_id = $1 and r.relation = $2 and i.status = 'active' order by r.id`,
      values: [parentId, relation],
    });
    return rows.map(({ id }) => id);
  };
  for (const paymentId of await running(originalId, 'PAYS')) {
    const refused = await links.send(paymentId, { type: 'VOID_REQUEST', reasonCode });
    if (refused.length > 0) continue;
    // What a side has objected to on a statement that is no more is nothing to decide either.
    for (const disputeId of await running(paymentId, 'DISPUTES')) await links.send(disputeId, { type: 'CLOSE_DISPUTE' });
  }
}
