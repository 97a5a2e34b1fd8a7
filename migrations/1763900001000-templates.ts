import type { MigrationInterface, QueryRunner } from 'typeorm';
import { KNOWN_VIEWER, SEES_ALL, protect, roleNames } from './support/protect.js';
import { templateGuards } from './templates/guards.js';
import { agreementColumns, clauseTable, templateColumns, templateEvents } from './templates/tables.js';

const WRITES = `(select guildhall.viewer_writes_policies())`;
const SEES_DRAFTS = `(${SEES_ALL} or ${WRITES})`;
const SEES = `${KNOWN_VIEWER} and (published_at is not null or ${SEES_DRAFTS})`;

/** What the serving role may set: the rest of a row is the triggers' business, or never changes. */
const inserted = 'id, number, summary, content, based_on_id, author_id, remark, creation_key, creation_sha256';
const updated = 'status, summary, content, reviewer_id, remark, published_at, retired_at';

/** A library of clauses, templates that are put together from them, and agreements as documents in the language of their request. */
export class Templates1763900001000 implements MigrationInterface {
  readonly name = 'Templates1763900001000';

  async up(runner: QueryRunner): Promise<void> {
    const { app } = await roleNames(runner);
    for (const statement of [clauseTable, templateColumns, templateEvents, templateGuards, agreementColumns])
      await runner.query(statement);
    await protect(runner, {
      clause_version: { viewerReads: SEES, engine: 'select' },
      template_event: { viewerReads: SEES_DRAFTS },
    });
    await runner.query(`
      drop policy viewer_reads on guildhall.template_version;
      create policy viewer_reads on guildhall.template_version for select to ${app} using (${SEES});
      grant insert (key, ${inserted}), update (${updated}) on guildhall.clause_version to ${app};
      grant insert (name, region_code, ${inserted}), update (${updated}, effective) on guildhall.template_version to ${app};`);
    for (const table of ['clause_version', 'template_version']) {
      await runner.query(`
        create policy viewer_inserts on guildhall.${table} for insert to ${app}
          with check (${WRITES} and status = 'DRAFT' and author_id = (select guildhall.viewer_id()));
        create policy viewer_updates on guildhall.${table} for update to ${app} using (${WRITES}) with check (${WRITES});`);
    }
  }

  async down(): Promise<void> {
    // Texts that agreements were made of are records: restore a backup instead.
    throw new Error('The migration of templates cannot be reverted.');
  }
}
