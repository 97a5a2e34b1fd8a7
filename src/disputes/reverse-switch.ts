import { laterSwitch, reverseParams } from '../../workflows/reversal/index.js';
import { ExpectedRefusal, type TransactionEffect } from '../engine/index.js';
import { lockBroadcaster } from '../settlement/locks.js';
import { laterSwitchesSql } from '../settlement/later-switches.js';
import { annulMembership } from '../settlement/membership-effects.js';
import { lockMembership, NOT_A_MEMBER, supersedeOthers } from '../settlement/roster.js';

/**
 * Undoes a switch as it was approved, unless another has been built on it since it was proposed. Requests about a membership that
 * no longer counts end with it.
 */
export const reverseSwitch: TransactionEffect = async (tx, call, links) => {
  const { originalId, ...params } = reverseParams.parse(call.params);
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
  return unwound;
};
