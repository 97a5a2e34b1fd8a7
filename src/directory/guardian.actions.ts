import { z } from 'zod';
import { encodeGlobalId } from '../schema/index.js';
import { bySupport, defineAction, idOf, notFound, refuseFor } from './action.js';
import { isOfAge, lockLiving } from './broadcaster-row.js';
import { consentedOf, heldForGuardian } from './consequences.js';
import { policyNumber } from './policy.js';
import { lockPrincipal } from './principal.actions.js';

const currentSql = 'select principal_id from guildhall.guardian where broadcaster_id = $1 and until is null';

/** A minor has one guardian at a time. What waited for a guardian goes on, and asks the new one. */
export const assignGuardian = defineAction({
  name: 'assignGuardian',
  input: z.strictObject({ broadcasterId: idOf('Broadcaster'), principalId: idOf('Principal') }),
  authority: bySupport,
  carryOut: async ({ tx, at, causes }, { broadcasterId: id, principalId }) => {
    const row = await lockLiving(tx, id);
    const { disabled_at: disabledAt } = await lockPrincipal(tx, principalId);
    const { rows } = await tx.query<{ principal_id: string }>(currentSql, [id]);
    refuseFor(
      disabledAt !== null && { code: 'PRINCIPAL_DISABLED', message: 'This account is disabled.', field: 'principalId' },
      row.principal_id === principalId && {
        code: 'OWN_GUARDIAN',
        message: 'Nobody is their own guardian.',
        field: 'principalId',
      },
      rows.length > 0 && {
        code: 'HAS_GUARDIAN',
        message: 'The broadcaster has a guardian: revoke that guardianship first.',
        field: 'broadcasterId',
      },
    );
    await tx.query('insert into guildhall.guardian (broadcaster_id, principal_id, since) values ($1, $2, $3)', [
      id,
      principalId,
      at,
    ]);
    await causes('RESUME_REQUEST', 'RESOLVED', heldForGuardian(id));
    return { subject: { type: 'Broadcaster', id }, details: { principalId: encodeGlobalId('Principal', principalId) } };
  },
});

/** By support, or by the guardian; what the guardian had to consent to is held while the broadcaster is a minor (edge case 14). */
export const revokeGuardianship = defineAction({
  name: 'revokeGuardianship',
  input: z.strictObject({ broadcasterId: idOf('Broadcaster') }),
  authority: async ({ platformRole, principalId }, { broadcasterId }, tx) => {
    if (platformRole === 'SUPPORT') return 'SUPPORT';
    const { rows } = await tx.query<{ principal_id: string }>(currentSql, [broadcasterId]);
    return rows[0]?.principal_id === principalId ? 'GUARDIAN' : undefined;
  },
  carryOut: async ({ tx, at, causes }, { broadcasterId: id }) => {
    const row = await lockLiving(tx, id);
    const { rows } = await tx.query<{ principal_id: string }>(
      'update guildhall.guardian set until = $2 where broadcaster_id = $1 and until is null returning principal_id',
      [id, at],
    );
    const guardian = rows[0] ?? notFound('guardianship', 'broadcasterId');
    const majority = await policyNumber(tx, row.region_code, at, 'majorityAgeYears');
    if (!isOfAge(row, majority, at)) await causes('HOLD_REQUEST', 'GUARDIAN_REVOKED', consentedOf(id));
    return { subject: { type: 'Broadcaster', id }, details: { principalId: encodeGlobalId('Principal', guardian.principal_id) } };
  },
});
