import { z } from 'zod';
import { daysInMs } from '../../workflows/kernel/index.js';
import { encodeGlobalId } from '../schema/index.js';
import { bySupport, defineAction, idOf, refuseFor } from './action.js';
import { entriesInto } from './consequences.js';
import { closed, lockGuild } from './guild.actions.js';
import { policyNumber } from './policy.js';

/**
 * Announces that one guild goes over into another (edge case 15). Everybody sees it on the guild from now on; until `effectiveAt`
 * members leave without fee or notice, and nobody new comes in.
 */
export const mergeGuilds = defineAction({
  name: 'mergeGuilds',
  input: z.strictObject({ fromGuildId: idOf('Guild'), intoGuildId: idOf('Guild'), effectiveAt: z.date() }),
  authority: bySupport,
  carryOut: async ({ tx, at, causes }, { fromGuildId, intoGuildId, effectiveAt }) => {
    // In the order of ids, so that two mergers of the same guilds cannot wait for each other.
    const ids = [
      { id: fromGuildId, field: 'fromGuildId' },
      { id: intoGuildId, field: 'intoGuildId' },
    ].sort((a, b) => (a.id < b.id ? -1 : 1));
    const rows = new Map<string, Awaited<ReturnType<typeof lockGuild>>>();
    for (const { id, field } of ids) rows.set(id, await lockGuild(tx, id, field));
    const from = rows.get(fromGuildId)!;
    const into = rows.get(intoGuildId)!;
    const noticeDays = await policyNumber(tx, from.region_code, at, 'noticeDays');
    const earliest = new Date(Date.parse(at) + daysInMs(at, noticeDays, from.time_zone));
    refuseFor(
      fromGuildId === intoGuildId && { code: 'SAME_GUILD', message: 'A guild cannot go over into itself.', field: 'intoGuildId' },
      closed(from.status, 'fromGuildId'),
      from.merged_into_id !== null && {
        code: 'ALREADY_MERGING',
        message: 'The guild goes over into another already.',
        field: 'fromGuildId',
      },
      into.status !== 'ACTIVE' && { code: 'GUILD_NOT_ACTIVE', message: 'The guild takes no members.', field: 'intoGuildId' },
      into.merged_into_id !== null && {
        code: 'ALREADY_MERGING',
        message: 'The guild goes over into another itself.',
        field: 'intoGuildId',
      },
      from.region_code !== into.region_code && {
        code: 'OTHER_REGION',
        message: 'The guilds are under the rules of different regions.',
        field: 'intoGuildId',
      },
      effectiveAt < earliest && {
        code: 'NOTICE_TOO_SHORT',
        message: `Members have at least ${String(noticeDays)} days to leave freely; from the given instant on that is so.`,
        field: 'effectiveAt',
        until: earliest.toISOString(),
      },
    );
    await tx.query('update guildhall.guild set merged_into_id = $2, merges_at = $3 where id = $1', [
      fromGuildId,
      intoGuildId,
      effectiveAt,
    ]);
    await causes('VOID_REQUEST', 'GUILD_MERGED', entriesInto(fromGuildId));
    const details = { intoGuildId: encodeGlobalId('Guild', intoGuildId), effectiveAt: effectiveAt.toISOString() };
    return { subject: { type: 'Guild', id: fromGuildId }, details };
  },
});
