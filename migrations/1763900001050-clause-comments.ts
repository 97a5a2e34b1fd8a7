import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protect, roleNames } from './support/protect.js';

/**
 * What the parties say about a clause while they negotiate. Beside the chain and never in it; words can be erased and nothing else can
 * change. At most so many a request, which the one who inserts counts under a lock.
 */
const comments = `
create table guildhall.clause_comment (
  id uuid constraint clause_comment_pkey primary key,
  request_id uuid not null constraint clause_comment_request_fkey references guildhall.request (id),
  agreement_version_id uuid not null constraint clause_comment_agreement_fkey references guildhall.agreement_version (id),
  clause_key text not null,
  author_id uuid not null constraint clause_comment_author_fkey references guildhall.principal (id),
  party text not null constraint clause_comment_party_check check (party in ('BROADCASTER', 'GUARDIAN', 'GUILD', 'GAINING_GUILD', 'PLATFORM')),
  body text constraint clause_comment_body_check check (char_length(body) between 1 and 2000),
  idempotency_key text,
  created_at timestamptz not null,
  erased_at timestamptz,
  constraint clause_comment_once unique (author_id, idempotency_key),
  constraint clause_comment_erased_check check ((body is null) = (erased_at is not null))
);
create index clause_comment_agreement_idx on guildhall.clause_comment (agreement_version_id, created_at, id);
create index clause_comment_request_idx on guildhall.clause_comment (request_id);
create trigger clause_comment_append_only before update or delete on guildhall.clause_comment
  for each row execute function guildhall.only_erasure();
create trigger clause_comment_no_truncate before truncate on guildhall.clause_comment
  for each statement execute function guildhall.refuse_change();
`;

/** The subquery is itself under the viewer's policies: who may read that text, and nobody else. */
const READS = `exists (select from guildhall.agreement_version a where a.id = clause_comment.agreement_version_id)`;
/** Of a request that is still being dealt with; an auditor reads everything and changes nothing. */
const WRITES = `${READS.replace(/\)$/, ' and a.request_id = clause_comment.request_id)')}
  and author_id = (select guildhall.viewer_id()) and coalesce(current_setting('guildhall.viewer_role', true), '') <> 'AUDITOR'
  and exists (select from guildhall.instance i where i.id = clause_comment.request_id and i.status = 'active')`;

export class ClauseComments1763900001050 implements MigrationInterface {
  readonly name = 'ClauseComments1763900001050';

  async up(runner: QueryRunner): Promise<void> {
    const { app } = await roleNames(runner);
    await runner.query(comments);
    await protect(runner, { clause_comment: { viewerReads: READS, engine: 'select, update (body, erased_at)' } });
    await runner.query(`
      create policy viewer_writes on guildhall.clause_comment for insert to ${app} with check (${WRITES});
      grant insert (id, request_id, agreement_version_id, clause_key, author_id, party, body, idempotency_key, created_at)
        on guildhall.clause_comment to ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('What was said about an agreement is a record: restore a backup instead.');
  }
}
