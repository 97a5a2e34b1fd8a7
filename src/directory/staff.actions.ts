import { z } from 'zod';
import { encodeGlobalId } from '../schema/index.js';
import { defineAction, idOf, refuseFor, type DirectoryActor, type DirectoryAuthority } from './action.js';
import { closed, lockGuild } from './guild.actions.js';
import { lockPrincipal } from './principal.actions.js';

const position = z.strictObject({
  guildId: idOf('Guild'),
  principalId: idOf('Principal'),
  role: z.enum(['OWNER', 'AGENT', 'FINANCE']),
});

const bySupportOrOwner = ({ platformRole, ownedGuildIds }: DirectoryActor, guildId: string): DirectoryAuthority | undefined =>
  platformRole === 'SUPPORT' ? 'SUPPORT' : ownedGuildIds.includes(guildId) ? 'GUILD_OWNER' : undefined;

/** A guild's owner names its agents and finance; who owns a guild is for support to say. */
export const appointStaff = defineAction({
  name: 'appointStaff',
  input: position,
  authority: async (actor, { guildId, role }) => {
    const authority = bySupportOrOwner(actor, guildId);
    return authority === 'GUILD_OWNER' && role === 'OWNER' ? undefined : authority;
  },
  carryOut: async ({ tx, at }, { guildId, principalId, role }) => {
    const { status } = await lockGuild(tx, guildId);
    const { disabled_at: disabledAt } = await lockPrincipal(tx, principalId);
    const { rows } = await tx.query(
      'select from guildhall.guild_staff where guild_id = $1 and principal_id = $2 and role = $3 and until is null',
      [guildId, principalId, role],
    );
    refuseFor(
      closed(status),
      disabledAt !== null && { code: 'PRINCIPAL_DISABLED', message: 'This account is disabled.', field: 'principalId' },
      rows.length > 0 && { code: 'ALREADY_APPOINTED', message: 'This person holds this position already.', field: 'role' },
    );
    // A second term of office takes the place of the first; the audit trail tells both.
    await tx.query(
      `insert into guildhall.guild_staff (guild_id, principal_id, role, since) values ($1, $2, $3, $4)
       on conflict (guild_id, principal_id, role) do update set since = excluded.since, until = null`,
      [guildId, principalId, role, at],
    );
    return { subject: { type: 'Guild', id: guildId }, details: { principalId: encodeGlobalId('Principal', principalId), role } };
  },
});

/** Effective with the commit: the next command of the dismissed is refused (edge case 19). */
export const dismissStaff = defineAction({
  name: 'dismissStaff',
  input: position,
  authority: async (actor, { guildId }) => bySupportOrOwner(actor, guildId),
  carryOut: async ({ tx, at, authority }, { guildId, principalId, role }) => {
    // Under the guild's lock two owners cannot each dismiss the other as "not the last one".
    await lockGuild(tx, guildId);
    const { rows } = await tx.query<{ principal_id: string }>(
      'select principal_id from guildhall.guild_staff where guild_id = $1 and role = $2 and until is null',
      [guildId, role],
    );
    const holds = rows.some((row) => row.principal_id === principalId);
    refuseFor(
      !holds && { code: 'NOT_APPOINTED', message: 'This person does not hold this position.', field: 'principalId' },
      holds &&
        role === 'OWNER' &&
        rows.length === 1 &&
        authority !== 'SUPPORT' && {
          code: 'LAST_OWNER',
          message: 'A guild keeps an owner: support can change that.',
          field: 'principalId',
        },
    );
    await tx.query(
      'update guildhall.guild_staff set until = $4 where guild_id = $1 and principal_id = $2 and role = $3 and until is null',
      [guildId, principalId, role, at],
    );
    return { subject: { type: 'Guild', id: guildId }, details: { principalId: encodeGlobalId('Principal', principalId), role } };
  },
});
