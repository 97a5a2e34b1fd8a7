import { insteadParams } from '../../workflows/leave-mutual/index.js';
import type { Reason } from '../../workflows/kernel/index.js';
import { ExpectedRefusal, type TransactionEffect } from '../engine/index.js';

/**
 * The guild has not answered, and the broadcaster wished for notice then: it is given in the same transaction, so that there is never
 * neither or both. An exit with notice that would be rejected is none: nothing of it stays but the reasons.
 */
export const giveNotice: TransactionEffect = async (tx, call, links) => {
  const { membershipId, secondaryReason, leaveAt, ...said } = insteadParams.parse(call.params);
  const { instanceId: noticeId, state } = await links.start('LEAVE_NOTICE', {
    membershipId,
    parentId: call.instanceId,
    initiator: 'BROADCASTER',
    said: { ...said, ...(secondaryReason !== null && { secondaryReason }), ...(leaveAt !== null && { leaveAt }) },
  });
  if (state === 'rejected') {
    const { rows } = await tx.query<{ reasons: Reason[] }>(
      `select snapshot::jsonb #> '{context,reasons}' as reasons from guildhall.instance where id = $1`,
      [noticeId],
    );
    throw new ExpectedRefusal(rows[0]!.reasons);
  }
  return { type: 'NOTICE_GIVEN', noticeId };
};
