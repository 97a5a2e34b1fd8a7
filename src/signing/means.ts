import type { JWK } from 'jose';
import type { ProofMethod } from '../../workflows/phases/index.js';
import type { Transaction } from '../engine/index.js';
import { keptColumns, type KeptAuthenticator } from './authenticators.js';
import { isCodeOf, MAX_ANSWERS, type ChallengeRow } from './challenges.js';
import { holds } from './external-keys.js';
import { asserted } from './passkeys.js';
import { after, isRefused, refused, type Refused } from './refused.js';
import type { SaidProof, Signing } from './said-proof.js';
import type { SigningSettings } from './settings.js';
import { stepOfCode } from './totp.js';

/** The means by which somebody signs, each verified inside the transaction that uses it up. */

/** What has been verified. */
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

interface Time {
  readonly at: string;
  readonly lockDays: number;
}

const NO_AUTHENTICATOR = refused('NO_AUTHENTICATOR', 'You have none of this kind here; enrol one first.', { field: 'proof' });

/** By the one means that the signer has shown; without one the login alone stands behind it. */
export function proofOf(
  settings: SigningSettings,
  tx: Transaction,
  principalId: string,
  signing: Signing,
  said: SaidProof,
  time: Time,
): Promise<Held | Refused> {
  if (said.oneTimeCode) return byOneTimeCode(settings, tx, principalId, said.oneTimeCode, time);
  if (said.deliveredCode) return byDeliveredCode(tx, principalId, signing, said.deliveredCode, time.at);
  if (said.passkey) return byPasskey(settings, tx, principalId, signing, said.passkey, time);
  if (said.externalKey) return byExternalKey(tx, principalId, signing, said.externalKey, time);
  return Promise.resolve({ method: 'CLICK', authenticatorId: null, body: null, publicKey: null });
}

/** Of any of the person's apps, where it is not said which one. */
async function byOneTimeCode(
  settings: SigningSettings,
  tx: Transaction,
  principalId: string,
  { authenticatorId, code }: NonNullable<SaidProof['oneTimeCode']>,
  time: Time,
): Promise<Held | Refused> {
  const { secrets } = settings;
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

async function byPasskey(
  settings: SigningSettings,
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
  const counter = await asserted(settings, response, challenge.challenge, {
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
