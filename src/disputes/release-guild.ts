import type { Reason } from '../../workflows/kernel/index.js';
import type { GUILD_RELEASE_GROUNDS } from '../../workflows/release/index.js';
import { createBulk, type BulkType, type CreatedBulk } from '../bulk/index.js';
import type { ViewerTransaction } from '../database/index.js';
import { writing } from '../desk/bulk-action.js';
import type { Transaction } from '../engine/index.js';
import { policyInForce } from '../policies/policy.service.js';
import { rulesOf } from '../requests/rules.js';

export interface GuildRelease {
  readonly guildId: string;
  readonly ground: (typeof GUILD_RELEASE_GROUNDS)[number];
  /** ISO 8601; at once when left out. */
  readonly effectiveAt?: string | undefined;
  readonly comment?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** One member of a guild that is released as a whole, or whose term is over: a request like any other, judged again by itself. */
export const releaseMembership: BulkType = ({ targetId }, { params: { ground, effectiveAt, asOfTermEnd } }) => ({
  start: {
    kind: 'RELEASE',
    input: {
      membershipId: targetId,
      said: { ground, ...(effectiveAt !== undefined && { effectiveAt }), ...(asOfTermEnd === true && { asOfTermEnd }) },
    },
  },
});

/** Said before ten thousand requests are made that would all be rejected for the same reason. */
export async function guildReleaseObjection(tx: Transaction, { guildId, ground }: GuildRelease): Promise<Reason | undefined> {
  const { rows } = await tx.query<{ status: string; region_code: string; time_zone: string; at: Date }>(
    `select g.status, g.region_code, r.time_zone, guildhall.now() as at from guildhall.guild g join guildhall.region r on r.code = g.region_code
     where g.id = $1`,
    [guildId],
  );
  const guild = rows[0];
  if (!guild) return { code: 'NOT_FOUND', message: 'There is no such guild.', field: 'guildId' };
  if (guild.status === 'CLOSED') return undefined;
  if (ground === 'GUILD_CLOSED') return { code: 'GUILD_NOT_CLOSED', message: 'The guild is not closed.', field: 'ground' };
  const at = guild.at.toISOString();
  const policy = await policyInForce(tx, guild.region_code, at);
  const subject = { broadcasterId: '', guildId, at, timeZone: guild.time_zone, said: {} };
  const rules = policy && (await rulesOf(tx, policy, ['inactiveGuild'], subject));
  return rules?.['inactiveGuild'] === true
    ? undefined
    : { code: 'GUILD_NOT_INACTIVE', message: 'By the tests of the policy the guild is not inactive.', field: 'ground' };
}

/** Writes down every membership that is in force now; from the commit on any process works them off. */
export const createGuildRelease = (tx: ViewerTransaction, release: GuildRelease): Promise<CreatedBulk> =>
  createBulk(writing(tx), {
    type: 'RELEASE_MEMBERSHIP',
    targetType: 'Membership',
    reasonCode: release.ground,
    comment: release.comment,
    params: { ground: release.ground, ...(release.effectiveAt !== undefined && { effectiveAt: release.effectiveAt }) },
    createdBy: tx.viewer.principalId,
    idempotencyKey: release.idempotencyKey,
    targets: {
      sql: `select m.id from guildhall.membership m where m.guild_id = $1 and m.annulled_at is null and m.starts_at <= guildhall.now()
        and (m.ends_at is null or m.ends_at > guildhall.now()) order by m.starts_at, m.id`,
      values: [release.guildId],
    },
  });
