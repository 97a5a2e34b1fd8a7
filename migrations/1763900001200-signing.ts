import type { MigrationInterface, QueryRunner } from 'typeorm';
import { KNOWN_VIEWER, protect, SEES_ALL } from './support/protect.js';

/** Who may sign in whose name: for one request, or for all of a guild's until a day. Ended by a revocation, never changed otherwise. */
const delegations = `
create table guildhall.signing_delegation (
  id uuid constraint signing_delegation_pkey primary key,
  guild_id uuid not null constraint signing_delegation_guild_fkey references guildhall.guild (id),
  delegator_id uuid not null constraint signing_delegation_delegator_fkey references guildhall.principal (id),
  delegate_id uuid not null constraint signing_delegation_delegate_fkey references guildhall.principal (id),
  request_id uuid constraint signing_delegation_request_fkey references guildhall.request (id),
  until timestamptz,
  created_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by uuid constraint signing_delegation_revoker_fkey references guildhall.principal (id),
  constraint signing_delegation_bounds_check check (request_id is not null or until is not null),
  constraint signing_delegation_people_check check (delegator_id <> delegate_id),
  constraint signing_delegation_revoked_check check ((revoked_at is null) = (revoked_by is null))
);
create index signing_delegation_delegate_idx on guildhall.signing_delegation (delegate_id) where revoked_at is null;
create index signing_delegation_guild_idx on guildhall.signing_delegation (guild_id, id desc);
`;

/** What signers agree to, word for word. A version is published once and never changed: signatures refer to its hash. */
const consentTexts = `
create table guildhall.consent_text (
  id uuid constraint consent_text_pkey primary key,
  name text not null constraint consent_text_name_check check (name ~ '^[A-Z][A-Z_]{0,39}$'),
  version integer not null constraint consent_text_version_check check (version >= 1),
  locale text not null constraint consent_text_locale_check check (locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  body text not null constraint consent_text_body_check check (length(body) between 1 and 20000),
  sha256 text not null constraint consent_text_sha256_check check (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
  published_at timestamptz not null,
  constraint consent_text_version_key unique (name, locale, version)
);
create trigger consent_text_append_only before update or delete on guildhall.consent_text
  for each row execute function guildhall.refuse_change();
create trigger consent_text_no_truncate before truncate on guildhall.consent_text
  for each statement execute function guildhall.refuse_change();
`;

/**
 * What people prove by that it is they who sign. \`secret\` is encrypted by a key that is not in the database. \`counter\`: of a passkey its own,
 * of one-time codes the last step that was used. \`replaces\`: there was one before, so that it is locked for a while.
 */
const authenticators = `
create table guildhall.authenticator (
  id uuid constraint authenticator_pkey primary key,
  principal_id uuid not null constraint authenticator_principal_fkey references guildhall.principal (id),
  kind text not null constraint authenticator_kind_check check (kind in ('ONE_TIME_CODE', 'PASSKEY', 'EXTERNAL_KEY')),
  label text not null constraint authenticator_label_check check (length(label) between 1 and 60),
  secret text,
  challenge text,
  credential_id text constraint authenticator_credential_key unique,
  public_key text,
  counter bigint not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  replaces boolean not null default false,
  removed_at timestamptz
);
create index authenticator_principal_idx on guildhall.authenticator (principal_id, id);
create table guildhall.signing_challenge (
  id uuid constraint signing_challenge_pkey primary key,
  principal_id uuid not null constraint signing_challenge_principal_fkey references guildhall.principal (id),
  request_id uuid not null constraint signing_challenge_request_fkey references guildhall.request (id),
  method text not null constraint signing_challenge_method_check check (method in ('PASSKEY', 'DELIVERED_CODE')),
  agreement_sha256 text not null,
  challenge text not null,
  salt text,
  attempts integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index signing_challenge_principal_idx on guildhall.signing_challenge (principal_id, created_at desc);
create table guildhall.signature_attempt (
  id uuid constraint signature_attempt_pkey primary key,
  principal_id uuid not null constraint signature_attempt_principal_fkey references guildhall.principal (id),
  at timestamptz not null,
  succeeded_at timestamptz
);
create index signature_attempt_principal_idx on guildhall.signature_attempt (principal_id, at desc) where succeeded_at is null;
`;

/** What was shown for a signature, as it was verified: for whoever has to verify it again. An event names it, or it counts for nothing. */
const proofs = `
create table guildhall.signature_proof (
  id uuid constraint signature_proof_pkey primary key,
  principal_id uuid not null constraint signature_proof_principal_fkey references guildhall.principal (id),
  request_id uuid not null constraint signature_proof_request_fkey references guildhall.request (id),
  agreement_sha256 text not null,
  level text not null,
  method text not null,
  authenticator_id uuid constraint signature_proof_authenticator_fkey references guildhall.authenticator (id),
  consent_text_id uuid constraint signature_proof_consent_fkey references guildhall.consent_text (id),
  body text,
  body_sha256 text,
  public_key text,
  idempotency_key text,
  said_hash text not null,
  verified_at timestamptz not null
);
create index signature_proof_key_idx on guildhall.signature_proof (principal_id, idempotency_key) where idempotency_key is not null;
create unique index signature_proof_body_key on guildhall.signature_proof (principal_id, body_sha256) where body_sha256 is not null;
create index signature_proof_request_idx on guildhall.signature_proof (request_id, id);
create trigger signature_proof_append_only before update or delete on guildhall.signature_proof
  for each row execute function guildhall.refuse_change();
create trigger signature_proof_no_truncate before truncate on guildhall.signature_proof
  for each statement execute function guildhall.refuse_change();
`;

export class Signing1763900001200 implements MigrationInterface {
  readonly name = 'Signing1763900001200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(delegations + consentTexts + authenticators + proofs);
    await protect(runner, {
      signing_delegation: {
        viewerReads: `${SEES_ALL} or guild_id = any ((select guildhall.viewer_guilds())::uuid[])`,
        engine: 'select, insert, update (revoked_at, revoked_by)',
      },
      consent_text: { viewerReads: KNOWN_VIEWER, engine: 'select, insert' },
      // No viewer reads secrets, keys or challenges: the service that checks them shows people what is theirs.
      authenticator: {
        engine:
          'select, insert, update (label, secret, challenge, credential_id, public_key, counter, confirmed_at, replaces, removed_at)',
      },
      signing_challenge: { engine: 'select, insert, update (attempts, used_at)' },
      signature_attempt: { engine: 'select, insert, update (succeeded_at)' },
      signature_proof: { engine: 'select, insert' },
    });
  }

  async down(): Promise<void> {
    throw new Error('A system of record does not drop its records: restore a backup instead.');
  }
}
