import { z } from 'zod';
import { partySchema, type Opening, type Party } from '../../workflows/phases/index.js';
import type { Transaction } from '../engine/index.js';

/** What every opening names: the ids that its kind is about, for which side, and what its kind wants to be told. */
export const openingInput = z.strictObject({
  broadcasterId: z.uuid().exactOptional(),
  guildId: z.uuid().exactOptional(),
  gainingGuildId: z.uuid().exactOptional(),
  membershipId: z.uuid().exactOptional(),
  parentId: z.uuid().exactOptional(),
  initiator: partySchema.exactOptional(),
  /** In which the agreement is drawn up; the region's where it is left out. */
  locale: z.string().max(35).exactOptional(),
  said: z.unknown(),
});
export type OpeningInput = z.infer<typeof openingInput>;

/** Who and what a request is opened about, found in the database. */
export interface FoundSubject {
  readonly broadcasterId: string;
  readonly guildId: string;
  readonly gainingGuildId: string | null;
  readonly parentId: string | null;
  /** The membership that is to change; of a request about another request, that one's. */
  readonly membershipId: string | null;
  readonly regionCode: string;
  readonly timeZone: string;
  readonly currency: string;
  /** Of the region. */
  readonly locale: string;
}

interface SubjectRow {
  readonly broadcaster_id: string;
  readonly guild_id: string;
  readonly gaining_guild_id: string | null;
  readonly parent_id: string | null;
  readonly membership_id: string | null;
  readonly region_code: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly locale: string;
}

/** By subject of the opening, where broadcaster and guild come from. `q` holds what was given. */
const sources: Readonly<Record<Opening['subject'], string>> = {
  GUILD: `select b.id as broadcaster_id, q.guild_id, null::uuid as gaining_guild_id, q.parent_id, null::uuid as membership_id
    from q join guildhall.broadcaster b on b.id = q.broadcaster_id`,
  MEMBERSHIP: membershipSource('null::uuid'),
  TRANSFER: membershipSource('(select g.id from guildhall.guild g where g.id = q.gaining_guild_id)'),
  REQUEST: `select r.broadcaster_id, r.guild_id, r.gaining_guild_id, r.id as parent_id, r.membership_id from q join guildhall.request r on r.id = q.parent_id`,
};

function membershipSource(gainingGuild: string): string {
  return `select m.broadcaster_id, m.guild_id, ${gainingGuild} as gaining_guild_id, q.parent_id, m.id as membership_id
    from q join guildhall.membership m on m.id = q.membership_id or (q.membership_id is null and m.broadcaster_id = q.broadcaster_id)
    where m.annulled_at is null and (m.ends_at is null or m.ends_at > q.at) order by m.starts_at desc limit 1`;
}

/** Undefined when there is nothing of the ids that were given. The region is the guild's. */
export async function readSubject(
  tx: Transaction,
  { subject }: Pick<Opening, 'subject'>,
  input: OpeningInput,
  at: string,
): Promise<FoundSubject | undefined> {
  const { broadcasterId = null, guildId = null, gainingGuildId = null, membershipId = null, parentId = null } = input;
  const { rows } = await tx.query<SubjectRow>({
    name: `requests.subject.${subject}`,
    text: `with q as (select $1::uuid as broadcaster_id, $2::uuid as guild_id, $3::uuid as gaining_guild_id, $4::uuid as membership_id,
        $5::uuid as parent_id, $6::timestamptz as at)
      select s.*, g.region_code, r.time_zone, r.currency, r.locale from (${sources[subject]}) s
      join guildhall.guild g on g.id = s.guild_id join guildhall.region r on r.code = g.region_code`,
    values: [broadcasterId, guildId, gainingGuildId, membershipId, parentId, at],
  });
  const row = rows[0];
  if (subject === 'TRANSFER' && row?.gaining_guild_id == null) return undefined;
  return (
    row && {
      broadcasterId: row.broadcaster_id,
      guildId: row.guild_id,
      gainingGuildId: row.gaining_guild_id,
      parentId: row.parent_id,
      membershipId: row.membership_id,
      regionCode: row.region_code,
      timeZone: row.time_zone,
      currency: row.currency,
      locale: row.locale,
    }
  );
}

const authoritiesSql = `
select array_agg(a.authority) as authorities from guildhall.principal p cross join lateral (
  select p.platform_role where p.platform_role is not null
  union all select 'BROADCASTER' from guildhall.broadcaster b where b.id = $2 and b.principal_id = p.id
  union all select 'GUARDIAN' from guildhall.guardian w where w.broadcaster_id = $2 and w.principal_id = p.id and w.until is null
  union all select case when s.guild_id = $3 then 'GUILD_' else 'GAINING_GUILD_' end || s.role from guildhall.guild_staff s
    where s.guild_id in ($3, $4) and s.principal_id = p.id and s.until is null
) as a (authority) where p.id = $1 and p.disabled_at is null`;

/**
 * For which party this person may open the request, and by which authority: the party that they name, or the first that they can.
 * `NOTHING`: to somebody with no relation to a membership or a request it does not exist.
 */
export async function authorityToOpen(
  tx: Transaction,
  { by, subject }: Opening,
  found: FoundSubject,
  principalId: string,
  named: Party | undefined,
): Promise<{ readonly authority: string; readonly party: Party } | 'NOTHING' | undefined> {
  const { rows } = await tx.query<{ authorities: string[] | null }>({
    name: 'requests.openingAuthorities',
    text: authoritiesSql,
    values: [principalId, found.broadcasterId, found.guildId, found.gainingGuildId],
  });
  const held = rows[0]?.authorities ?? [];
  for (const [party, authorities] of Object.entries(by) as [Party, readonly string[]][]) {
    if (named !== undefined && party !== named) continue;
    const authority = authorities.find((candidate) => held.includes(candidate));
    if (authority !== undefined) return { authority, party };
  }
  return held.length === 0 && subject !== 'GUILD' ? 'NOTHING' : undefined;
}
