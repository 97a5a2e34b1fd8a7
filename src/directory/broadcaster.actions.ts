import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { encodeGlobalId } from '../schema/index.js';
import { bySupport, defineAction, idOf, line, refuseFor } from './action.js';
import { lockLiving } from './broadcaster-row.js';
import { entriesOf, heldByBan } from './consequences.js';
import { changeIdentity } from './payee.js';
import { knownRegion } from './regions.js';

/** What erasure puts in the place of a handle; nobody else may look like it. */
export const ERASED_PREFIX = 'erased-';

const handle = line(60)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]+$/u, 'must be 2 to 60 letters, digits, dots, hyphens or underscores')
  .refine((text) => !text.startsWith(ERASED_PREFIX), 'is reserved');

/** Support registers anybody, also without an account; whoever is known registers themselves. */
export const registerBroadcaster = defineAction({
  name: 'registerBroadcaster',
  input: z.strictObject({ handle, regionCode: line(20), principalId: idOf('Principal').nullish() }),
  authority: async ({ platformRole, principalId }, input) =>
    platformRole === 'SUPPORT' ? 'SUPPORT' : (input.principalId ?? principalId) === principalId ? 'SELF' : undefined,
  carryOut: async ({ tx, at, actor, authority }, input) => {
    const principalId = input.principalId ?? (authority === 'SELF' ? actor.principalId : null);
    const { rows } = await tx.query<{ handle_taken: boolean; principal_known: boolean; principal_taken: boolean }>(
      `select exists (select from guildhall.broadcaster where handle = $1) as handle_taken,
         exists (select from guildhall.principal where id = $2 and disabled_at is null) as principal_known,
         exists (select from guildhall.broadcaster where principal_id = $2) as principal_taken`,
      [input.handle, principalId],
    );
    const found = rows[0]!;
    refuseFor(
      found.handle_taken && { code: 'HANDLE_TAKEN', message: 'Another broadcaster has this handle.', field: 'handle' },
      await knownRegion(tx, input.regionCode),
      principalId !== null &&
        !found.principal_known && { code: 'NOT_FOUND', message: 'There is no such account in use.', field: 'principalId' },
      found.principal_taken && {
        code: 'ALREADY_BROADCASTER',
        message: 'This account belongs to a broadcaster already.',
        field: 'principalId',
      },
    );
    const id = uuidv7();
    await tx.query(
      'insert into guildhall.broadcaster (id, principal_id, handle, region_code, created_at) values ($1, $2, $3, $4, $5)',
      [id, principalId, input.handle, input.regionCode, at],
    );
    const account = principalId === null ? {} : { principalId: encodeGlobalId('Principal', principalId) };
    return { subject: { type: 'Broadcaster', id }, details: { regionCode: input.regionCode, ...account } };
  },
});

const broadcasterOnly = z.strictObject({ broadcasterId: idOf('Broadcaster') });

export const verifyIdentity = defineAction({
  name: 'verifyIdentity',
  input: broadcasterOnly,
  authority: bySupport,
  carryOut: async ({ tx, at }, { broadcasterId: id }) => {
    const { identity_verified_at: before } = await lockLiving(tx, id);
    await tx.query('update guildhall.broadcaster set identity_verified_at = $2 where id = $1', [id, at]);
    return { subject: { type: 'Broadcaster', id }, details: { again: before !== null } };
  },
});

/** By a day of birth that a document shows, or by an attestation that somebody is of age, which tells no day. */
export const attestAge = defineAction({
  name: 'attestAge',
  input: z.strictObject({ broadcasterId: idOf('Broadcaster'), birthDate: z.iso.date().nullish() }),
  authority: bySupport,
  carryOut: async ({ tx, at, actor }, { broadcasterId: id, birthDate }) => {
    await lockLiving(tx, id);
    refuseFor(
      birthDate != null &&
        (birthDate > at.slice(0, 10) || birthDate < '1900-01-01') && {
          code: 'INVALID_INPUT',
          message: 'A day of birth lies between 1900 and today.',
          field: 'birthDate',
        },
    );
    if (birthDate == null) {
      await tx.query('update guildhall.broadcaster set of_age_attested_at = $2, attested_by = $3 where id = $1', [
        id,
        at,
        actor.principalId,
      ]);
    } else {
      await tx.query('update guildhall.broadcaster set birth_date = $2 where id = $1', [id, birthDate]);
    }
    // The day itself is the person's: it stands in its column and nowhere else.
    return { subject: { type: 'Broadcaster', id }, details: { by: birthDate == null ? 'ATTESTATION' : 'BIRTH_DATE' } };
  },
});

/** The broadcaster is locked, and every payment that is open learns of it in the same transaction (edge cases 11 and 16). */
export const recordIdentityChange = defineAction({
  name: 'recordIdentityChange',
  input: z.strictObject({
    broadcasterId: idOf('Broadcaster'),
    change: z.enum(['PAYEE', 'IDENTITY']),
    payeeId: z.uuid().nullish(),
  }),
  authority: bySupport,
  carryOut: async ({ tx, at, links }, { broadcasterId: id, change, payeeId = null }) => {
    const row = await lockLiving(tx, id);
    refuseFor(
      payeeId !== null &&
        change !== 'PAYEE' && { code: 'INVALID_INPUT', message: 'Only a change of the payee names one.', field: 'payeeId' },
    );
    const lockedUntil = await changeIdentity(tx, links, row, { broadcasterId: id, change, payeeId, at });
    return { subject: { type: 'Broadcaster', id }, details: { change, lockedUntil } };
  },
});

/** Entries are held, exits go on (edge case 3). */
export const banBroadcaster = defineAction({
  name: 'banBroadcaster',
  input: broadcasterOnly,
  authority: bySupport,
  carryOut: async ({ tx, at, causes }, { broadcasterId: id }) => {
    const { banned_at: bannedAt } = await lockLiving(tx, id);
    refuseFor(
      bannedAt !== null && { code: 'ALREADY_BANNED', message: 'This broadcaster is banned already.', field: 'broadcasterId' },
    );
    await tx.query('update guildhall.broadcaster set banned_at = $2 where id = $1', [id, at]);
    await causes('HOLD_REQUEST', 'BAN', entriesOf(id));
    return { subject: { type: 'Broadcaster', id } };
  },
});

export const unbanBroadcaster = defineAction({
  name: 'unbanBroadcaster',
  input: broadcasterOnly,
  authority: bySupport,
  carryOut: async ({ tx, causes }, { broadcasterId: id }) => {
    const { banned_at: bannedAt } = await lockLiving(tx, id);
    refuseFor(bannedAt === null && { code: 'NOT_BANNED', message: 'This broadcaster is not banned.', field: 'broadcasterId' });
    await tx.query('update guildhall.broadcaster set banned_at = null where id = $1', [id]);
    await causes('RESUME_REQUEST', 'RESOLVED', heldByBan(id));
    return { subject: { type: 'Broadcaster', id } };
  },
});
