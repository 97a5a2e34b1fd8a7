import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { inTransaction, type Transaction } from '../engine/index.js';
import { lockPerson } from './attempts.js';
import { assertionOptions, challengeOver } from './passkeys.js';
import { after, isRefused, now, refused, type Refused } from './refused.js';
import type { SigningSettings } from './settings.js';

/** What a signer is asked before a proof that is over a hash, or that has to be sent first. */

export const CHALLENGE_METHODS = ['PASSKEY', 'DELIVERED_CODE'] as const;
export type ChallengeMethod = (typeof CHALLENGE_METHODS)[number];

export interface Challenge {
  readonly id: string;
  readonly expiresAt: string;
  /** For `navigator.credentials.get`. */
  readonly passkeyOptions?: object;
}

export interface ChallengeRow {
  readonly id: string;
  readonly request_id: string;
  readonly method: ChallengeMethod;
  readonly agreement_sha256: string;
  readonly challenge: string;
  readonly salt: string | null;
  readonly attempts: number;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

const TTL_MS: Readonly<Record<ChallengeMethod, number>> = { PASSKEY: 5 * 60_000, DELIVERED_CODE: 10 * 60_000 };
/** In an hour: asking costs the platform a message, and the person their patience. */
const MAX_ASKED: Readonly<Record<ChallengeMethod, number>> = { PASSKEY: 60, DELIVERED_CODE: 5 };
/** Wrong answers to one challenge, after which not even the right one does. */
export const MAX_ANSWERS = 3;

const HOUR_MS = 3_600_000;
const hashOf = (code: string, salt: string): string => createHmac('sha256', salt).update(code).digest('hex');

/** Takes as long for a wrong code as for the right one. */
export function isCodeOf(code: string, { salt, challenge }: Pick<ChallengeRow, 'salt' | 'challenge'>): boolean {
  const [given, kept] = [Buffer.from(hashOf(code.replace(/[\s-]/g, ''), salt ?? ''), 'hex'), Buffer.from(challenge, 'hex')];
  return given.length === kept.length && timingSafeEqual(given, kept);
}

export class SigningChallenges {
  constructor(
    private readonly pool: Pool,
    private readonly settings: SigningSettings,
  ) {}

  /** The caller has made sure that this person sees the request. */
  async ask(principalId: string, requestId: string, sha256: string, method: ChallengeMethod): Promise<Challenge | Refused> {
    const { deliverCode } = this.settings;
    if (method === 'DELIVERED_CODE' && !deliverCode)
      return refused('NOT_CONFIGURED', 'This installation has no way to send codes.', { field: 'method' });
    const code = String(randomInt(100_000_000)).padStart(8, '0');
    const salt = randomBytes(16).toString('hex');
    const bytes = challengeOver(sha256);
    const asked = await inTransaction(this.pool, async (tx) => {
      await lockPerson(tx, principalId);
      const at = await now(tx);
      const until = await patience(tx, principalId, method, at);
      if (until !== undefined) return refused('TOO_MANY_CHALLENGES', 'You have asked too often; try again later.', { until });
      const credentials = method === 'PASSKEY' ? await passkeysOf(tx, principalId) : [];
      if (method === 'PASSKEY' && credentials.length === 0)
        return refused('NO_AUTHENTICATOR', 'You have no passkey here; enrol one first.', { field: 'method' });
      const id = uuidv7();
      const expiresAt = after(at, TTL_MS[method]);
      await tx.query({
        name: 'signing.ask',
        text: `insert into guildhall.signing_challenge (id, principal_id, request_id, method, agreement_sha256, challenge, salt, created_at, expires_at)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        values: [
          id,
          principalId,
          requestId,
          method,
          sha256,
          ...(method === 'PASSKEY' ? [bytes.toString('base64url'), null] : [hashOf(code, salt), salt]),
          at,
          expiresAt,
        ],
      });
      if (method === 'DELIVERED_CODE') return { id, expiresAt };
      return { id, expiresAt, passkeyOptions: await assertionOptions(this.settings, bytes, credentials) };
    });
    if (isRefused(asked) || method === 'PASSKEY') return asked;
    try {
      await deliverCode!({ principalId, requestId, code, expiresAt: asked.expiresAt });
    } catch {
      return refused('NOT_DELIVERED', 'The code could not be sent; try again, or sign by another means.');
    }
    return asked;
  }
}

async function passkeysOf(tx: Transaction, principalId: string): Promise<string[]> {
  const { rows } = await tx.query<{ credential_id: string }>({
    name: 'signing.passkeys',
    text: `select credential_id from guildhall.authenticator where principal_id = $1 and kind = 'PASSKEY' and confirmed_at is not null
      and removed_at is null order by id`,
    values: [principalId],
  });
  return rows.map(({ credential_id: id }) => id);
}

/** From when another may be asked for; undefined: now. */
async function patience(tx: Transaction, principalId: string, method: ChallengeMethod, at: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ created_at: Date }>({
    name: 'signing.asked',
    text: `select created_at from guildhall.signing_challenge where principal_id = $1 and method = $2
      and created_at > $3::timestamptz - interval '1 hour' order by created_at desc offset $4 limit 1`,
    values: [principalId, method, at, MAX_ASKED[method] - 1],
  });
  return rows[0] && after(rows[0].created_at, HOUR_MS);
}
