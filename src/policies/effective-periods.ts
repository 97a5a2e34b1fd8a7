import type { ViewerTransaction } from '../database/index.js';

/** Versions of one name and region that follow each other without a gap, and are in force one at a time. */
export interface Periods {
  readonly table: 'policy_version' | 'template_version';
  /** Which versions `o` can stand in for a version `v` that ends, as a condition of SQL. */
  readonly standsIn: string;
}

const ofSameName = `p.name = v.name and p.region_code is not distinct from v.region_code and p.id <> v.id and p.status = 'PUBLISHED'`;

export class EffectivePeriods {
  private readonly table: string;
  private readonly standsIn: string;

  constructor({ table, standsIn }: Periods) {
    this.table = `guildhall.${table}`;
    this.standsIn = standsIn;
  }

  /** Whether another published version begins at this very instant: there is no period left between the two. */
  async beginsAt(tx: ViewerTransaction, id: string, from: Date): Promise<boolean> {
    const rows = await tx.query(
      `select from ${this.table} v join ${this.table} p on ${ofSameName} where v.id = $1 and lower(p.effective) = $2`,
      [id, from],
    );
    return rows.length > 0;
  }

  /** Ends the period of the predecessor where the version begins, and publishes the version up to where a later one begins. */
  async publish(
    tx: ViewerTransaction,
    { id, from, reviewerId, remark }: { id: string; from: Date; reviewerId: string; remark: string | null },
  ): Promise<void> {
    await tx.query(
      `update ${this.table} p set effective = tstzrange(lower(p.effective), $2), remark = null
       from ${this.table} v where v.id = $1 and ${ofSameName} and p.effective @> $2::timestamptz`,
      [id, from],
    );
    await tx.query(
      `update ${this.table} v set status = 'PUBLISHED', published_at = guildhall.now(), reviewer_id = $3, remark = $4,
         effective = tstzrange($2, (select min(lower(p.effective)) from ${this.table} p where ${ofSameName} and lower(p.effective) > $2))
       where v.id = $1`,
      [id, from, reviewerId, remark],
    );
  }

  /**
   * Ends a version now. One that was yet to come is called off, and what it would have replaced goes on in its place. Answers with a
   * region for which none would be in force at some time when the version would have been: then the caller rolls back.
   */
  async retire(tx: ViewerTransaction, id: string, now: Date, remark: string): Promise<string | undefined> {
    const [ended] = await tx.query<{ begins: Date; ends: Date | null; called_off: boolean }>(
      `select lower(effective) as begins, upper(effective) as ends, lower(effective) >= $2 as called_off from ${this.table} where id = $1`,
      [id, now],
    );
    const { begins, ends, called_off: calledOff } = ended!;
    await tx.query(
      `update ${this.table} set status = 'RETIRED', retired_at = guildhall.now(), remark = $3,
         effective = case when $4 then 'empty'::tstzrange else effective * tstzrange(null, $2) end
       where id = $1`,
      [id, now, remark, calledOff],
    );
    if (calledOff) {
      await tx.query(
        `update ${this.table} p set effective = tstzrange(lower(p.effective), $3), remark = null
         from ${this.table} v where v.id = $1 and ${ofSameName} and upper(p.effective) = $2`,
        [id, begins, ends],
      );
    }
    return this.regionWithout(tx, id, calledOff ? begins : now, ends);
  }

  private async regionWithout(tx: ViewerTransaction, id: string, from: Date, to: Date | null): Promise<string | undefined> {
    const [row] = await tx.query<{ code: string }>(
      `select r.code from ${this.table} v join guildhall.region r on v.region_code is null or r.code = v.region_code
       where v.id = $1 and not exists (select from ${this.table} o where o.status in ('PUBLISHED', 'RETIRED') and ${this.standsIn}
         and (o.region_code = r.code or o.region_code is null)
         having range_agg(o.effective) @> tstzrange($2, $3)) order by r.code limit 1`,
      [id, from, to],
    );
    return row?.code;
  }
}
