import type { MigrationInterface, QueryRunner } from 'typeorm';
import { policyColumns, policyEvents, policyGuards } from './policies/tables.js';
import { KNOWN_VIEWER, SEES_ALL, protect, roleNames } from './support/protect.js';

const WRITES = `(select guildhall.viewer_writes_policies())`;
const SEES_DRAFTS = `(${SEES_ALL} or ${WRITES})`;

/** What the serving role may set: the rest of a row is the triggers' business, or never changes. */
const inserted =
  'id, name, region_code, number, summary, parameters, rules, based_on_id, author_id, remark, creation_key, creation_sha256';
const updated = 'status, summary, parameters, rules, effective, reviewer_id, remark, published_at, retired_at';

/** Policies as drafted, reviewed, published and retired versions, with rules beside their parameters and a trail of who did what. */
export class Policies1763900000200 implements MigrationInterface {
  readonly name = 'Policies1763900000200';

  async up(runner: QueryRunner): Promise<void> {
    const { app } = await roleNames(runner);
    for (const statement of [policyColumns, policyEvents, policyGuards]) await runner.query(statement);
    await protect(runner, { policy_event: { viewerReads: SEES_DRAFTS } });
    // The policies of a viewer who writes say who that is; the engine's role has no viewer and keeps to reading.
    await runner.query(`
      drop policy viewer_reads on guildhall.policy_version;
      create policy viewer_reads on guildhall.policy_version for select to ${app}
        using (${KNOWN_VIEWER} and (published_at is not null or ${SEES_DRAFTS}));
      create policy viewer_inserts on guildhall.policy_version for insert to ${app}
        with check (${WRITES} and status = 'DRAFT' and author_id = (select guildhall.viewer_id()));
      create policy viewer_updates on guildhall.policy_version for update to ${app} using (${WRITES}) with check (${WRITES});
      grant insert (${inserted}), update (${updated}) on guildhall.policy_version to ${app};`);
  }

  async down(): Promise<void> {
    // Versions that requests were run by are records: restore a backup instead.
    throw new Error('The migration of policies cannot be reverted.');
  }
}
