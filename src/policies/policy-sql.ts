import type { ViewerTransaction } from '../database/index.js';
import { EffectivePeriods } from './effective-periods.js';

/** A version as a command finds it, locked until the command ends. */
export interface LockedVersion {
  readonly id: string;
  readonly name: string;
  readonly region_code: string | null;
  readonly status: 'DRAFT' | 'IN_REVIEW' | 'PUBLISHED' | 'RETIRED';
  readonly revision: number;
  readonly parameters: unknown;
  readonly rules: unknown;
  readonly author_id: string | null;
  /** The command's time, to the millisecond and never before the transaction's: what it sets into force, it sets from here. */
  readonly now: Date;
}

/** Numbers and periods of one name and region are handed out one command at a time. Released with the transaction. */
export async function lockPolicy(tx: ViewerTransaction, name: string, regionCode: string | null): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('policy:' || $1::text || coalesce(':' || $2::text, ''), 0))`, [
    name,
    regionCode,
  ]);
}

/** Undefined when there is no such version. The lock of its policy first, so that all commands take their locks in one order. */
export async function lockVersion(tx: ViewerTransaction, id: string): Promise<LockedVersion | undefined> {
  const [found] = await tx.query<Pick<LockedVersion, 'name' | 'region_code'>>(
    'select name, region_code from guildhall.policy_version where id = $1',
    [id],
  );
  if (!found) return undefined;
  await lockPolicy(tx, found.name, found.region_code);
  const [version] = await tx.query<LockedVersion>(
    `select id, name, region_code, status, revision, parameters, rules, author_id,
       date_trunc('milliseconds', guildhall.now() + interval '999 microseconds') as now
     from guildhall.policy_version where id = $1 for update`,
    [id],
  );
  return version;
}

/** Whatever its name: some policy has to be in force in every region. */
export const policyPeriods = new EffectivePeriods({ table: 'policy_version', standsIn: 'true' });
