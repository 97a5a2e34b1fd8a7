import { z } from 'zod';
import type { Reason } from '../../workflows/kernel/index.js';
import type { Opener } from '../engine/index.js';
import { lockBroadcaster } from '../settlement/locks.js';

/** One answer for what is unknown, used, voided or expired: none of it is anybody's business. */
export const CODE_NOT_VALID: Reason = {
  code: 'CODE_NOT_VALID',
  message: 'This code is not valid: mistyped, used or expired. The broadcaster can have a new one made.',
  field: 'code',
};

const given = z.object({ membershipId: z.uuid(), said: z.object({ codeId: z.uuid() }) });

/**
 * Uses up the code in the transaction in which the request starts: of several who redeem it at once one finds it unused. A request that
 * is rejected at once leaves the code as it was, so that the broadcaster can go to another guild with it. The broadcaster's lock comes
 * before the code's, as it does where a new code voids the old one.
 */
export const openByCode =
  (open: Opener): Opener =>
  async (tx, command, links) => {
    const refused = { ok: false as const, code: CODE_NOT_VALID.code, reasons: [CODE_NOT_VALID] };
    const parsed = given.safeParse(command.input);
    if (!parsed.success) return refused;
    const { membershipId, said } = parsed.data;
    const { rows: owners } = await tx.query<{ broadcaster_id: string }>({
      name: 'transferCodes.owner',
      text: 'select broadcaster_id from guildhall.transfer_code where id = $1 and membership_id = $2',
      values: [said.codeId, membershipId],
    });
    if (!owners[0]) return refused;
    await lockBroadcaster(tx, owners[0].broadcaster_id);
    const { rowCount } = await tx.query({
      name: 'transferCodes.lock',
      text: 'select from guildhall.transfer_code where id = $1 and used_at is null and voided_at is null and expires_at > $2 for update',
      values: [said.codeId, command.at],
    });
    if (rowCount === 0) return refused;
    const opened = await open(tx, command, links);
    // The membership that it was made for is over.
    if (!opened.ok) return opened.code === 'NOT_FOUND' ? refused : opened;
    const { eligibilityFailures } = opened.input as { readonly eligibilityFailures: readonly Reason[] };
    if (eligibilityFailures.length === 0) {
      await tx.query({
        name: 'transferCodes.use',
        text: 'update guildhall.transfer_code set used_at = $2, used_by_request_id = $3 where id = $1',
        values: [said.codeId, command.at, command.instanceId],
      });
    }
    return opened;
  };
