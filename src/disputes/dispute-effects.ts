import { closeParams } from '../../workflows/expel/index.js';
import { interimParams, reportParams } from '../../workflows/dispute/index.js';
import { abandonParams, openDisputeParams } from '../../workflows/phases/index.js';
import type { TransactionEffect } from '../engine/index.js';

/** How a dispute and the request that it is about reach each other, each in the transaction of the other's step. */

/**
 * A request opens the dispute that it will wait for. The dispute never answers in here: its rows are written before those of the
 * request whose step this is.
 */
export const openDispute: TransactionEffect = async (_tx, call, links) => {
  const { initiator, ground } = openDisputeParams.parse(call.params);
  const { instanceId: disputeId } = await links.start('DISPUTE', { parentId: call.instanceId, initiator, said: { ground } });
  return { type: 'DISPUTE_OPENED', disputeId };
};

/** The request has nothing left to dispute about; a dispute that has ended by itself meanwhile is left as it is. */
export const closeDispute: TransactionEffect = async (_tx, call, links) => {
  const { disputeId } = closeParams.parse(call.params);
  await links.send(disputeId, { type: 'CLOSE_DISPUTE' });
  return { type: 'DISPUTE_CLOSED' };
};

/** The same for a request that leaves its dispute behind on another way, by which it may have ended: so there is no answer. */
export const abandonDispute: TransactionEffect = async (_tx, call, links) => {
  const { disputeId } = abandonParams.parse(call.params);
  if (disputeId !== null) await links.send(disputeId, { type: 'CLOSE_DISPUTE' });
  return undefined;
};

/** Passes the final outcome on. A request that has ended, or that waited for nothing, does not take it: the outcome stands by itself. */
export const reportDecision: TransactionEffect = async (_tx, call, links) => {
  const { parentId, outcome } = reportParams.parse(call.params);
  const reasons = await links.send(parentId, { type: 'DISPUTE_DECIDED', disputeId: call.instanceId, outcome });
  return { type: 'DECISION_REPORTED', taken: reasons.length === 0 };
};

export const releaseInterim: TransactionEffect = async (_tx, call, links) => {
  const { parentId } = interimParams.parse(call.params);
  const reasons = await links.send(parentId, { type: 'INTERIM_RELEASE', disputeId: call.instanceId });
  return { type: 'INTERIM_RELEASED', taken: reasons.length === 0 };
};
