import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Transaction } from '../engine/index.js';
import { encodeGlobalId } from '../schema/index.js';
import { bySupport, defineAction, idOf, line, notFound, refuseFor } from './action.js';
import { entriesInto, exitsAwaiting } from './consequences.js';
import { knownRegion } from './regions.js';

export interface GuildRow {
  readonly status: string;
  readonly region_code: string;
  readonly time_zone: string;
  readonly member_cap: number | null;
  readonly merged_into_id: string | null;
  readonly merges_at: Date | null;
}

/** Locked until the end of the transaction. */
export async function lockGuild(tx: Transaction, id: string, field = 'guildId'): Promise<GuildRow> {
  const { rows } = await tx.query<GuildRow>(
    `select g.status, g.region_code, r.time_zone, g.member_cap, g.merged_into_id, g.merges_at
     from guildhall.guild g join guildhall.region r on r.code = g.region_code where g.id = $1 for update of g`,
    [id],
  );
  return rows[0] ?? notFound('guild', field);
}

const memberCap = z.int().min(0).max(10_000_000).nullish();

export const registerGuild = defineAction({
  name: 'registerGuild',
  input: z.strictObject({
    name: line(200),
    regionCode: line(20),
    memberCap,
    ownerId: idOf('Principal').nullish(),
  }),
  authority: bySupport,
  carryOut: async ({ tx, at }, { name, regionCode, memberCap: cap, ownerId }) => {
    const { rows: owners } = await tx.query<{ disabled: boolean }>(
      'select disabled_at is not null as disabled from guildhall.principal where id = $1',
      [ownerId ?? null],
    );
    refuseFor(
      await knownRegion(tx, regionCode),
      ownerId != null && !owners[0] && { code: 'NOT_FOUND', message: 'There is no such person.', field: 'ownerId' },
      owners[0]?.disabled && { code: 'PRINCIPAL_DISABLED', message: 'This account is disabled.', field: 'ownerId' },
    );
    const id = uuidv7();
    await tx.query('insert into guildhall.guild (id, name, region_code, member_cap, created_at) values ($1, $2, $3, $4, $5)', [
      id,
      name,
      regionCode,
      cap ?? null,
      at,
    ]);
    if (ownerId != null)
      await tx.query(`insert into guildhall.guild_staff (guild_id, principal_id, role, since) values ($1, $2, 'OWNER', $3)`, [
        id,
        ownerId,
        at,
      ]);
    const owner = ownerId == null ? {} : { ownerId: encodeGlobalId('Principal', ownerId) };
    return { subject: { type: 'Guild', id }, details: { regionCode, memberCap: cap ?? null, ...owner } };
  },
});

export const setGuildCap = defineAction({
  name: 'setGuildCap',
  input: z.strictObject({ guildId: idOf('Guild'), memberCap }),
  authority: bySupport,
  carryOut: async ({ tx }, { guildId: id, memberCap: wanted }) => {
    const { status, member_cap: before } = await lockGuild(tx, id);
    const cap = wanted ?? null;
    refuseFor(closed(status), cap === before && { code: 'UNCHANGED', message: 'This is the cap already.', field: 'memberCap' });
    await tx.query('update guildhall.guild set member_cap = $2 where id = $1', [id, cap]);
    return { subject: { type: 'Guild', id }, details: { before, after: cap } };
  },
});

export const guildOnly = z.strictObject({ guildId: idOf('Guild') });

/** Nobody comes in any more; exits go on, and the platform signs in the guild's place (edge case 2 of the domain). */
export const suspendGuild = defineAction({
  name: 'suspendGuild',
  input: guildOnly,
  authority: bySupport,
  carryOut: async ({ tx, causes }, { guildId: id }) => {
    const { status } = await lockGuild(tx, id);
    refuseFor(
      closed(status),
      status === 'SUSPENDED' && { code: 'ALREADY_SUSPENDED', message: 'The guild is suspended already.', field: 'guildId' },
    );
    await setStatus(tx, id, 'SUSPENDED');
    await causes('VOID_REQUEST', 'GUILD_SUSPENDED', entriesInto(id));
    await causes('STAND_IN', 'GUILD_SUSPENDED', exitsAwaiting(id));
    return { subject: { type: 'Guild', id }, details: { before: status } };
  },
});

/** What was voided stays voided: the parties open anew. */
export const reinstateGuild = defineAction({
  name: 'reinstateGuild',
  input: guildOnly,
  authority: bySupport,
  carryOut: async ({ tx }, { guildId: id }) => {
    const { status } = await lockGuild(tx, id);
    refuseFor(
      closed(status),
      status === 'ACTIVE' && { code: 'NOT_SUSPENDED', message: 'The guild is not suspended.', field: 'guildId' },
    );
    await setStatus(tx, id, 'ACTIVE');
    return { subject: { type: 'Guild', id }, details: { before: status } };
  },
});

/** For good. Its members are released by support's bulk RELEASE, which asks for a closed guild. */
export const closeGuild = defineAction({
  name: 'closeGuild',
  input: guildOnly,
  authority: bySupport,
  carryOut: async ({ tx, causes }, { guildId: id }) => {
    const { status } = await lockGuild(tx, id);
    refuseFor(closed(status));
    await setStatus(tx, id, 'CLOSED');
    await causes('VOID_REQUEST', 'GUILD_CLOSED', entriesInto(id));
    return { subject: { type: 'Guild', id }, details: { before: status } };
  },
});

export const closed = (status: string, field = 'guildId') =>
  status === 'CLOSED' && { code: 'GUILD_CLOSED', message: 'The guild has ended.', field };

async function setStatus(tx: Transaction, id: string, status: string): Promise<void> {
  await tx.query('update guildhall.guild set status = $2 where id = $1', [id, status]);
}
