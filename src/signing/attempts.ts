import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { inTransaction, type Transaction } from '../engine/index.js';
import { after, now, refused, type Refused } from './refused.js';

const HOUR_MS = 3_600_000;
/** Wrong codes of one person in an hour. With three of a million right at any time, whoever has the login already guesses for years. */
const MAX_FAILED = 5;

/** One person's proofs are looked at one after another: a code counts once, however often it is sent at the same instant. */
export const lockPerson = (tx: Transaction, principalId: string) =>
  tx.query(`select pg_advisory_xact_lock(hashtextextended('signature-proof:' || $1::text, 0))`, [principalId]);

/**
 * Takes one of the attempts that a person has. Written and committed before anything is judged, and failed until it has succeeded: attempts
 * at the same time are no more than those one after another.
 */
export const takeAttempt = (pool: Pool, principalId: string): Promise<{ readonly attemptId: string } | Refused> =>
  inTransaction(pool, async (tx) => {
    await lockPerson(tx, principalId);
    const at = await now(tx);
    const { rows } = await tx.query<{ at: Date }>({
      name: 'signing.failedAttempts',
      text: `select at from guildhall.signature_attempt where principal_id = $1 and succeeded_at is null
        and at > $2::timestamptz - interval '1 hour' order by at desc limit $3`,
      values: [principalId, at, MAX_FAILED],
    });
    if (rows.length >= MAX_FAILED) {
      return refused('TOO_MANY_ATTEMPTS', 'Too many codes were wrong; try again later.', {
        until: after(rows.at(-1)!.at, HOUR_MS),
      });
    }
    const attemptId = uuidv7();
    await tx.query({
      name: 'signing.attempt',
      text: 'insert into guildhall.signature_attempt (id, principal_id, at) values ($1, $2, $3)',
      values: [attemptId, principalId, at],
    });
    return { attemptId };
  });

export const attemptSucceeded = (tx: Transaction, attemptId: string, at: string) =>
  tx.query({
    name: 'signing.attemptSucceeded',
    text: 'update guildhall.signature_attempt set succeeded_at = $2 where id = $1',
    values: [attemptId, at],
  });
