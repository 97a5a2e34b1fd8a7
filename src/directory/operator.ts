import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../engine/index.js';
import { insertEvent } from './trail.js';

export const PLATFORM_ROLES = ['SUPPORT', 'POLICY', 'AUDITOR'] as const;
export type GrantableRole = (typeof PLATFORM_ROLES)[number];

export interface Grant {
  readonly issuer: string;
  readonly subject: string;
  /** Null takes the role away. */
  readonly role: GrantableRole | null;
  /** Of somebody who is not known yet; default: none. */
  readonly displayName?: string;
}

/**
 * Gives somebody a role on the platform, and makes them known when they are not. As the owner, inside a transaction of the caller's:
 * no serving role may do this, so that whoever takes over an agent's account cannot make agents. Answers with what it was before.
 */
export async function grantPlatformRole(tx: Transaction, grant: Grant): Promise<{ id: string; before: string | null }> {
  const { rows } = await tx.query<{ id: string; platform_role: string | null; disabled: boolean }>(
    `select id, platform_role, disabled_at is not null as disabled from guildhall.principal where issuer = $1 and subject = $2 for update`,
    [grant.issuer, grant.subject],
  );
  const known = rows[0];
  if (!known && grant.role === null)
    throw new Error('Nobody is known by this issuer and subject: there is nothing to take away.');
  if (known?.disabled && grant.role !== null) throw new Error('This account is disabled: have support enable it first.');
  const id = known?.id ?? uuidv7();
  if (known) await tx.query('update guildhall.principal set platform_role = $2 where id = $1', [id, grant.role]);
  else
    await tx.query(
      'insert into guildhall.principal (id, issuer, subject, display_name, platform_role) values ($1, $2, $3, $4, $5)',
      [id, grant.issuer, grant.subject, grant.displayName ?? '', grant.role],
    );
  const before = known?.platform_role ?? null;
  const { rows: time } = await tx.query<{ at: Date }>('select guildhall.now() as at');
  await insertEvent(tx, {
    id: uuidv7(),
    at: time[0]!.at,
    actorId: null,
    authority: 'OPERATOR',
    subjectType: 'Principal',
    subjectId: id,
    action: 'grantPlatformRole',
    reasonCode: 'STAFF_CHANGE',
    details: { before, after: grant.role },
    comment: null,
  });
  return { id, before };
}
