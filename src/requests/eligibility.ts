import { Temporal } from 'temporal-polyfill';
import type { Reason } from '../../workflows/kernel/index.js';
import type { Transaction } from '../engine/index.js';
import type { PolicyParameters } from '../policies/parameters.js';

export interface JoinFacts {
  readonly at: string;
  /** The earliest instant at which the switch can happen: what ends by then is no obstacle. */
  readonly switchAt: string;
  readonly timeZone: string;
  readonly policy: Pick<PolicyParameters, 'minBroadcasterAgeYears' | 'rejoinCooldownDays'>;
  readonly identityVerified: boolean;
  /** ISO date, or null when unknown. */
  readonly birthDate: string | null;
  readonly ofAgeAttested: boolean;
  readonly banned: boolean;
  readonly lockedUntil: string | null;
  readonly guildStatus: string;
  readonly memberCap: number | null;
  readonly members: number;
  /** End of the membership that is or will be active; null: none has an end. */
  readonly memberUntil: string | null;
  readonly isMember: boolean;
  readonly lastLeftThisGuildAt: string | null;
  /** Another request of the two is still being negotiated. Once signed it is judged at the switch, like the membership it becomes. */
  readonly openRequest: boolean;
}

/** Every rule of who may join, all at once, each with the instant from which it no longer objects. Pure. */
export function joinFailures(facts: JoinFacts): Reason[] {
  const failures: (Reason | undefined)[] = [
    facts.identityVerified
      ? undefined
      : { code: 'IDENTITY_UNKNOWN', message: "The broadcaster's identity has not been verified." },
    ageFailure(facts),
    facts.banned ? { code: 'BANNED', message: 'The broadcaster is banned from the platform.' } : undefined,
    later(facts.lockedUntil, facts.at, 'LOCKED', 'The broadcaster is locked after an earlier change.'),
    facts.isMember && !(facts.memberUntil !== null && facts.memberUntil <= facts.switchAt)
      ? {
          code: 'ALREADY_MEMBER',
          message: 'The broadcaster is a member of a guild at the time of the switch.',
          ...until(facts.memberUntil),
        }
      : undefined,
    facts.lastLeftThisGuildAt === null
      ? undefined
      : later(
          plusDays(facts.lastLeftThisGuildAt, facts.policy.rejoinCooldownDays),
          facts.at,
          'REJOIN_COOLDOWN',
          'The broadcaster left this guild too recently.',
        ),
    facts.openRequest
      ? { code: 'REQUEST_OPEN', message: 'Another request between this broadcaster and this guild is still being negotiated.' }
      : undefined,
    facts.guildStatus === 'ACTIVE'
      ? undefined
      : { code: 'GUILD_NOT_ACTIVE', message: 'The guild does not take members at present.' },
    facts.memberCap !== null && facts.members >= facts.memberCap
      ? { code: 'GUILD_FULL', message: 'The guild has reached its cap of members.' }
      : undefined,
  ];
  return failures.filter((failure) => failure !== undefined);
}

function ageFailure({ birthDate, ofAgeAttested, policy, at, timeZone }: JoinFacts): Reason | undefined {
  if (ofAgeAttested) return undefined;
  if (birthDate === null) return { code: 'AGE_UNKNOWN', message: "The broadcaster's age has not been established." };
  const ofAge = Temporal.PlainDate.from(birthDate)
    .add({ years: policy.minBroadcasterAgeYears })
    .toZonedDateTime(timeZone)
    .toInstant();
  return later(iso(ofAge), at, 'UNDER_AGE', `A broadcaster must be at least ${String(policy.minBroadcasterAgeYears)} years old.`);
}

function later(untilInstant: string | null, at: string, code: string, message: string): Reason | undefined {
  return untilInstant !== null && untilInstant > at ? { code, message, until: untilInstant } : undefined;
}

const until = (instant: string | null) => (instant === null ? {} : { until: instant });
const iso = (instant: Temporal.Instant) => instant.toString({ fractionalSecondDigits: 3 });
const plusDays = (instant: string, days: number) => iso(Temporal.Instant.from(instant).add({ hours: days * 24 }));

interface FactsRow {
  readonly broadcaster_principal: string | null;
  readonly identity_verified: boolean;
  readonly birth_date: string | null;
  readonly of_age_attested: boolean;
  readonly banned: boolean;
  readonly locked_until: Date | null;
  readonly guild_status: string;
  readonly member_cap: number | null;
  readonly members: string;
  readonly is_member: boolean;
  readonly member_until: Date | null;
  readonly last_left: Date | null;
  readonly open_request: boolean;
}

/** Reads what `joinFailures` judges. The caller holds the broadcaster's lock, so that two openings cannot both see no other. */
export async function readJoinFacts(
  tx: Transaction,
  ids: { readonly broadcasterId: string; readonly guildId: string; readonly exceptRequestId: string },
  time: Pick<JoinFacts, 'at' | 'switchAt' | 'timeZone' | 'policy'>,
): Promise<JoinFacts> {
  const { rows } = await tx.query<FactsRow>({
    name: 'requests.joinFacts',
    text: `select b.identity_verified_at is not null as identity_verified, b.birth_date::text as birth_date,
        b.of_age_attested_at is not null as of_age_attested, b.banned_at is not null as banned, b.locked_until,
        g.status as guild_status, g.member_cap,
        case when g.member_cap is null then 0 else (select count(*) from guildhall.membership m where m.guild_id = g.id
          and m.starts_at <= $4 and (m.ends_at is null or m.ends_at > $4)) end as members,
        current.id is not null as is_member, current.ends_at as member_until,
        (select max(m.ends_at) from guildhall.membership m where m.broadcaster_id = b.id and m.guild_id = g.id and m.ends_at <= $4) as last_left,
        exists (select from guildhall.request r join guildhall.instance i on i.id = r.id
          where r.broadcaster_id = b.id and r.guild_id = g.id and r.kind = 'JOIN' and i.state in ('drafting', 'signing') and r.id <> $3) as open_request
      from guildhall.broadcaster b cross join guildhall.guild g
      left join lateral (select m.id, m.ends_at from guildhall.membership m where m.broadcaster_id = b.id and (m.ends_at is null or m.ends_at > $4)
        order by m.ends_at desc nulls first limit 1) current on true
      where b.id = $1 and g.id = $2`,
    values: [ids.broadcasterId, ids.guildId, ids.exceptRequestId, time.at],
  });
  const row = rows[0]!;
  return {
    ...time,
    identityVerified: row.identity_verified,
    birthDate: row.birth_date,
    ofAgeAttested: row.of_age_attested,
    banned: row.banned,
    lockedUntil: row.locked_until?.toISOString() ?? null,
    guildStatus: row.guild_status,
    memberCap: row.member_cap,
    members: Number(row.members),
    isMember: row.is_member,
    memberUntil: row.member_until?.toISOString() ?? null,
    lastLeftThisGuildAt: row.last_left?.toISOString() ?? null,
    openRequest: row.open_request,
  };
}

/** One flow at a time for a broadcaster: whoever opens or switches takes this lock first. Released with the transaction. */
export async function lockBroadcaster(tx: Transaction, broadcasterId: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('broadcaster:' || $1::text, 0))`, [broadcasterId]);
}
