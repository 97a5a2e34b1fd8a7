import type { Transaction } from '../engine/index.js';
import type { PinnedPolicy } from '../policies/policy.service.js';
import { evaluateRule } from '../policies/rules.js';
import type { RuleName } from '../policies/rule-catalogue.js';

/** What a rule is asked about. */
export interface RuleSubject {
  readonly broadcasterId: string;
  readonly guildId: string;
  readonly at: string;
  readonly timeZone: string;
  /** What the person says who opens the request. */
  readonly said: unknown;
}

/** Works out one rule; null: there are no facts to judge by. */
type RuleReader = (tx: Transaction, policy: PinnedPolicy, subject: RuleSubject) => Promise<boolean | null>;

interface GuildActivity {
  readonly broadcasters: number;
  readonly active: number;
  readonly inactive_days: number | null;
  readonly silent_days: number | null;
}

/** Activity is reported by the month: who was live in the month in which the last 30 days began, or since, counts as active. */
const inactiveGuild: RuleReader = async (tx, { rules, parameters }, { guildId, at, timeZone }) => {
  const { rows } = await tx.query<GuildActivity>({
    name: 'requests.guildActivity',
    text: `select count(m.id)::int as broadcasters, count(m.id) filter (where exists (select from guildhall.activity_month a
          where a.broadcaster_id = m.broadcaster_id and a.days > 0
            and a.month >= date_trunc('month', ($2::timestamptz - interval '30 days') at time zone $3)::date))::int as active,
        floor(extract(epoch from $2::timestamptz - g.last_activity_at) / 86400)::int as inactive_days,
        floor(extract(epoch from $2::timestamptz - g.owner_last_seen_at) / 86400)::int as silent_days
      from guildhall.guild g left join guildhall.membership m on m.guild_id = g.id and m.annulled_at is null
        and m.starts_at <= $2 and (m.ends_at is null or m.ends_at > $2)
      where g.id = $1 group by g.id`,
    values: [guildId, at, timeZone],
  });
  const { broadcasters, active, inactive_days: inactiveDays, silent_days: silentDays } = rows[0]!;
  // Never seen and never reported: that nobody has looked is not held against a guild.
  if (inactiveDays === null && silentDays === null) return null;
  return evaluateRule(rules, 'inactiveGuild', {
    policy: parameters,
    guild: {
      broadcasters,
      activeBroadcasters: active,
      inactiveDays: Math.max(0, inactiveDays ?? 0),
      ownerSilentDays: Math.max(0, silentDays ?? 0),
    },
  });
};

/** The last whole month in the region; an income in another currency says nothing that the rule could compare. */
const lowActivity: RuleReader = async (tx, { rules, parameters }, { broadcasterId, guildId, at, timeZone }) => {
  const { rows } = await tx.query<{ days: number; minutes: number; income_minor: string }>({
    name: 'requests.activity',
    text: `select a.days, a.minutes, a.income_minor from guildhall.activity_month a
      join guildhall.guild g on g.id = $4 join guildhall.region r on r.code = g.region_code and r.currency = a.currency
      where a.broadcaster_id = $1 and a.month = (date_trunc('month', $2::timestamptz at time zone $3) - interval '1 month')::date`,
    values: [broadcasterId, at, timeZone, guildId],
  });
  const month = rows[0];
  return month
    ? evaluateRule(rules, 'lowActivity', {
        policy: parameters,
        activity: { days: month.days, hours: month.minutes / 60, incomeMinor: Number(month.income_minor) },
      })
    : null;
};

/** How often the same was established before: by a ruling, by the guild's own word, or by its silence. */
const causeCurable: RuleReader = async (tx, { rules, parameters }, { broadcasterId, guildId, said }) => {
  const { cause } = said as { readonly cause: string };
  const { rows } = await tx.query<{ count: number }>({
    name: 'requests.causesBefore',
    text: `select count(*)::int from guildhall.membership m where m.broadcaster_id = $1 and m.guild_id = $2 and m.annulled_at is null
      and m.at_fault = 'GUILD' and m.end_cause = $3`,
    values: [broadcasterId, guildId, cause],
  });
  return evaluateRule(rules, 'causeCurable', { policy: parameters, cause: { code: cause, occurrences: rows[0]!.count } });
};

const readers: Readonly<Record<RuleName, RuleReader>> = { inactiveGuild, lowActivity, causeCurable };

/** The rules of a pinned policy that a kind asks for, worked out one by one: each costs a statement, and most kinds ask for none. */
export async function rulesOf(
  tx: Transaction,
  policy: PinnedPolicy,
  names: readonly RuleName[],
  subject: RuleSubject,
): Promise<Readonly<Record<string, boolean | null>>> {
  const answers: Record<string, boolean | null> = {};
  for (const name of names) answers[name] = await readers[name](tx, policy, subject);
  return answers;
}
