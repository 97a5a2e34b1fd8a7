import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Transaction } from '../engine/index.js';
import { bySupport, defineAction, idOf, refuseFor } from './action.js';
import { ERASED_PREFIX } from './broadcaster.actions.js';
import { lockLiving } from './broadcaster-row.js';

const broadcasterOnly = z.strictObject({ broadcasterId: idOf('Broadcaster') });

async function openCases(tx: Transaction, broadcasterId: string): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    `select count(*)::int as n from guildhall.request r join guildhall.instance i on i.id = r.id and i.status = 'active'
     where r.broadcaster_id = $1`,
    [broadcasterId],
  );
  return rows[0]!.n;
}

/** From now on nothing new is begun with this person's data; what is open is brought to its end first (edge case 21). */
export const requestErasure = defineAction({
  name: 'requestErasure',
  input: broadcasterOnly,
  authority: async ({ platformRole, broadcasterId }, input) =>
    platformRole === 'SUPPORT' ? 'SUPPORT' : broadcasterId === input.broadcasterId ? 'SELF' : undefined,
  carryOut: async ({ tx, at }, { broadcasterId: id }) => {
    const { restricted_at: restrictedAt } = await lockLiving(tx, id);
    refuseFor(
      restrictedAt !== null && {
        code: 'ALREADY_REQUESTED',
        message: 'Erasure has been asked for already.',
        field: 'broadcasterId',
      },
    );
    await tx.query('update guildhall.broadcaster set restricted_at = $2 where id = $1', [id, at]);
    return { subject: { type: 'Broadcaster', id }, details: { openCases: await openCases(tx, id) } };
  },
});

/**
 * Takes the person out of the records, and leaves the records: ids stay, and with them every hash chain. Kept beside the chain,
 * for as long as the law has them kept, are the texts of agreements, which name the handle of their day.
 */
export const completeErasure = defineAction({
  name: 'completeErasure',
  input: broadcasterOnly,
  authority: bySupport,
  carryOut: async ({ tx, at }, { broadcasterId: id }) => {
    const { restricted_at: restrictedAt, principal_id: principalId } = await lockLiving(tx, id);
    const cases = await openCases(tx, id);
    const { rows } = await tx.query<{ member: boolean; staff: boolean; guardian: boolean }>(
      `select exists (select from guildhall.membership where broadcaster_id = $1 and annulled_at is null
           and (ends_at is null or ends_at > $3)) as member,
         exists (select from guildhall.guild_staff where principal_id = $2 and until is null)
           or exists (select from guildhall.principal where id = $2 and platform_role is not null) as staff,
         exists (select from guildhall.guardian where principal_id = $2 and until is null) as guardian`,
      [id, principalId, at],
    );
    refuseFor(
      restrictedAt === null && { code: 'NOT_REQUESTED', message: 'Nobody has asked for this.', field: 'broadcasterId' },
      cases > 0 && { code: 'OPEN_CASES', message: `${String(cases)} requests are still open.`, field: 'broadcasterId' },
      rows[0]!.member && { code: 'STILL_MEMBER', message: 'The membership has to end first.', field: 'broadcasterId' },
      rows[0]!.staff && { code: 'STILL_STAFF', message: 'The account acts for a guild or the platform.', field: 'broadcasterId' },
      rows[0]!.guardian && {
        code: 'STILL_GUARDIAN',
        message: 'The account is the guardian of somebody.',
        field: 'broadcasterId',
      },
    );
    const pseudonym = ERASED_PREFIX + randomBytes(8).toString('hex');
    await tx.query(
      'update guildhall.broadcaster set handle = $2, birth_date = null, attested_by = null, erased_at = $3 where id = $1',
      [id, pseudonym, at],
    );
    await tx.query('update guildhall.guardian set until = $2 where broadcaster_id = $1 and until is null', [id, at]);
    const erased = principalId === null ? {} : await erasePrincipal(tx, principalId, at);
    await eraseSentAbout(tx, [id, principalId], at);
    return { subject: { type: 'Broadcaster', id }, details: erased };
  },
});

/** The account: its name, whom its issuer knows it as, its inbox, and the words that the person wrote. */
async function erasePrincipal(tx: Transaction, id: string, at: string): Promise<Record<string, number>> {
  await tx.query(
    `update guildhall.principal set display_name = '', subject = $2, disabled_at = coalesce(disabled_at, $3) where id = $1`,
    [id, ERASED_PREFIX + randomBytes(16).toString('hex'), at],
  );
  const { rowCount: comments } = await tx.query(
    `update guildhall.annex a set body = null, salt = '', erased_at = $2 from guildhall.history h
     where h.instance_id = a.instance_id and h.seq = a.seq and h.actor_id = $1 and a.erased_at is null`,
    [id, at],
  );
  await tx.query('update guildhall.clause_comment set body = null, erased_at = $2 where author_id = $1 and erased_at is null', [
    id,
    at,
  ]);
  const { rowCount: notifications } = await tx.query('delete from guildhall.notification where principal_id = $1', [id]);
  await tx.query(
    `update guildhall.directory_command set idempotency_key = null, request_hash = null, salt = '', comment = null, erased_at = $2
     where actor_id = $1 and erased_at is null`,
    [id, at],
  );
  return { comments: comments ?? 0, notifications: notifications ?? 0 };
}

/** What was sent to the directory about the person: a name, a day of birth, an agent's words. */
async function eraseSentAbout(tx: Transaction, subjects: readonly (string | null)[], at: string): Promise<void> {
  await tx.query(
    `update guildhall.directory_command c set idempotency_key = null, request_hash = null, salt = '', comment = null, erased_at = $2
     from guildhall.directory_event e where e.id = c.event_id and e.subject_id = any ($1::uuid[]) and c.erased_at is null`,
    [subjects.filter((id) => id !== null), at],
  );
}
