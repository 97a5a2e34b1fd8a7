import type { JWK } from 'jose';
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { levelOf, type ProofMethod, type SignatureLevel } from '../../workflows/phases/index.js';
import { inTransaction, type ActEvidence, type Transaction } from '../engine/index.js';
import { pinnedPolicySql } from '../policies/policy.service.js';
import { readParameters } from '../policies/parameters.js';
import { attemptSucceeded, lockPerson, takeAttempt } from './attempts.js';
import { keptColumns, type KeptAuthenticator } from './authenticators.js';
import { isCodeOf, MAX_ANSWERS, type ChallengeRow } from './challenges.js';
import { sha256Of } from './consent-texts.js';
import { holds } from './external-keys.js';
import { asserted } from './passkeys.js';
import { after, isRefused, now, refused, type Refused } from './refused.js';
import type { SigningSettings } from './settings.js';
import { stepOfCode } from './totp.js';

/** What a signer says of themselves, as it came. At most one of the methods. */
export interface SaidProof {
  readonly consent?: { readonly textId: string; readonly sha256: string } | undefined;
  readonly oneTimeCode?: { readonly authenticatorId: string | undefined; readonly code: string } | undefined;
  readonly deliveredCode?: { readonly challengeId: string; readonly code: string } | undefined;
  readonly passkey?: { readonly challengeId: string; readonly response: Readonly<Record<string, unknown>> } | undefined;
  readonly externalKey?: { readonly authenticatorId: string; readonly jws: string } | undefined;
}

/** What is signed, and the key under which the command may be repeated. */
export interface Signing {
  readonly requestId: string;
  /** Of the text as it was shown. */
  readonly sha256: string;
  readonly idempotencyKey: string | undefined;
}

/** A proof that holds. The event says its level, method and id; the rest is for the evidence of the act, beside the chain. */
export interface SignatureEvidence {
  readonly level: SignatureLevel;
  readonly method: ProofMethod;
  readonly proofId: string;
  /** The authenticator, where there was one. */
  readonly credentialId: string | null;
  readonly consentText: {
    readonly id: string;
    readonly name: string;
    readonly version: number;
    readonly locale: string;
    readonly sha256: string;
  } | null;
}

/** As the record of the act has it. */
export function evidenceOf({ level, method, credentialId, consentText }: SignatureEvidence): Partial<ActEvidence> {
  const signature = { level, method, ...(credentialId !== null && { credentialId }) };
  if (!consentText) return { signature };
  const { name: textId, version, locale, sha256 } = consentText;
  return { signature, consent: { textId, version, locale, sha256 } };
}

const evidenceSql = `select p.level, p.method, p.id as "proofId", p.authenticator_id as "credentialId", case when c.id is not null then
    json_build_object('id', c.id, 'name', c.name, 'version', c.version, 'locale', c.locale, 'sha256', c.sha256) end as "consentText"
  from guildhall.signature_proof p left join guildhall.consent_text c on c.id = p.consent_text_id`;

interface Held {
  readonly method: ProofMethod;
  readonly authenticatorId: string | null;
  /** For whoever has to verify it again; null: there is nothing that could be, a code is gone. */
  readonly body: string | null;
  /** By which it is verified: kept with it, because people remove their authenticators. */
  readonly publicKey: string | null;
}

const invalid = (message: string): Refused => refused('PROOF_INVALID', message, { field: 'proof' });
const DAY_MS = 86_400_000;

/**
 * Verifies what a signer shows, before the one door: the machine is told the level, which no client can say. One proof is for one
 * signature; the same command under the same idempotency key finds what was verified the first time.
 */
export class SignatureProofs {
  constructor(
    private readonly pool: Pool,
    private readonly settings: SigningSettings,
  ) {}

