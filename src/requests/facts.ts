import { monthsLater } from '../../workflows/kernel/index.js';
import { ageReachedAt } from '../../workflows/phases/index.js';
import type { MembershipFacts, MembershipRecord, OpeningFacts } from '../../workflows/phases/index.js';
import type { Transaction } from '../engine/index.js';
import { defaultParameter } from '../policies/parameters.js';
import { leavingAt } from './leaving.js';
import { instant, membershipJson } from './membership-json.js';
import { readParent } from './parent-facts.js';

/** What a request is opened about, as ids that were found to exist. */
export interface Subject {
  readonly requestId: string;
  readonly principalId: string;
  readonly broadcasterId: string;
  readonly guildId: string;
  readonly gainingGuildId: string | null;
  readonly parentId: string | null;
  readonly at: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly policy: Readonly<Record<string, number>>;
  readonly rules?: Readonly<Record<string, boolean | null>>;
}

export interface MembershipRow extends MembershipRecord {
  readonly boundSince: string;
}

interface GuildRow {
  readonly id: string;
  readonly status: string;
  readonly memberCap: number | null;
  readonly mergesAt: string | null;
  readonly mergesInto: string | null;
}

interface FactsRow {
  readonly identity_verified: boolean;
  readonly birth_date: string | null;
  readonly of_age_attested: boolean;
  readonly banned: boolean;
  readonly restricted: boolean;
  readonly locked_until: Date | null;
  readonly payee_changed_at: Date | null;
  readonly has_guardian: boolean;
  /** By id. */
  readonly guilds: Readonly<Record<string, GuildRow>>;
  readonly membership: MembershipRow | null;
  readonly last_left: { readonly at: string; readonly guildAtFault: boolean } | null;
  readonly open_flows: OpeningFacts['openFlows'];
}

const guildJson = `json_build_object('id', g.id, 'status', g.status, 'memberCap', g.member_cap, 'mergesAt', ${instant('g.merges_at')},
  'mergesInto', g.merged_into_id)`;

/**
 * Only what every opening asks for. As one statement with what few ask for, of the parent and of the guild's members, it was planned
 * anew for each opening, five times as long as it ran: PostgreSQL took the plan without those parts for cheaper than a kept one.
 */
const factsSql = `
select b.identity_verified_at is not null as identity_verified, b.birth_date::text as birth_date,
  b.of_age_attested_at is not null as of_age_attested, b.banned_at is not null as banned, b.restricted_at is not null as restricted, b.locked_until, b.payee_changed_at,
  exists (select from guildhall.guardian w where w.broadcaster_id = b.id and w.until is null) as has_guardian,
  (select json_object_agg(g.id, ${guildJson}) from guildhall.guild g where g.id in ($2, $3)) as guilds,
  (select ${membershipJson} from (
     select m.id, m.guild_id, m.starts_at, m.terms, m.term_ends_at, coalesce(m.ends_at, ${leavingAt}) as ends_at from guildhall.membership m
     where m.broadcaster_id = b.id and m.annulled_at is null and (m.ends_at is null or m.ends_at > $5)
     order by m.ends_at desc nulls first limit 1) m) as membership,
  (select json_build_object('at', ${instant('m.ends_at')}, 'guildAtFault', m.at_fault is not distinct from 'GUILD') from guildhall.membership m
     where m.broadcaster_id = b.id and m.guild_id = coalesce($3, $2) and m.annulled_at is null and m.ends_at <= $5 order by m.ends_at desc limit 1) as last_left,
  coalesce((select json_agg(json_build_object('requestId', r.id, 'kind', r.kind, 'state', i.state, 'guildId', r.guild_id, 'membershipId', r.membership_id)
     order by r.id) from guildhall.request r join guildhall.instance i on i.id = r.id
     where r.broadcaster_id = b.id and i.status = 'active' and r.id <> $4), '[]') as open_flows
from guildhall.broadcaster b where b.id = $1`;

