import type { Transaction } from '../engine/index.js';
import { pinnedPolicySql } from '../policies/policy.service.js';

/** What a template may name besides the terms, and the template itself. */
export interface Sources {
  readonly template: string;
  readonly guild: string;
  readonly gaining_guild: string | null;
  readonly broadcaster: string;
  readonly region: string;
  readonly policy: string;
  readonly cooling_off_days: string;
}

export async function readSources(tx: Transaction, requestId: string): Promise<Sources> {
  const { rows } = await tx.query<Sources>({
    name: 'agreements.sources',
    text: `select t.body as template, g.name as guild, gg.name as gaining_guild, b.handle as broadcaster, reg.name as region,
        p.name || ' ' || p.number as policy, p.parameters ->> 'joinCoolingOffDays' as cooling_off_days
      from guildhall.request r join guildhall.guild g on g.id = r.guild_id join guildhall.broadcaster b on b.id = r.broadcaster_id
      join guildhall.region reg on reg.code = r.region_code left join guildhall.instance i on i.id = r.id
      join guildhall.policy_version p on p.id = ${pinnedPolicySql}
      join guildhall.template_version t on t.id = r.template_version_id
      left join guildhall.guild gg on gg.id = r.gaining_guild_id where r.id = $1`,
    values: [requestId],
  });
  return rows[0]!;
}
