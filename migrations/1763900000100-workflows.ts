import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ofVisibleRequest, protect, roleNames, SEES_ALL } from './support/protect.js';
import { membershipColumns, requestColumns, viewerFunctions } from './workflows/tables.js';
import { keepTimersInSnapshots } from './workflows/timers.js';

const party = (table: string) => `${SEES_ALL}
  or ${table}.broadcaster_id = (select guildhall.viewer_broadcaster())
  or ${table}.guild_id = any ((select guildhall.viewer_guilds())::uuid[])
  or ${table}.broadcaster_id = any ((select guildhall.viewer_wards())::uuid[])`;

/** Every kind of request: second guilds, memberships that end, links between requests, guardians, holds. */
export class Workflows1763900000100 implements MigrationInterface {
  readonly name = 'Workflows1763900000100';

  async up(runner: QueryRunner): Promise<void> {
    const { app, engine } = await roleNames(runner);
    for (const statement of [requestColumns, membershipColumns, viewerFunctions(app)]) await runner.query(statement);
    await protect(runner, {
      membership_terms: {
        viewerReads: `exists (select from guildhall.membership m where m.id = membership_terms.membership_id)`,
        engine: 'select, insert',
      },
      guardian: {
        viewerReads: `principal_id = (select guildhall.viewer_id()) or broadcaster_id = (select guildhall.viewer_broadcaster()) or ${SEES_ALL}`,
        engine: 'select',
      },
      statement: { viewerReads: ofVisibleRequest('request_id'), engine: 'select, insert' },
    });
    await runner.query(`
      alter policy viewer_reads on guildhall.request using (${party('request')}
        or request.gaining_guild_id = any ((select guildhall.viewer_guilds())::uuid[]));
      alter policy viewer_reads on guildhall.membership using (${party('membership')});
      alter policy viewer_reads on guildhall.broadcaster using (id = (select guildhall.viewer_broadcaster())
        or ${SEES_ALL} or id = any ((select guildhall.viewer_wards())::uuid[])
        or exists (select from guildhall.request r where r.broadcaster_id = broadcaster.id)
        or exists (select from guildhall.membership m where m.broadcaster_id = broadcaster.id));
      grant update (ends_at, ended_by_request_id, end_kind, end_cause, at_fault, annulled_at, annulled_by_request_id, terms)
        on guildhall.membership to ${engine};
      grant update (locked_until) on guildhall.broadcaster to ${engine};`);
    await keepTimersInSnapshots(runner);
  }

  async down(): Promise<void> {
    throw new Error('A system of record does not drop its records: restore a backup instead.');
  }
}
