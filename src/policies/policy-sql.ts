import type { ViewerTransaction } from '../database/index.js';

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

const ofSamePolicy = `p.name = v.name and p.region_code is not distinct from v.region_code and p.id <> v.id and p.status = 'PUBLISHED'`;

/** Whether another published version begins at this very instant: there is no period left between the two. */
export async function beginsAt(tx: ViewerTransaction, id: string, from: Date): Promise<boolean> {
  const rows = await tx.query(
    `select from guildhall.policy_version v join guildhall.policy_version p on ${ofSamePolicy} where v.id = $1 and lower(p.effective) = $2`,
    [id, from],
  );
  return rows.length > 0;
}

/** Ends the period of the predecessor where the version begins, and publishes the version up to where a later one begins. */
export async function publish(
  tx: ViewerTransaction,
  { id, from, reviewerId, remark }: { id: string; from: Date; reviewerId: string; remark: string | null },
): Promise<void> {
  await tx.query(
    `update guildhall.policy_version p set effective = tstzrange(lower(p.effective), $2), remark = null
     from guildhall.policy_version v where v.id = $1 and ${ofSamePolicy} and p.effective @> $2::timestamptz`,
    [id, from],
  );
  await tx.query(
    `update guildhall.policy_version v set status = 'PUBLISHED', published_at = guildhall.now(), reviewer_id = $3, remark = $4,
       effective = tstzrange($2, (select min(lower(p.effective)) from guildhall.policy_version p where ${ofSamePolicy} and lower(p.effective) > $2))
     where v.id = $1`,
    [id, from, reviewerId, remark],
  );
}

/**
 * Ends a version now. One that was yet to come is called off, and what it would have replaced goes on in its place. Answers with a region
 * that would be without a policy at some time when the version would have been in force: then the caller rolls back.
 */
export async function retire(tx: ViewerTransaction, id: string, now: Date, remark: string): Promise<string | undefined> {
  const [ended] = await tx.query<{ begins: Date; ends: Date | null; called_off: boolean }>(
    `select lower(effective) as begins, upper(effective) as ends, lower(effective) >= $2 as called_off from guildhall.policy_version where id = $1`,
    [id, now],
  );
  const { begins, ends, called_off: calledOff } = ended!;
  await tx.query(
    `update guildhall.policy_version set status = 'RETIRED', retired_at = guildhall.now(), remark = $3,
       effective = case when $4 then 'empty'::tstzrange else effective * tstzrange(null, $2) end
     where id = $1`,
    [id, now, remark, calledOff],
  );
  if (calledOff) {
    await tx.query(
      `update guildhall.policy_version p set effective = tstzrange(lower(p.effective), $3), remark = null
       from guildhall.policy_version v where v.id = $1 and ${ofSamePolicy} and upper(p.effective) = $2`,
      [id, begins, ends],
    );
  }
  return regionWithout(tx, id, calledOff ? begins : now, ends);
}

async function regionWithout(tx: ViewerTransaction, id: string, from: Date, to: Date | null): Promise<string | undefined> {
  const [row] = await tx.query<{ code: string }>(
    `select r.code from guildhall.policy_version v join guildhall.region r on v.region_code is null or r.code = v.region_code
     where v.id = $1 and not exists (select from guildhall.policy_version o where o.status in ('PUBLISHED', 'RETIRED')
       and (o.region_code = r.code or o.region_code is null)
       having range_agg(o.effective) @> tstzrange($2, $3)) order by r.code limit 1`,
    [id, from, to],
  );
  return row?.code;
}
