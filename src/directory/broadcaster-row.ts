import { ageReachedAt } from '../../workflows/phases/index.js';
import type { Transaction } from '../engine/index.js';
import { lockBroadcaster } from '../settlement/locks.js';
import { notFound, refuseFor } from './action.js';

export interface BroadcasterRow {
  readonly principal_id: string | null;
  readonly region_code: string;
  readonly time_zone: string;
  readonly identity_verified_at: Date | null;
  readonly birth_date: string | null;
  readonly of_age_attested_at: Date | null;
  readonly banned_at: Date | null;
  readonly locked_until: Date | null;
  readonly restricted_at: Date | null;
  readonly erased_at: Date | null;
}

/**
 * The broadcaster, locked until the end of the transaction: by the lock that openings and switches take too, so that no request
 * comes into being between a change and the choice of the requests that it concerns.
 */
export async function lockBroadcasterRow(tx: Transaction, id: string): Promise<BroadcasterRow> {
  await lockBroadcaster(tx, id);
  const { rows } = await tx.query<BroadcasterRow>(
    `select b.principal_id, b.region_code, r.time_zone, b.identity_verified_at, b.birth_date::text as birth_date, b.of_age_attested_at,
       b.banned_at, b.locked_until, b.restricted_at, b.erased_at
     from guildhall.broadcaster b join guildhall.region r on r.code = b.region_code where b.id = $1 for update of b`,
    [id],
  );
  return rows[0] ?? notFound('broadcaster', 'broadcasterId');
}

/** As `lockBroadcasterRow`, and refused when nobody is behind it any more. */
export async function lockLiving(tx: Transaction, id: string): Promise<BroadcasterRow> {
  const row = await lockBroadcasterRow(tx, id);
  refuseFor(erased(row));
  return row;
}

export const erased = ({ erased_at: erasedAt }: BroadcasterRow) =>
  erasedAt !== null && { code: 'ERASED', message: 'This broadcaster has been erased.', field: 'broadcasterId' };

type Age = Pick<BroadcasterRow, 'of_age_attested_at' | 'birth_date' | 'time_zone'>;

/** Of an unknown age counts as a minor: a request that waits does less harm than one that binds a child. */
export function isOfAge(
  { of_age_attested_at: attested, birth_date: birthDate, time_zone: timeZone }: Age,
  majorityAgeYears: number,
  at: string,
): boolean {
  if (attested !== null) return true;
  return birthDate !== null && ageReachedAt(birthDate, majorityAgeYears, timeZone) <= at;
}
