import { localTime } from '../../workflows/kernel/index.js';
import { ageReachedAt } from '../../workflows/phases/index.js';
import type { Transaction } from '../engine/index.js';
import { readParameters, type PolicyParameters } from '../policies/parameters.js';
import { pinnedPolicySql } from '../policies/policy.service.js';
import type { VariableValues } from '../templates/variable.js';

/** What a template may name besides the terms, and the template itself. */
export interface Sources {
  readonly templateId: string | null;
  readonly guild: string;
  readonly gainingGuild: string | null;
  readonly broadcaster: string;
  readonly region: string;
  readonly regionCode: string;
  readonly timeZone: string;
  /** What the request asked for; null: nothing, or it is from before it could. */
  readonly locale: string | null;
  readonly regionLocale: string;
  readonly policy: string;
  readonly parameters: PolicyParameters;
  /** The birthday stays here. */
  readonly isMinorAt: (at: string) => boolean;
  readonly openedAt: string;
}

export interface SourcesRow {
  readonly template_id: string | null;
  readonly guild: string;
  readonly gaining_guild: string | null;
  readonly broadcaster: string;
  readonly birth_date: string | null;
  readonly of_age_attested: boolean;
  readonly region: string;
  readonly region_code: string;
  readonly time_zone: string;
  readonly locale: string | null;
  readonly region_locale: string;
  readonly policy: string;
  readonly policy_region: string | null;
  readonly parameters: unknown;
  readonly opened_at: Date;
}

export const sourcesSql = `select r.template_version_id as template_id, g.name as guild, gg.name as gaining_guild, b.handle as broadcaster,
    b.birth_date::text as birth_date, b.of_age_attested_at is not null as of_age_attested,
    reg.name as region, reg.code as region_code, reg.time_zone, r.locale, reg.locale as region_locale,
    p.name || ' ' || p.number as policy, p.region_code as policy_region, p.parameters, r.created_at as opened_at
  from guildhall.request r join guildhall.guild g on g.id = r.guild_id join guildhall.broadcaster b on b.id = r.broadcaster_id
  join guildhall.region reg on reg.code = r.region_code left join guildhall.instance i on i.id = r.id
  join guildhall.policy_version p on p.id = ${pinnedPolicySql}
  left join guildhall.guild gg on gg.id = r.gaining_guild_id where r.id = $1`;

export async function readSources(tx: Transaction, requestId: string): Promise<Sources> {
  const { rows } = await tx.query<SourcesRow>({ name: 'agreements.sources', text: sourcesSql, values: [requestId] });
  return toSources(rows[0]!);
}

export function toSources(row: SourcesRow): Sources {
  const parameters = readParameters(row.policy_region, row.parameters);
  const { birth_date: birthDate, time_zone: timeZone } = row;
  return {
    templateId: row.template_id,
    guild: row.guild,
    gainingGuild: row.gaining_guild,
    broadcaster: row.broadcaster,
    region: row.region,
    regionCode: row.region_code,
    timeZone,
    locale: row.locale,
    regionLocale: row.region_locale,
    policy: row.policy,
    parameters,
    isMinorAt: (at) =>
      !row.of_age_attested && birthDate !== null && ageReachedAt(birthDate, parameters.majorityAgeYears, timeZone) > at,
    openedAt: row.opened_at.toISOString(),
  };
}

/** What every text may name. */
export function commonValues(source: Sources, agreementId: string, at: string): VariableValues {
  const { parameters: p } = source;
  return {
    agreementId,
    date: localTime(at, source.timeZone).slice(0, 10),
    guild: source.guild,
    ...(source.gainingGuild !== null && { gainingGuild: source.gainingGuild }),
    broadcaster: source.broadcaster,
    region: source.region,
    policy: source.policy,
    minor: source.isMinorAt(at),
    coolingOffDays: p.joinCoolingOffDays,
    minTermMonths: p.minTermMonths,
    autoRenew: p.autoRenew,
    noticeDays: p.noticeDays,
    probationDays: p.probationDays,
    cureDays: p.cureDays,
    exitFeeCapMonths: p.exitFeeCapMonths,
    settlementCycleDays: p.settlementCycleDays,
    objectionDays: p.objectionDays,
    payoutDays: p.payoutDays,
    retentionYears: p.retentionYears,
    disputeAnswerDays: p.disputeAnswerDays,
    disputeDecisionDays: p.disputeDecisionDays,
    disputeAppealDays: p.disputeAppealDays,
    postTransferLockDays: p.postTransferLockDays,
    originSharePercentMax: p.originSharePercent,
  };
}

type Terms = Readonly<Record<string, string | number | boolean>>;

/** The terms as templates name them, and what follows from them. */
export function valuesOfTerms(terms: Terms): VariableValues {
  const { guildSharePercent, feeMinor, currency, ...rest } = terms;
  return {
    ...Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [name, name.endsWith('At') ? new Date(String(value)).toISOString() : value]),
    ),
    ...(typeof guildSharePercent === 'number' && { guildSharePercent, broadcasterSharePercent: 100 - guildSharePercent }),
    ...(typeof feeMinor === 'number' && { fee: { amountMinor: feeMinor, currency: String(currency) } }),
  };
}
