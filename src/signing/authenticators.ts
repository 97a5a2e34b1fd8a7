import type { JWK } from 'jose';
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { inTransaction, type Transaction } from '../engine/index.js';
import { attemptSucceeded, lockPerson, takeAttempt } from './attempts.js';
import { holds, publicKeyOf } from './external-keys.js';
import { registered, registrationOptions } from './passkeys.js';
import { after, isRefused, now, refused, type Refused } from './refused.js';
import type { SigningSettings } from './settings.js';
import { base32, newSecret, otpauthUri, stepOfCode } from './totp.js';

export const AUTHENTICATOR_KINDS = ['ONE_TIME_CODE', 'PASSKEY', 'EXTERNAL_KEY'] as const;
export type AuthenticatorKind = (typeof AUTHENTICATOR_KINDS)[number];

export interface AuthenticatorRow {
  readonly id: string;
  readonly kind: AuthenticatorKind;
  readonly label: string;
  readonly created_at: Date;
  readonly confirmed_at: Date | null;
  readonly removed_at: Date | null;
  readonly replaces: boolean;
}

/** With what the server alone works with. */
export interface KeptAuthenticator extends AuthenticatorRow {
  readonly secret: string | null;
  readonly challenge: string | null;
  readonly credential_id: string | null;
  readonly public_key: string | null;
  readonly counter: string;
  readonly expires_at: Date;
}

const shown = 'id, kind, label, created_at, confirmed_at, removed_at, replaces';
export const keptColumns = `${shown}, secret, challenge, credential_id, public_key, counter, expires_at`;

/** What is to be done to finish an enrolment: which of these depends on the kind. */
export interface Enrolment {
  readonly authenticator: AuthenticatorRow;
  readonly expiresAt: string;
  readonly secret?: string;
  readonly uri?: string;
  readonly passkeyOptions?: object;
  readonly challenge?: string;
}

export interface Confirmation {
  readonly code?: string | null | undefined;
  readonly passkey?: object | null | undefined;
  readonly jws?: string | null | undefined;
}

const ENROLMENT_MS = 10 * 60_000;
const MAX_KEPT = 20;
const NOT_YOURS = refused('NOT_FOUND', 'There is no such authenticator of yours.');
const NOT_PROVEN = refused('PROOF_INVALID', 'This does not show that you have it.');

/**
 * What a person signs with beside the login. An enrolment is finished by using the new authenticator once. The first one a person ever
 * has signs at once; whatever comes later is locked for as long as a changed identity is: it could be somebody else's who has got
 * hold of the login.
 */
export class Authenticators {
  constructor(
    private readonly pool: Pool,
    private readonly settings: SigningSettings,
  ) {}

  async enrol(
    principalId: string,
    kind: AuthenticatorKind,
    label: string,
    publicKey: Readonly<Record<string, unknown>> | null,
  ): Promise<Enrolment | Refused> {
    if (label.trim().length === 0 || label.length > 60 || label.includes('\0'))
      return refused('INVALID_INPUT', 'A label has 1 to 60 characters.', { field: 'label' });
    const key = kind === 'EXTERNAL_KEY' ? await publicKeyOf(publicKey ?? {}) : undefined;
    if (key === 'PRIVATE_KEY')
      return refused('PRIVATE_KEY', 'This is a private key: nobody else may know it. Make a new one.', { field: 'publicKey' });
    if (key === 'KEY_NOT_USABLE')
      return refused('KEY_NOT_USABLE', 'Ed25519, P-256, P-384 and RSA from 2048 bits are known.', { field: 'publicKey' });
    const { secrets } = this.settings;
    if (kind === 'ONE_TIME_CODE' && !secrets)
      return refused('NOT_CONFIGURED', 'This installation keeps no secrets of authenticator apps.', { field: 'kind' });
    return inTransaction(this.pool, async (tx) => {
      await lockPerson(tx, principalId);
      const at = await now(tx);
      const known = await keptOf(tx, principalId, at);
      if (known.length >= MAX_KEPT) return refused('TOO_MANY', `A person has at most ${String(MAX_KEPT)}: remove one first.`);
      const id = uuidv7();
      const [secret, expiresAt] = [newSecret(), after(at, ENROLMENT_MS)];
      const credentialIds = known.flatMap(({ credential_id: credentialId }) => credentialId ?? []);
      const passkeyOptions =
        kind === 'PASSKEY' ? await registrationOptions(this.settings, principalId, label, credentialIds) : undefined;
      const challenge = passkeyOptions?.challenge ?? randomBytes(32).toString('base64url');
      const { rows } = await tx.query<AuthenticatorRow>({
        name: 'signing.enrol',
        text: `insert into guildhall.authenticator (id, principal_id, kind, label, secret, challenge, public_key, created_at, expires_at)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${shown}`,
        values: [
          id,
          principalId,
          kind,
          label,
          kind === 'ONE_TIME_CODE' ? secrets!.seal(secret, id) : null,
          kind === 'ONE_TIME_CODE' ? null : challenge,
          key ? JSON.stringify(key) : null,
          at,
          expiresAt,
        ],
      });
      const authenticator = rows[0]!;
      if (kind === 'ONE_TIME_CODE') return { authenticator, expiresAt, secret: base32(secret), uri: otpauthUri(secret, label) };
      return passkeyOptions ? { authenticator, expiresAt, passkeyOptions } : { authenticator, expiresAt, challenge };
    });
  }