  async verify(principalId: string, signing: Signing, said: SaidProof): Promise<SignatureEvidence | Refused> {
    const methods = [said.oneTimeCode, said.deliveredCode, said.passkey, said.externalKey].filter(
      (method) => method !== undefined,
    );
    if (methods.length > 1) return refused('INVALID_INPUT', 'One proof is enough: send one of them.', { field: 'proof' });
    const saidHash = sha256Of(JSON.stringify([signing.requestId, signing.sha256, said]));
    const before = await this.verifiedBefore(principalId, signing, saidHash);
    if (before) return before;
    const attempt = said.oneTimeCode || said.deliveredCode ? await takeAttempt(this.pool, principalId) : undefined;
    if (attempt && isRefused(attempt)) return attempt;
    return inTransaction(this.pool, async (tx) => {
      await lockPerson(tx, principalId);
      const at = await now(tx);
      const lockDays = await identityLockDays(tx, signing.requestId);
      if (lockDays === undefined) return refused('NOT_FOUND', 'There is no such request, or you may not see it.');
      const consent = said.consent && (await consentProblem(tx, said.consent));
      if (consent) return consent;
      const held = await this.held(tx, principalId, signing, said, { at, lockDays });
      if (isRefused(held)) return held;
      if (attempt) await attemptSucceeded(tx, attempt.attemptId, at);
      const proofId = uuidv7();
      const level = levelOf(held.method, said.consent !== undefined);
      const { rowCount } = await tx.query({
        name: 'signing.proof',
        text: `insert into guildhall.signature_proof (id, principal_id, request_id, agreement_sha256, level, method, authenticator_id, consent_text_id, body,
            body_sha256, idempotency_key, said_hash, verified_at, public_key)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing`,
        values: [
          proofId,
          principalId,
          signing.requestId,
          signing.sha256,
          level,
          held.method,
          held.authenticatorId,
          said.consent?.textId ?? null,
          held.body,
          held.body === null ? null : sha256Of(held.body),
          signing.idempotencyKey ?? null,
          saidHash,
          at,
          held.publicKey,
        ],
      });
      if (rowCount === 0) return refused('PROOF_USED', 'This proof was used already.', { field: 'proof' });
      const { rows } = await tx.query<SignatureEvidence>({
        name: 'signing.evidence',
        text: `${evidenceSql} where p.id = $1`,
        values: [proofId],
      });
      return rows[0]!;
    });
  }

  private async verifiedBefore(
    principalId: string,
    { idempotencyKey }: Signing,
    hash: string,
  ): Promise<SignatureEvidence | undefined> {
    if (idempotencyKey === undefined) return undefined;
    const { rows } = await this.pool.query<SignatureEvidence>({
      name: 'signing.verifiedBefore',
      text: `${evidenceSql} where p.principal_id = $1 and p.idempotency_key = $2 and p.said_hash = $3 order by p.id limit 1`,
      values: [principalId, idempotencyKey, hash],
    });
    return rows[0];
  }

  private held(tx: Transaction, principalId: string, signing: Signing, said: SaidProof, time: Time): Promise<Held | Refused> {
    if (said.oneTimeCode) return this.byOneTimeCode(tx, principalId, said.oneTimeCode, time);
    if (said.deliveredCode) return byDeliveredCode(tx, principalId, signing, said.deliveredCode, time.at);
    if (said.passkey) return this.byPasskey(tx, principalId, signing, said.passkey, time);
    if (said.externalKey) return byExternalKey(tx, principalId, signing, said.externalKey, time);
    return Promise.resolve({ method: 'CLICK', authenticatorId: null, body: null, publicKey: null });
  }

