import type { ViewerTransaction } from '../database/index.js';

const ofSameName = `p.name = v.name and p.region_code is not distinct from v.region_code and p.id <> v.id and p.status = 'PUBLISHED'`;

/** Whether another published version begins at this very instant: there is no period left between the two. */
export async function beginsAt(tx: ViewerTransaction, id: string, from: Date): Promise<boolean> {
  const rows = await tx.query(
    `select from guildhall.template_version v join guildhall.template_version p on ${ofSameName} where v.id = $1 and lower(p.effective) = $2`,
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
    `update guildhall.template_version p set effective = tstzrange(lower(p.effective), $2), remark = null
     from guildhall.template_version v where v.id = $1 and ${ofSameName} and p.effective @> $2::timestamptz`,
    [id, from],
  );
  await tx.query(
    `update guildhall.template_version v set status = 'PUBLISHED', published_at = guildhall.now(), reviewer_id = $3, remark = $4,
       effective = tstzrange($2, (select min(lower(p.effective)) from guildhall.template_version p where ${ofSameName} and lower(p.effective) > $2))
     where v.id = $1`,
    [id, from, reviewerId, remark],
  );
}

/**
 * Ends a version now. One that was yet to come is called off, and what it would have replaced goes on in its place. Answers with a region
 * that would be without a template of the name at some time when the version would have been in force: then the caller rolls back.
 */
export async function retire(tx: ViewerTransaction, id: string, now: Date, remark: string): Promise<string | undefined> {
  const [ended] = await tx.query<{ begins: Date; ends: Date | null; called_off: boolean }>(
    `select lower(effective) as begins, upper(effective) as ends, lower(effective) >= $2 as called_off from guildhall.template_version where id = $1`,
    [id, now],
  );
  const { begins, ends, called_off: calledOff } = ended!;
  await tx.query(
    `update guildhall.template_version set status = 'RETIRED', retired_at = guildhall.now(), remark = $3,
       effective = case when $4 then 'empty'::tstzrange else effective * tstzrange(null, $2) end
     where id = $1`,
    [id, now, remark, calledOff],
  );
  if (calledOff) {
    await tx.query(
      `update guildhall.template_version p set effective = tstzrange(lower(p.effective), $3), remark = null
       from guildhall.template_version v where v.id = $1 and ${ofSameName} and upper(p.effective) = $2`,
      [id, begins, ends],
    );
  }
  const [row] = await tx.query<{ code: string }>(
    `select r.code from guildhall.template_version v join guildhall.region r on v.region_code is null or r.code = v.region_code
     where v.id = $1 and not exists (select from guildhall.template_version o where o.name = v.name and o.status in ('PUBLISHED', 'RETIRED')
       and (o.region_code = r.code or o.region_code is null)
       having range_agg(o.effective) @> tstzrange($2, $3)) order by r.code limit 1`,
    [id, calledOff ? begins : now, ends],
  );
  return row?.code;
}
