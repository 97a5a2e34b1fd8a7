import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { levelOf, type ProofMethod, type SignatureLevel } from '../../workflows/phases/index.js';
import { inTransaction, type ActEvidence, type Transaction } from '../engine/index.js';
import { pinnedPolicySql } from '../policies/policy.service.js';
import { readParameters } from '../policies/parameters.js';
import { sha256 } from '../verify/chain.js';
import { attemptSucceeded, lockPerson, takeAttempt } from './attempts.js';
import { proofOf } from './means.js';
import { isRefused, now, refused, type Refused } from './refused.js';
import type { SaidProof, Signing } from './said-proof.js';
import type { SigningSettings } from './settings.js';

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
    const saidHash = sha256(JSON.stringify([signing.requestId, signing.sha256, said]));
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
      const held = await proofOf(this.settings, tx, principalId, signing, said, { at, lockDays });
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
          held.body === null ? null : sha256(held.body),
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
}

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