  /** Of any of the person's apps, where it is not said which one. */
  private async byOneTimeCode(
    tx: Transaction,
    principalId: string,
    { authenticatorId, code }: NonNullable<SaidProof['oneTimeCode']>,
    time: Time,
  ): Promise<Held | Refused> {
    const { secrets } = this.settings;
    const kept = await authenticatorsOf(tx, principalId, 'ONE_TIME_CODE', authenticatorId);
    if (kept.length === 0 || !secrets) return NO_AUTHENTICATOR;
    for (const authenticator of kept) {
      const secret = secrets.open(authenticator.secret!, authenticator.id);
      const step = stepOfCode(secret, code, Date.parse(time.at), Number(authenticator.counter));
      if (step === undefined) continue;
      const locked = lockOf(authenticator, time);
      if (locked) return locked;
      await count(tx, authenticator.id, step);
      return { method: 'ONE_TIME_CODE', authenticatorId: authenticator.id, body: null, publicKey: null };
    }
    return invalid('The code is wrong, too old or used already.');
  }

  private async byPasskey(
    tx: Transaction,
    principalId: string,
    signing: Signing,
    { challengeId, response }: NonNullable<SaidProof['passkey']>,
    time: Time,
  ): Promise<Held | Refused> {
    const challenge = await takeChallenge(tx, principalId, signing, challengeId, 'PASSKEY', time.at);
    if (isRefused(challenge)) return challenge;
    const kept = await authenticatorsOf(tx, principalId, 'PASSKEY', undefined);
    const authenticator = kept.find(({ credential_id: id }) => id === response['id']);
    if (!authenticator) return NO_AUTHENTICATOR;
    const locked = lockOf(authenticator, time);
    if (locked) return locked;
    const counter = await asserted(this.settings, response, challenge.challenge, {
      credentialId: authenticator.credential_id!,
      publicKey: authenticator.public_key!,
      counter: Number(authenticator.counter),
    });
    if (counter === undefined) return invalid('The passkey’s answer does not hold for this agreement.');
    await count(tx, authenticator.id, counter);
    await useUp(tx, challenge.id, time.at);
    return {
      method: 'PASSKEY',
      authenticatorId: authenticator.id,
      body: JSON.stringify(response),
      publicKey: authenticator.public_key,
    };
  }
}

interface Time {
  readonly at: string;
  readonly lockDays: number;
}

const NO_AUTHENTICATOR = refused('NO_AUTHENTICATOR', 'You have none of this kind here; enrol one first.', { field: 'proof' });

async function identityLockDays(tx: Transaction, requestId: string): Promise<number | undefined> {
  const { rows } = await tx.query<{ region_code: string | null; parameters: unknown }>({
    name: 'signing.policy',
    text: `select p.region_code, p.parameters from guildhall.request r join guildhall.instance i on i.id = r.id
      join guildhall.policy_version p on p.id = ${pinnedPolicySql} where r.id = $1`,
    values: [requestId],
  });
  return rows[0] && readParameters(rows[0].region_code, rows[0].parameters).identityLockDays;
}

/** Agreed to has to be the newest version of the text, in the words that it has. */
async function consentProblem(
  tx: Transaction,
  { textId, sha256 }: NonNullable<SaidProof['consent']>,
): Promise<Refused | undefined> {
  const { rows } = await tx.query<{ sha256: string; newest: boolean }>({
    name: 'signing.consent',
    text: `select c.sha256, not exists (select from guildhall.consent_text n where n.name = c.name and n.locale = c.locale and n.version > c.version) as newest
      from guildhall.consent_text c where c.id = $1`,
    values: [textId],
  });
  const [text] = rows;
  const field = 'proof.consent';
  if (text?.sha256 !== sha256)
    return refused('DIFFERENT_CONSENT_TEXT', 'This is not the consent text as it is here; read it again.', { field });
  return text.newest ? undefined : refused('OUTDATED_CONSENT_TEXT', 'There is a newer consent text; read that one.', { field });
}

async function authenticatorsOf(
  tx: Transaction,
  principalId: string,
  kind: KeptAuthenticator['kind'],
  id: string | undefined,
): Promise<KeptAuthenticator[]> {
  const { rows } = await tx.query<KeptAuthenticator>({
    name: 'signing.authenticatorsToSign',
    text: `select ${keptColumns} from guildhall.authenticator where principal_id = $1 and kind = $2 and ($3::uuid is null or id = $3)
      and confirmed_at is not null and removed_at is null order by id for update`,
    values: [principalId, kind, id ?? null],
  });
  return rows;
}

