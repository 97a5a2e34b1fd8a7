/**
 * Public keys, seals and checkpoints: signed statements about the history, so nothing of them is ever changed. The private key is in
 * no table; the check is there so that it cannot get into this one by mistake.
 */
export const sealTables = `
create table guildhall.platform_key (
  kid text constraint platform_key_pkey primary key,
  alg text not null constraint platform_key_alg_check check (alg in ('EdDSA', 'ES256')),
  jwk jsonb not null constraint platform_key_public_check check (not jwk ? 'd'),
  first_used_at timestamptz not null
);
create table guildhall.seal (
  instance_id uuid not null,
  seq integer not null,
  kid text not null constraint seal_key_fkey references guildhall.platform_key (kid),
  jws text not null,
  sealed_at timestamptz not null,
  constraint seal_pkey primary key (instance_id, seq)
);
create table guildhall.seal_progress (
  singleton boolean default true constraint seal_progress_pkey primary key constraint seal_progress_singleton_check check (singleton),
  log_tx xid8 not null,
  log_id bigint not null
);
insert into guildhall.seal_progress (log_tx, log_id) values ('0', 0);
create table guildhall.checkpoint (
  number integer constraint checkpoint_pkey primary key,
  log_tx xid8 not null,
  body text not null,
  sha256 text not null,
  kid text not null constraint checkpoint_key_fkey references guildhall.platform_key (kid),
  jws text not null,
  at timestamptz not null
);
create table guildhall.checkpoint_timestamp (
  number integer constraint checkpoint_timestamp_pkey primary key
    constraint checkpoint_timestamp_checkpoint_fkey references guildhall.checkpoint (number),
  authority text not null,
  token bytea not null,
  at timestamptz not null
);
`;

export const sealGuards = ['platform_key', 'seal', 'checkpoint', 'checkpoint_timestamp']
  .map(
    (table) => `
create trigger ${table}_append_only before update or delete on guildhall.${table}
  for each row execute function guildhall.refuse_change();
create trigger ${table}_no_truncate before truncate on guildhall.${table}
  for each statement execute function guildhall.refuse_change();`,
  )
  .join('\n');
