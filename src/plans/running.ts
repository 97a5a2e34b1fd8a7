import type { Pool } from 'pg';
import type { Json } from '../../workflows/kernel/index.js';
import { pinnedPolicySql } from '../policies/policy.service.js';

/** A running request, as a plan judges it. */
export interface Running {
  readonly id: string;
  readonly kind: string;
  readonly machineVersion: number;
  readonly state: string;
  readonly snapshot: Json;
  readonly policyVersionId: string;
  readonly at: string;
}

interface RunningRow {
  readonly id: string;
  readonly kind: string;
  readonly machine_version: number;
  readonly state: string;
  readonly snapshot: string;
  readonly policy_version_id: string;
  readonly now: Date;
}

export interface RunningFilter {
  readonly kind?: string | undefined;
  readonly machineVersion?: number | undefined;
  readonly regionCode?: string | undefined;
  readonly policyVersionId?: string | undefined;
}

const CHUNK = 1_000;

/** All running requests that meet the filter, in the order of their ids, a chunk at a time: a plan never holds a long snapshot open. */
export async function* running(pool: Pick<Pool, 'query'>, filter: RunningFilter): AsyncGenerator<Running> {
  for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await pool.query<RunningRow>({
      name: 'plans.running',
      text: `select r.id, i.kind, i.machine_version, i.state, i.snapshot, ${pinnedPolicySql} as policy_version_id, guildhall.now() as now
        from guildhall.request r join guildhall.instance i on i.id = r.id
        where i.status = 'active' and r.id > $1 and ($2::text is null or i.kind = $2) and ($3::int is null or i.machine_version = $3)
          and ($4::text is null or r.region_code = $4) and ($5::uuid is null or ${pinnedPolicySql} = $5)
        order by r.id limit ${String(CHUNK)}`,
      values: [
        last,
        filter.kind ?? null,
        filter.machineVersion ?? null,
        filter.regionCode ?? null,
        filter.policyVersionId ?? null,
      ],
    });
    for (const row of rows) {
      yield {
        id: row.id,
        kind: row.kind,
        machineVersion: row.machine_version,
        state: row.state,
        snapshot: JSON.parse(row.snapshot) as Json,
        policyVersionId: row.policy_version_id,
        at: row.now.toISOString(),
      };
    }
    if (rows.length < CHUNK) return;
    last = rows.at(-1)!.id;
  }
}