  /** Finishes an enrolment. Said again of one that is finished, it answers the same. */
  async confirm(principalId: string, id: string, by: Confirmation): Promise<AuthenticatorRow | Refused> {
    const attempt = by.code == null ? undefined : await takeAttempt(this.pool, principalId);
    if (attempt && isRefused(attempt)) return attempt;
    return inTransaction(this.pool, async (tx) => {
      await lockPerson(tx, principalId);
      const at = await now(tx);
      const { rows } = await tx.query<KeptAuthenticator>({
        name: 'signing.enrolled',
        text: `select ${keptColumns} from guildhall.authenticator where id = $1 and principal_id = $2 and removed_at is null for update`,
        values: [id, principalId],
      });
      const [kept] = rows;
      if (!kept) return NOT_YOURS;
      if (kept.confirmed_at) return kept;
      if (kept.expires_at.toISOString() <= at) return refused('ENROLMENT_EXPIRED', 'The time for this is over; enrol it anew.');
      const proven = await this.prove(kept, by, Date.parse(at));
      if (!proven) return NOT_PROVEN;
      if (attempt) await attemptSucceeded(tx, attempt.attemptId, at);
      const confirmed = await tx.query<AuthenticatorRow>({
        name: 'signing.confirm',
        text: `update guildhall.authenticator set confirmed_at = $2, challenge = null, counter = $3,
            credential_id = coalesce($4, credential_id), public_key = coalesce($5, public_key),
            replaces = exists (select from guildhall.authenticator o where o.principal_id = $6 and o.id <> $1 and o.confirmed_at is not null)
          where id = $1 and not exists (select from guildhall.authenticator o where o.credential_id = $4) returning ${shown}`,
        values: [id, at, proven.counter, proven.credentialId ?? null, proven.publicKey ?? null, principalId],
      });
      return confirmed.rows[0] ?? NOT_PROVEN;
    });
  }

  /** What was signed with it stays signed. */
  remove(principalId: string, id: string): Promise<AuthenticatorRow | Refused> {
    return inTransaction(this.pool, async (tx) => {
      const { rows } = await tx.query<AuthenticatorRow>({
        name: 'signing.removeAuthenticator',
        text: `update guildhall.authenticator set removed_at = coalesce(removed_at, date_trunc('milliseconds', guildhall.now())), secret = null,
            challenge = null where id = $1 and principal_id = $2 returning ${shown}`,
        values: [id, principalId],
      });
      return rows[0] ?? NOT_YOURS;
    });
  }

  async list(principalId: string): Promise<readonly AuthenticatorRow[]> {
    const { rows } = await this.pool.query<AuthenticatorRow>({
      name: 'signing.authenticators',
      text: `select ${shown} from guildhall.authenticator where principal_id = $1 and confirmed_at is not null and removed_at is null order by id`,
      values: [principalId],
    });
    return rows;
  }

  private async prove(
    kept: KeptAuthenticator,
    by: Confirmation,
    atMs: number,
  ): Promise<{ readonly counter: number; readonly credentialId?: string; readonly publicKey?: string } | undefined> {
    switch (kept.kind) {
      case 'ONE_TIME_CODE': {
        const secret = this.settings.secrets?.open(kept.secret!, kept.id);
        const step = secret && stepOfCode(secret, by.code ?? '', atMs, Number(kept.counter));
        return step === undefined ? undefined : { counter: step };
      }
      case 'PASSKEY':
        return by.passkey ? registered(this.settings, by.passkey, kept.challenge!) : undefined;
      case 'EXTERNAL_KEY':
        return (await holds(by.jws ?? '', kept.challenge!, JSON.parse(kept.public_key!) as JWK, atMs))
          ? { counter: 0 }
          : undefined;
    }
  }
}

/** Those that a person has or is enrolling. */
async function keptOf(tx: Transaction, principalId: string, at: string): Promise<KeptAuthenticator[]> {
  const { rows } = await tx.query<KeptAuthenticator>({
    name: 'signing.kept',
    text: `select ${keptColumns} from guildhall.authenticator where principal_id = $1 and removed_at is null
      and (confirmed_at is not null or expires_at > $2) order by id`,
    values: [principalId, at],
  });
  return rows;
}
