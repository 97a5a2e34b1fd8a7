import { v7 as uuidv7 } from 'uuid';
import type { LeaveReason, REASON_SOURCES } from '../../workflows/phases/index.js';
import type { Transaction } from '../engine/index.js';

export type ReasonSource = (typeof REASON_SOURCES)[number];

export interface ExitReason {
  readonly requestId: string;
  readonly source: ReasonSource;
  readonly primary: LeaveReason;
  readonly secondary: LeaveReason | null;
  readonly at: string;
  /** The principal who says so. */
  readonly by: string;
}

/**
 * Adds a view of why somebody left; the latest of each source counts, the earlier ones stay. Saying the same again adds nothing, so
 * that a repeated call after a lost answer leaves one row. One at a time for a request, or two at once would both find nothing yet.
 */
export async function recordExitReason(tx: Transaction, reason: ExitReason): Promise<void> {
  const { requestId, source, primary, secondary, at, by } = reason;
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('exit-reason:' || $1::text, 0))`, [requestId]);
  await tx.query({
    name: 'settlement.exitReason',
    text: `insert into guildhall.exit_reason (id, request_id, source, primary_reason, secondary_reason, recorded_at, recorded_by)
      select $1, $2::uuid, $3::text, $4::text, $5::text, $6, $7 where not exists (
        select from (select primary_reason, secondary_reason from guildhall.exit_reason where request_id = $2 and source = $3 order by id desc limit 1) latest
        where latest.primary_reason = $4 and latest.secondary_reason is not distinct from $5)`,
    values: [uuidv7(), requestId, source, primary, secondary, at, by],
  });
}
