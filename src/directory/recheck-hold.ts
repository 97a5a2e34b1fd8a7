import type { Transaction, TransactionEffect } from '../engine/index.js';
import { isOfAge } from './broadcaster-row.js';
import { CONSENTED, ENTRIES, type HoldCode } from './consequences.js';
import { policyNumber } from './policy.js';

interface StandingRow {
  readonly kind: string;
  readonly region_code: string;
  readonly time_zone: string;
  readonly birth_date: string | null;
  readonly of_age_attested_at: Date | null;
  readonly banned: boolean;
  /** The guardian has revoked, and nobody has followed. */
  readonly orphaned: boolean;
}

/**
 * A hold has one reason. What came up during it (a ban, a guardian who revoked) was refused as a second hold, and whoever ends the
 * first may know nothing of it: so when a hold ends, what the directory holds for is looked at, and where it still stands the request
 * is on hold again for that reason, in the same transaction. It then goes on when that reason is gone, like any other.
 */
export const recheckHold: TransactionEffect = async (tx, { instanceId, at }) => {
  const reasonCode = await standing(tx, instanceId, at);
  return reasonCode && { type: 'HOLD_REQUEST', reasonCode };
};

async function standing(tx: Transaction, requestId: string, at: string): Promise<HoldCode | undefined> {
  const { rows } = await tx.query<StandingRow>({
    name: 'directory.standing',
    text: `select r.kind, b.region_code, region.time_zone, b.birth_date::text as birth_date, b.of_age_attested_at, b.banned_at is not null as banned,
        coalesce((select bool_and(w.until is not null) from guildhall.guardian w where w.broadcaster_id = b.id), false) as orphaned
      from guildhall.request r join guildhall.broadcaster b on b.id = r.broadcaster_id join guildhall.region region on region.code = b.region_code
      where r.id = $1`,
    values: [requestId],
  });
  const row = rows[0];
  if (!row) return undefined;
  if (row.banned && ENTRIES.includes(row.kind)) return 'BAN';
  if (!row.orphaned || !CONSENTED.includes(row.kind)) return undefined;
  return isOfAge(row, await policyNumber(tx, row.region_code, at, 'majorityAgeYears'), at) ? undefined : 'GUARDIAN_REVOKED';
}
