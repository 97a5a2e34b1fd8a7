export const instant = (expression: string) => `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Of the terms in force of a membership `m`. Those that come into force later have no row before that. */
const latestTerms = (expression: string) =>
  `select ${expression} from guildhall.membership_terms t where t.membership_id = m.id order by t.effective_from desc limit 1`;

const countsFrom = `coalesce((${latestTerms('coalesce(t.term_from, t.effective_from)')}), m.starts_at)`;

/** Since when it has gone on, over all its terms: also with a guild that has gone over into this one. */
const boundSince = `coalesce((select min(coalesce(t.term_from, t.effective_from)) from guildhall.membership_terms t where t.membership_id = m.id), m.starts_at)`;

/** A membership `m` as JSON. One without a term that binds ends its term in the moment from which it counts. */
export const membershipJson = `json_build_object('id', m.id, 'guildId', m.guild_id, 'startsAt', ${instant('m.starts_at')}, 'endsAt', ${instant('m.ends_at')},
  'terms', m.terms, 'boundSince', ${instant(boundSince)}, 'termStartsAt', ${instant(countsFrom)},
  'termEndsAt', ${instant(`coalesce(m.term_ends_at, ${countsFrom})`)})`;