const membersSql = `select count(*)::int as members from guildhall.membership m
  where m.guild_id = $1 and m.annulled_at is null and m.starts_at <= $2 and (m.ends_at is null or m.ends_at > $2)`;

/** Counting costs as much as the guild has members: only where there is a cap. */
async function withMembers(tx: Transaction, guild: GuildRow, at: string): Promise<OpeningFacts['guild']> {
  if (guild.memberCap === null) return { ...guild, members: 0 };
  const { rows } = await tx.query<{ members: number }>({ name: 'requests.members', text: membersSql, values: [guild.id, at] });
  return { ...guild, members: rows[0]!.members };
}

/** Likewise: only where there is a quota. */
const recentExitsSql = `
select coalesce((select round(100.0 * (count(*) filter (where m.end_kind = 'VOLUNTARY' and m.ends_at > $2::timestamptz - interval '30 days')) / nullif(count(*), 0))
  from guildhall.membership m where m.guild_id = $1 and m.annulled_at is null and m.starts_at <= $2
    and (m.ends_at is null or m.ends_at > $2::timestamptz - interval '30 days')), 0)::int as percent`;

async function recentExitsPercent(tx: Transaction, { guildId, at, policy }: Subject): Promise<number> {
  if ((policy['exitQuotaPercentPerMonth'] ?? 0) === 0) return 0;
  const { rows } = await tx.query<{ percent: number }>({
    name: 'requests.recentExits',
    text: recentExitsSql,
    values: [guildId, at],
  });
  return rows[0]!.percent;
}

/** The policy's minimum, counted since the membership began; no longer than what was agreed, and none where no term was. */
export function withMinimum({ boundSince, ...membership }: MembershipRow, months: number, timeZone: string): MembershipFacts {
  const { termStartsAt, termEndsAt } = membership;
  const minimum = monthsLater(boundSince, months, timeZone);
  return { ...membership, minTermEndsAt: termEndsAt <= termStartsAt || termEndsAt < minimum ? termEndsAt : minimum };
}

/** Reads what an opening is judged by. The caller holds the broadcaster's lock, so that two openings cannot both see no other. */
export async function readFacts(tx: Transaction, subject: Subject): Promise<OpeningFacts> {
  const {
    requestId,
    principalId,
    broadcasterId,
    guildId,
    gainingGuildId,
    parentId,
    at,
    timeZone,
    currency,
    policy,
    rules = {},
  } = subject;
  const { rows } = await tx.query<FactsRow>({
    name: 'requests.facts',
    text: factsSql,
    values: [broadcasterId, guildId, gainingGuildId, requestId, at],
  });
  const row = rows[0]!;
  const birthDate = row.birth_date;
  const gaining = gainingGuildId === null ? undefined : row.guilds[gainingGuildId];
  return {
    requestId,
    principalId,
    at,
    timeZone,
    currency,
    policy,
    rules,
    broadcaster: {
      id: broadcasterId,
      identityVerified: row.identity_verified,
      birthDate,
      ofAgeAttested: row.of_age_attested,
      banned: row.banned,
      restricted: row.restricted,
      lockedUntil: row.locked_until?.toISOString() ?? null,
      payeeChangedAt: row.payee_changed_at?.toISOString() ?? null,
      hasGuardian: row.has_guardian,
    },
    minor: !row.of_age_attested && birthDate !== null && ageReachedAt(birthDate, policy['majorityAgeYears']!, timeZone) > at,
    guild: await withMembers(tx, row.guilds[guildId]!, at),
    gainingGuild: gaining ? await withMembers(tx, gaining, at) : null,
    membership:
      row.membership && withMinimum(row.membership, policy['minTermMonths'] ?? defaultParameter('minTermMonths'), timeZone),
    lastLeft: row.last_left,
    openFlows: row.open_flows,
    parent: parentId === null ? null : await readParent(tx, parentId),
    recentExitsPercent: await recentExitsPercent(tx, subject),
  };
}
