import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/viewer-context.js';
import { encodeGlobalId } from '../schema/index.js';
import { readParameters } from './parameters.js';
import { PolicyVersionType, type PolicyEventType, type PolicyVersionRow } from './policy.type.js';
import { ruleDefinitions } from './rule-catalogue.js';
import { readRules } from './rules.js';

export const policyColumns = `v.id, v.name, v.region_code, v.number, v.status, v.revision, v.summary, v.parameters, v.rules,
  lower(v.effective) as effective_from, upper(v.effective) as effective_to, v.author_id, v.reviewer_id,
  v.created_at, v.updated_at, v.published_at, v.retired_at, case when r.code is not null
    then json_build_object('code', r.code, 'name', r.name, 'timeZone', r.time_zone, 'currency', r.currency, 'locale', r.locale) end as region`;
export const policyTables = 'guildhall.policy_version v left join guildhall.region r on r.code = v.region_code';

export const toPolicyVersion = (row: PolicyVersionRow): PolicyVersionType => {
  const rules = readRules(row.region_code, row.rules);
  return Object.assign(new PolicyVersionType(), {
    id: encodeGlobalId('PolicyVersion', row.id),
    name: row.name,
    region: row.region,
    number: row.number,
    status: row.status,
    revision: row.revision,
    summary: row.summary,
    parameters: readParameters(row.region_code, row.parameters),
    rules: ruleDefinitions.map(([name]) => ({ name, expression: rules[name] })),
    effectiveFrom: row.effective_from,
    effectiveTo: row.effective_to,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    publishedAt: row.published_at,
    retiredAt: row.retired_at,
    row,
  });
};

/** Policy versions by uuid, one statement a batch; undefined for one that the viewer may not see. */
export const policyVersionLoader = (context: ViewerContext) =>
  new DataLoader<string, PolicyVersionType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<PolicyVersionRow>(`select ${policyColumns} from ${policyTables} where v.id = any ($1::uuid[])`, [
      ids,
    ]);
    const found = new Map(rows.map((row) => [row.id, toPolicyVersion(row)]));
    return ids.map((id) => found.get(id));
  });

interface PolicyEventRow extends Omit<PolicyEventType, 'actorId'> {
  readonly policy_version_id: string;
  readonly actor_id: string | null;
}

/** The steps of versions by the version's uuid, the first first; none for a viewer who may not see drafts. */
export const policyEventLoader = (context: ViewerContext) =>
  new DataLoader<string, PolicyEventType[]>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<PolicyEventRow>(
      `select policy_version_id, revision, at, action, actor_id, remark from guildhall.policy_event
       where policy_version_id = any ($1::uuid[]) order by policy_version_id, revision`,
      [ids],
    );
    return ids.map((id) =>
      rows
        .filter((row) => row.policy_version_id === id)
        .map(({ revision, at, action, actor_id, remark }) => ({ revision, at, action, actorId: principalId(actor_id), remark })),
    );
  });

export const principalId = (uuid: string | null): string | null => (uuid === null ? null : encodeGlobalId('Principal', uuid));
