import { z } from 'zod';
import { daysInMs } from '../../workflows/kernel/index.js';
import type { Transaction } from '../engine/index.js';
import { encodeGlobalId } from '../schema/index.js';
import { bySupport, defineAction, idOf, refuseFor } from './action.js';
import { entriesInto } from './consequences.js';
import { closed, guildOnly, lockGuild } from './guild.actions.js';
import { hasBegun } from './merger.js';
import { policyNumber } from './policy.js';

/**
 * Announces that one guild goes over into another (edge case 15). Everybody sees it on the guild from now on; until `effectiveAt`
 * members leave without fee or notice, and nobody new comes in. Then those who remain go over, each by a request of their own.
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
      (await awaitsAnother(tx, fromGuildId, at)) && {
        code: 'ALREADY_MERGING',
        message: 'Another guild goes over into this one first.',
        field: 'fromGuildId',
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

/** Its members must not come into a guild that has gone over already itself. */
async function awaitsAnother(tx: Transaction, guildId: string, at: string): Promise<boolean> {
  const { rowCount } = await tx.query('select from guildhall.guild where merged_into_id = $1 and merges_at > $2', [guildId, at]);
  return rowCount !== 0;
}

/** Takes the announcement back while nobody has been moved. What was voided stays voided, and who has left has left. */
export const cancelMerger = defineAction({
  name: 'cancelMerger',
  input: guildOnly,
  authority: bySupport,
  carryOut: async ({ tx, at }, { guildId: id }) => {
    const { merged_into_id: intoId, merges_at: mergesAt } = await lockGuild(tx, id);
    refuseFor(
      intoId === null && { code: 'NOT_MERGING', message: 'The guild does not go over into another.', field: 'guildId' },
      // By the work too: this transaction may have begun before the instant, and waited for who moves the members.
      ((mergesAt !== null && mergesAt <= new Date(at)) || (await hasBegun(tx, id))) && {
        code: 'MERGER_BEGUN',
        message: 'The time of the merger has come; its members are on their way.',
        field: 'guildId',
      },
    );
    await tx.query('update guildhall.guild set merged_into_id = null, merges_at = null where id = $1', [id]);
    const details = { intoGuildId: encodeGlobalId('Guild', intoId!), effectiveAt: mergesAt!.toISOString() };
    return { subject: { type: 'Guild', id }, details };
  },
});