/** Whoever steals a login and enrols their own must not sign before the owner could notice. */
function lockOf({ replaces, confirmed_at: confirmedAt }: KeptAuthenticator, { at, lockDays }: Time): Refused | undefined {
  const until = after(confirmedAt!, lockDays * DAY_MS);
  return replaces && until > at
    ? refused('AUTHENTICATOR_LOCKED', 'It is not your first one, and too new to sign with.', { field: 'proof', until })
    : undefined;
}

const count = (tx: Transaction, id: string, counter: number) =>
  tx.query({
    name: 'signing.count',
    text: 'update guildhall.authenticator set counter = $2 where id = $1',
    values: [id, counter],
  });

async function takeChallenge(
  tx: Transaction,
  principalId: string,
  { requestId, sha256 }: Signing,
  id: string,
  method: ChallengeRow['method'],
  at: string,
): Promise<ChallengeRow | Refused> {
  const { rows } = await tx.query<ChallengeRow>({
    name: 'signing.challenge',
    text: `select id, request_id, method, agreement_sha256, challenge, salt, attempts, expires_at, used_at from guildhall.signing_challenge
      where id = $1 and principal_id = $2 for update`,
    values: [id, principalId],
  });
  const [challenge] = rows;
  if (challenge?.method !== method || challenge.request_id !== requestId || challenge.agreement_sha256 !== sha256)
    return invalid('This was asked for another agreement, or not at all.');
  const isOver = challenge.used_at !== null || challenge.attempts >= MAX_ANSWERS || challenge.expires_at.toISOString() <= at;
  return isOver ? refused('CHALLENGE_OVER', 'This was used, or its time is over; ask anew.', { field: 'proof' }) : challenge;
}

const useUp = (tx: Transaction, id: string, at: string) =>
  tx.query({
    name: 'signing.useUp',
    text: 'update guildhall.signing_challenge set used_at = $2 where id = $1',
    values: [id, at],
  });

async function byDeliveredCode(
  tx: Transaction,
  principalId: string,
  signing: Signing,
  { challengeId, code }: NonNullable<SaidProof['deliveredCode']>,
  at: string,
): Promise<Held | Refused> {
  const challenge = await takeChallenge(tx, principalId, signing, challengeId, 'DELIVERED_CODE', at);
  if (isRefused(challenge)) return challenge;
  if (!isCodeOf(code, challenge)) {
    // A refusal commits: the attempt has been made.
    await tx.query({
      name: 'signing.wrongAnswer',
      text: 'update guildhall.signing_challenge set attempts = attempts + 1 where id = $1',
      values: [challenge.id],
    });
    return invalid('The code is wrong.');
  }
  await useUp(tx, challenge.id, at);
  return { method: 'DELIVERED_CODE', authenticatorId: null, body: null, publicKey: null };
}

async function byExternalKey(
  tx: Transaction,
  principalId: string,
  { sha256 }: Signing,
  { authenticatorId, jws }: NonNullable<SaidProof['externalKey']>,
  time: Time,
): Promise<Held | Refused> {
  const [authenticator] = await authenticatorsOf(tx, principalId, 'EXTERNAL_KEY', authenticatorId);
  if (!authenticator) return NO_AUTHENTICATOR;
  const locked = lockOf(authenticator, time);
  if (locked) return locked;
  if (!(await holds(jws, sha256, JSON.parse(authenticator.public_key!) as JWK, Date.parse(time.at))))
    return invalid('The signature does not hold over the hash of this agreement, or is not fresh.');
  return { method: 'EXTERNAL_KEY', authenticatorId: authenticator.id, body: jws, publicKey: authenticator.public_key };
}
