export const instant = (expression: string) => `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Of the terms in force of a membership `m`. Those that come into force later have no row before that. */
const latestTerms = (expression: string) =>
  `select ${expression} from guildhall.membership_terms t where t.membership_id = m.id order by t.effective_from desc limit 1`;

/** A membership `m` as JSON; its binding term is counted in calendar months of the time zone, from the terms in force. */
export const membershipJson = (
  timeZone: string,
): string => `json_build_object('id', m.id, 'guildId', m.guild_id, 'startsAt', ${instant('m.starts_at')}, 'endsAt', ${instant('m.ends_at')},
  'terms', m.terms, 'termStartsAt', ${instant(`coalesce((${latestTerms('coalesce(t.term_from, t.effective_from)')}), m.starts_at)`)},
  'termEndsAt', ${instant(
    `coalesce((${latestTerms(
      `(coalesce(t.term_from, t.effective_from) at time zone ${timeZone} + make_interval(months => coalesce((t.terms ->> 'termMonths')::int, 0))) at time zone ${timeZone}`,
    )}), m.starts_at)`,
  )})`;
