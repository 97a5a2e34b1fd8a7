import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Transaction } from '../engine/index.js';
import { bySupport, defineAction, idOf, line, notFound, refuseFor } from './action.js';
import { PLATFORM_PRINCIPAL_ID } from './consequences.js';

interface PrincipalRow {
  readonly disabled_at: Date | null;
  readonly erased: boolean;
}

/** Locked until the end of the transaction. */
export async function lockPrincipal(tx: Transaction, id: string, field = 'principalId'): Promise<PrincipalRow> {
  const { rows } = await tx.query<PrincipalRow>(
    `select p.disabled_at, exists (select from guildhall.broadcaster b where b.principal_id = p.id and b.erased_at is not null) as erased
     from guildhall.principal p where p.id = $1 for update of p`,
    [id],
  );
  return rows[0] ?? notFound('person', field);
}

/**
 * Makes somebody known. Without a platform role: those are given by the operator's command alone, so that no agent can make a
 * second agent of themselves.
 */
export const registerPrincipal = defineAction({
  name: 'registerPrincipal',
  input: z.strictObject({ issuer: line(500), subject: line(255), displayName: line(200) }),
  authority: bySupport,
  carryOut: async ({ tx }, { issuer, subject, displayName }) => {
    const { rows } = await tx.query('select from guildhall.principal where issuer = $1 and subject = $2', [issuer, subject]);
    refuseFor(
      rows.length > 0 && { code: 'ALREADY_KNOWN', message: 'This subject of this issuer is known already.', field: 'subject' },
    );
    const id = uuidv7();
    await tx.query('insert into guildhall.principal (id, issuer, subject, display_name) values ($1, $2, $3, $4)', [
      id,
      issuer,
      subject,
      displayName,
    ]);
    return { subject: { type: 'Principal', id } };
  },
});

export const disablePrincipal = defineAction({
  name: 'disablePrincipal',
  input: z.strictObject({ principalId: idOf('Principal') }),
  authority: bySupport,
  carryOut: async ({ tx, at, actor }, { principalId: id }) => {
    const { disabled_at: disabledAt } = await lockPrincipal(tx, id);
    refuseFor(
      id === actor.principalId && { code: 'OWN_ACCOUNT', message: 'Nobody shuts themselves out.', field: 'principalId' },
      id === PLATFORM_PRINCIPAL_ID && {
        code: 'PLATFORM_ACCOUNT',
        message: 'The platform acts through this account.',
        field: 'principalId',
      },
      disabledAt !== null && { code: 'ALREADY_DISABLED', message: 'This account is disabled already.', field: 'principalId' },
    );
    await tx.query('update guildhall.principal set disabled_at = $2 where id = $1', [id, at]);
    return { subject: { type: 'Principal', id } };
  },
});

export const enablePrincipal = defineAction({
  name: 'enablePrincipal',
  input: z.strictObject({ principalId: idOf('Principal') }),
  authority: bySupport,
  carryOut: async ({ tx }, { principalId: id }) => {
    const { disabled_at: disabledAt, erased } = await lockPrincipal(tx, id);
    refuseFor(
      disabledAt === null && { code: 'NOT_DISABLED', message: 'This account is not disabled.', field: 'principalId' },
      erased && { code: 'ERASED', message: 'The person behind this account has been erased.', field: 'principalId' },
    );
    await tx.query('update guildhall.principal set disabled_at = null where id = $1', [id]);
    return { subject: { type: 'Principal', id } };
  },
});
