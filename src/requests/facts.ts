import { ageReachedAt } from '../../workflows/phases/index.js';
import type { MembershipFacts, OpeningFacts, ParentFacts } from '../../workflows/phases/index.js';
import type { Transaction } from '../engine/index.js';
import { laterSwitchesSql } from '../settlement/later-switches.js';

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

interface MembershipRow {
  readonly id: string;
  readonly guildId: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly terms: Readonly<Record<string, unknown>>;
  readonly termStartsAt: string;
  readonly termEndsAt: string;
}

interface GuildRow {
  readonly id: string;
  readonly status: string;
  readonly memberCap: number | null;
  readonly members: number;
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
  readonly has_guardian: boolean;
  readonly guild: GuildRow;
  readonly gaining_guild: GuildRow | null;
  readonly membership: MembershipRow | null;
  readonly last_left: { readonly at: string; readonly guildAtFault: boolean } | null;
  readonly open_flows: OpeningFacts['openFlows'];
  readonly parent: (Omit<ParentFacts, 'context'> & { readonly snapshot: string }) | null;
  readonly recent_exits_percent: number;
}

const instant = (expression: string) => `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Of the terms in force of a membership `m`. Those that come into force later have no row before that. */
const latestTerms = (expression: string) =>
  `select ${expression} from guildhall.membership_terms t where t.membership_id = m.id order by t.effective_from desc limit 1`;

/** A membership `m` as JSON; its binding term is counted in calendar months of the region `region`, from the terms in force. */
const membershipJson = `json_build_object('id', m.id, 'guildId', m.guild_id, 'startsAt', ${instant('m.starts_at')}, 'endsAt', ${instant('m.ends_at')},
  'terms', m.terms, 'termStartsAt', ${instant(`coalesce((${latestTerms('coalesce(t.term_from, t.effective_from)')}), m.starts_at)`)},
  'termEndsAt', ${instant(
    `coalesce((${latestTerms(
      `(coalesce(t.term_from, t.effective_from) at time zone $6 + make_interval(months => coalesce((t.terms ->> 'termMonths')::int, 0))) at time zone $6`,
    )}), m.starts_at)`,
  )})`;

const guildJson = `json_build_object('id', g.id, 'status', g.status, 'memberCap', g.member_cap, 'mergesAt', ${instant('g.merges_at')}, 'mergesInto', g.merged_into_id,
  'members', case when g.member_cap is null then 0 else (select count(*) from guildhall.membership m where m.guild_id = g.id
    and m.annulled_at is null and m.starts_at <= $5 and (m.ends_at is null or m.ends_at > $5)) end)`;

/**
 * The end that a membership will have by an exit that is under way and only waits for its instant; a later JOIN may count on it, and
 * is judged again at its own switch.
 */
const leavingAt = `(select min((i.snapshot::jsonb #>> '{context,switchAt}')::timestamptz) from guildhall.request r join guildhall.instance i on i.id = r.id
  where r.membership_id = m.id and i.status = 'active' and i.state in ('settlement', 'noticePeriod') and r.kind not in ('AMEND', 'RENEW'))`;

const factsSql = `
select b.identity_verified_at is not null as identity_verified, b.birth_date::text as birth_date,
  b.of_age_attested_at is not null as of_age_attested, b.banned_at is not null as banned, b.restricted_at is not null as restricted, b.locked_until,
  exists (select from guildhall.guardian w where w.broadcaster_id = b.id and w.until is null) as has_guardian,
  (select ${guildJson} from guildhall.guild g where g.id = $2) as guild,
  (select ${guildJson} from guildhall.guild g where g.id = $3) as gaining_guild,
  (select ${membershipJson} from (
     select m.id, m.guild_id, m.starts_at, m.terms, coalesce(m.ends_at, ${leavingAt}) as ends_at from guildhall.membership m
     where m.broadcaster_id = b.id and m.annulled_at is null and (m.ends_at is null or m.ends_at > $5)
     order by m.ends_at desc nulls first limit 1) m) as membership,
  (select json_build_object('at', ${instant('m.ends_at')}, 'guildAtFault', m.at_fault is not distinct from 'GUILD') from guildhall.membership m
     where m.broadcaster_id = b.id and m.guild_id = coalesce($3, $2) and m.annulled_at is null and m.ends_at <= $5 order by m.ends_at desc limit 1) as last_left,
  coalesce((select json_agg(json_build_object('requestId', r.id, 'kind', r.kind, 'state', i.state, 'guildId', r.guild_id, 'membershipId', r.membership_id)
     order by r.id) from guildhall.request r join guildhall.instance i on i.id = r.id
     where r.broadcaster_id = b.id and i.status = 'active' and r.id <> $4), '[]') as open_flows,
  (select json_build_object('id', r.id, 'kind', r.kind, 'state', i.state, 'done', i.status = 'done', 'endedAt', ${instant('i.ended_at')}, 'snapshot', i.snapshot,
     'actedBy', coalesce((select json_agg(json_build_object('principalId', h.actor_id, 'event', h.event_type) order by h.seq)
        from guildhall.history h where h.instance_id = r.id and h.authority = 'SUPPORT'), '[]'),
     'about', coalesce((select json_agg(json_build_object('requestId', c.id, 'kind', c.kind, 'done', ci.status = 'done') order by c.id)
        from guildhall.request c join guildhall.instance ci on ci.id = c.id where c.parent_id = r.id), '[]'),
     'laterSwitches', coalesce((select json_agg(json_build_object('requestId', l.request_id, 'kind', l.kind)) from (${laterSwitchesSql('r.id')}) l), '[]'),
     'began', (select ${membershipJson} from guildhall.membership m where m.request_id = r.id and m.annulled_at is null),
     'ended', (select ${membershipJson} from guildhall.membership m where m.ended_by_request_id = r.id and m.annulled_at is null limit 1))
     from guildhall.request r join guildhall.instance i on i.id = r.id where r.id = $7) as parent,
  case when $8::int > 0 then coalesce((select round(100.0 * (count(*) filter (where m.end_kind = 'VOLUNTARY' and m.ends_at > $5::timestamptz - interval '30 days')) / nullif(count(*), 0))
     from guildhall.membership m where m.guild_id = $2 and m.annulled_at is null and m.starts_at <= $5
       and (m.ends_at is null or m.ends_at > $5::timestamptz - interval '30 days')), 0)::int else 0 end as recent_exits_percent
from guildhall.broadcaster b where b.id = $1`;

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
    // Counting a guild's exits costs as much as it has members: not where no quota asks for it.
    values: [broadcasterId, guildId, gainingGuildId, requestId, at, timeZone, parentId, policy['exitQuotaPercentPerMonth'] ?? 0],
  });
  const row = rows[0]!;
  const birthDate = row.birth_date;
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
      hasGuardian: row.has_guardian,
    },
    minor: !row.of_age_attested && birthDate !== null && ageReachedAt(birthDate, policy['majorityAgeYears']!, timeZone) > at,
    guild: row.guild,
    gainingGuild: row.gaining_guild,
    membership: row.membership satisfies MembershipFacts | null,
    lastLeft: row.last_left,
    openFlows: row.open_flows,
    parent: row.parent && parentOf(row.parent),
    recentExitsPercent: row.recent_exits_percent,
  };
}

function parentOf({ snapshot, ...parent }: NonNullable<FactsRow['parent']>): ParentFacts {
  const { context } = JSON.parse(snapshot) as { context: ParentFacts['context'] };
  return { ...parent, context };
}
