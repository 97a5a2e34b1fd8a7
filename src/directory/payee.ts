import { v7 as uuidv7 } from 'uuid';
import { daysInMs } from '../../workflows/kernel/index.js';
import { changePayeeParams } from '../../workflows/payment/index.js';
import { registry } from '../../workflows/registry.js';
import type { Links, Transaction, TransactionEffect } from '../engine/index.js';
import { lockLiving, type BroadcasterRow } from './broadcaster-row.js';
import { policyNumber } from './policy.js';
import { insertEvent } from './trail.js';

/** A changed payee or identity is one fact, whoever brings it: the lock of the broadcaster, and what every open payment does about it. */

export interface IdentityChange {
  readonly broadcasterId: string;
  readonly change: 'PAYEE' | 'IDENTITY';
  /** Under which the payout system outside knows the new payee; null: not told. */
  readonly payeeId: string | null;
  readonly at: string;
  /** The payment in whose step the change is made, which learns of it by itself. */
  readonly within?: string;
}

/** Kinds that wait for a payee or pay one, by their machines. */
const paying = [...new Set(registry.filter(({ events }) => Object.hasOwn(events, 'PAYEE_CHANGED')).map(({ kind }) => kind))];

/**
 * Whoever took over an account would first change who is paid: nothing can be opened for some days, and nothing is paid (edge case
 * 16). Answers with the end of the broadcaster's lock.
 */
export async function changeIdentity(
  tx: Transaction,
  links: Links,
  row: BroadcasterRow,
  { broadcasterId, change, payeeId, at, within }: IdentityChange,
): Promise<string> {
  const lockDays = await policyNumber(tx, row.region_code, at, 'identityLockDays');
  const until = new Date(Date.parse(at) + daysInMs(at, lockDays, row.time_zone));
  // An earlier lock that lasts longer is not shortened.
  const lockedUntil = row.locked_until !== null && row.locked_until > until ? row.locked_until : until;
  await tx.query(
    `update guildhall.broadcaster set locked_until = $2, payee_changed_at = case when $3 then $4 else payee_changed_at end where id = $1`,
    [broadcasterId, lockedUntil, change === 'PAYEE', at],
  );
  const { rows } = await tx.query<{ id: string }>(
    `select r.id from guildhall.request r join guildhall.instance i on i.id = r.id and i.status = 'active'
     where r.broadcaster_id = $1 and r.kind = any ($2::text[]) and r.id is distinct from $3 order by r.id`,
    [broadcasterId, paying, within ?? null],
  );
  // Where a machine does not take it (an older version, which pays nothing) nothing happens.
  for (const { id } of rows) await links.send(id, { type: 'PAYEE_CHANGED', change, payeeId });
  return lockedUntil.toISOString();
}

/** The broadcaster's own door to it: the payee that a payment has asked for is a change of the directory, with its entry in the trail. */
export const changePayee: TransactionEffect = async (tx, call, links) => {
  const { broadcasterId, payeeId, by } = changePayeeParams.parse(call.params);
  const row = await lockLiving(tx, broadcasterId);
  const { at, instanceId } = call;
  const change = { broadcasterId, change: 'PAYEE' as const, payeeId, at, within: instanceId };
  const lockedUntil = await changeIdentity(tx, links, row, change);
  await insertEvent(tx, {
    id: uuidv7(),
    at: new Date(at),
    actorId: call.actor.id,
    authority: by,
    subjectType: 'Broadcaster',
    subjectId: broadcasterId,
    action: 'namePayee',
    reasonCode: 'PAYEE_CHANGED',
    details: { change: 'PAYEE', lockedUntil },
    comment: null,
  });
  return { type: 'PAYEE_NAMED' };
};
