import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { assertServingRole, urlAs, ViewerTransaction, writeAsViewer } from '../../src/database/index.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS, JoinFlow, type RequestAnswer } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

/**
 * The tables that hold what is between a broadcaster and a guild, with how a row is told to be somebody's. `instance` has tests
 * of its own below, as long as its policy lets everybody through who sees any request at all.
 */
const guarded = {
  request: 'id',
  history: 'instance_id',
  timer: 'instance_id',
  annex: 'instance_id',
  agreement_version: 'request_id',
  clause_comment: 'request_id',
  membership: 'request_id',
  notification: 'request_id',
} as const;

describe('what the database itself shows to whom', () => {
  let api: TestApi;
  let join: JoinFlow;
  let app: Awaited<ReturnType<TestApi['db']['dataSource']>>;
  let superuser: pg.Pool;
  let own: { guild: TestGuild; who: TestBroadcaster; ids: string[] };
  let foreign: { guild: TestGuild; who: TestBroadcaster; ids: string[] };

  const uuidOf = ({ id }: RequestAnswer) => Buffer.from(id, 'base64url').toString().split(':')[1]!;
  /** A completed request and one that support has voided with a comment, so that every table has rows. */
  const live = async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    const done = await join.coolingOff(who, guild);
    await api.pass(16 * DAY_MS);
    const voided = await join.signing(await api.world.broadcaster(), guild);
    await join.do('sam', 'voidRequest', {
      requestId: voided.id,
      reasonCode: 'FRAUD',
      comment: `Told by Jane Roe about ${who.handle}`,
    });
    const open = await join.apply(await api.world.broadcaster(), guild);
    const comment = { requestId: open.id, agreementVersion: 1, clause: 'revenue', body: `Jane Roe asks ${who.handle}` };
    await api.gql(guild.owner, 'mutation ($input: CommentOnClauseInput!) { commentOnClause(input: $input) { __typename } }', {
      input: comment,
    });
    await api.pass(0);
    return { guild, who, ids: [done, voided, open].map(uuidOf) };
  };
  /** The tables as the app's role sees them for somebody, without any WHERE: as if a service had forgotten its check. */
  const seenBy = async (subject: string) => {
    const tx = await ViewerTransaction.open(app, { issuer: DEVELOPMENT_ISSUER, subject }, 'snapshot');
    try {
      const seen: Record<string, string[]> = {};
      for (const [table, column] of Object.entries(guarded)) {
        const rows = await tx.query<{ of: string }>(`select distinct ${column}::text as of from guildhall.${table}`);
        seen[table] = rows.map((row) => row.of);
      }
      return seen;
    } finally {
      await tx.end();
    }
  };
  const foreignIn = (seen: Readonly<Record<string, string[]>>, ids: readonly string[]) =>
    Object.entries(seen).flatMap(([table, of]) => (of.some((id) => ids.includes(id)) ? [table] : []));

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    app = await api.db.dataSource('app', { poolSize: 2 });
    superuser = api.db.pool('superuser', 2);
    own = await live();
    foreign = await live();
  });
  afterAll(() => api.stop());

  test('every guarded table has rows of both guilds: nothing below is empty for want of data', async () => {
    for (const [table, column] of Object.entries(guarded)) {
      const { rows } = await superuser.query<{ own: boolean; foreign: boolean }>(
        `select bool_or(${column} = any ($1)) as own, bool_or(${column} = any ($2)) as foreign from guildhall.${table}`,
        [own.ids, foreign.ids],
      );
      expect([table, rows[0]]).toEqual([table, { own: true, foreign: true }]);
    }
  });

  test.each(['owner', 'agent', 'finance'] as const)(
    "a guild's %s sees the own rows and, without any WHERE, no foreign one",
    async (role) => {
      const seen = await seenBy(own.guild[role]);
      expect(foreignIn(seen, foreign.ids)).toEqual([]);
      expect(foreignIn(seen, own.ids)).toEqual(
        Object.keys(guarded).filter((table) => table !== 'notification' || role !== 'finance'),
      );
    },
  );

  test('a broadcaster sees the own request and nothing of another one, of the same guild either', async () => {
    const seen = await seenBy(own.who.subject);
    expect(foreignIn(seen, [...foreign.ids, ...own.ids.slice(1)])).toEqual([]);
    expect(seen['request']).toEqual(own.ids.slice(0, 1));
  });

  test('people who have nothing to do with either see nothing at all', async () => {
    for (const subject of ['bela', 'owen', 'pia']) {
      for (const [table, of] of Object.entries(await seenBy(subject))) expect([subject, table, of]).toEqual([subject, table, []]);
    }
  });

  const instancesSeenBy = async (subject: string) => {
    const tx = await ViewerTransaction.open(app, { issuer: DEVELOPMENT_ISSUER, subject }, 'snapshot');
    const rows = await tx.query<{ id: string }>('select id from guildhall.instance order by id');
    await tx.end();
    return rows.map(({ id }) => id);
  };

  // A bare `id` in the policy's subquery would be the request's own, and show every instance to whoever sees one request.
  test('the instances of others are not shown, without any WHERE', async () => {
    expect(await instancesSeenBy(own.guild.owner)).toEqual([...own.ids].sort());
    expect(await instancesSeenBy(own.who.subject)).toEqual(own.ids.slice(0, 1));
  });

  test('who sees no request sees no instance', async () => {
    for (const subject of ['bela', 'owen', 'pia']) expect([subject, await instancesSeenBy(subject)]).toEqual([subject, []]);
  });

  test('support and auditor see all of it, but no inbox of others', async () => {
    for (const subject of ['sam', 'ava']) {
      const seen = await seenBy(subject);
      const all = Object.keys(guarded).filter((table) => table !== 'notification');
      expect([foreignIn(seen, own.ids), foreignIn(seen, foreign.ids)]).toEqual([all, all]);
    }
  });

  test('who is dismissed sees nothing any more, with the same token', async () => {
    const agent = await api.world.staff(own.guild.uuid, 'AGENT');
    expect(foreignIn(await seenBy(agent), own.ids)).not.toEqual([]);
    await api.world.dismiss(own.guild.uuid, agent);
    expect(Object.values(await seenBy(agent)).flat()).toEqual([]);
  });

  test('people and staff of others are not shown either', async () => {
    const tx = await ViewerTransaction.open(app, { issuer: DEVELOPMENT_ISSUER, subject: own.guild.owner }, 'snapshot');
    const staff = await tx.query<{ guild_id: string }>('select distinct guild_id from guildhall.guild_staff');
    const people = await tx.query<{ subject: string }>('select subject from guildhall.principal');
    const broadcasters = await tx.query<{ handle: string }>('select handle from guildhall.broadcaster');
    await tx.end();
    expect(staff).toEqual([{ guild_id: own.guild.uuid }]);
    expect(people).toEqual([{ subject: own.guild.owner }]);
    expect(broadcasters).toHaveLength(3);
    expect(broadcasters).not.toContainEqual({ handle: foreign.who.handle });
  });

  test('without a viewer no table shows a row, but the clock and the epoch of the log', async () => {
    const { rows: tables } = await superuser.query<{ name: string; open: boolean }>(
      `select relname as name, has_table_privilege('${api.db.rolePrefix}_app', oid, 'SELECT') as open from pg_class
       where relnamespace = 'guildhall'::regnamespace and relkind = 'r' order by 1`,
    );
    const pool = api.db.pool('app', 1);
    for (const { name, open } of tables) {
      if (!open) await expect(pool.query(`select from guildhall.${name}`)).rejects.toThrow(/permission denied/);
      else if (name !== 'clock' && name !== 'log_epoch')
        expect([name, (await pool.query(`select from guildhall.${name}`)).rowCount]).toEqual([name, 0]);
    }
  });

  test('the superuser, the owner and a role with BYPASSRLS are refused as serving roles', async () => {
    // A role of this test's own: those of the app are shared by every test file that runs now.
    const role = `${api.db.rolePrefix}_bypassing`;
    await superuser.query(`create role "${role}" nologin bypassrls`);
    const bypassing = new pg.Pool({ connectionString: urlAs(api.db.url, role), max: 1 });
    try {
      await expect(assertServingRole(bypassing)).rejects.toThrow(/BYPASSRLS/);
      await expect(assertServingRole(superuser)).rejects.toThrow(/superuser/);
      await expect(assertServingRole(api.db.pool('owner', 1))).rejects.toThrow(/owns, or may become the owner of/);
    } finally {
      await bypassing.end();
      await superuser.query(`drop role "${role}"`);
    }
  });

  test('every table has row-level security enabled and forced', async () => {
    const { rows } = await superuser.query(
      `select relname from pg_class where relnamespace = 'guildhall'::regnamespace and relkind in ('r', 'p')
       and relname <> 'migration' and not (relrowsecurity and relforcerowsecurity)`,
    );
    expect(rows).toEqual([]);
  });

  test('the serving roles have exactly these rights', async () => {
    const { rows } = await superuser.query<{ right: string }>(
      `select replace(grantee, $1, '') || ' ' || table_name || ': ' || string_agg(distinct lower(privilege_type), ', ' order by lower(privilege_type)) as right
       from information_schema.role_table_grants where table_schema = 'guildhall' and grantee in ($1 || 'app', $1 || 'engine') group by grantee, table_name
       union all
       select replace(grantee, $1, '') || ' ' || table_name || '.' || column_name || ': ' || lower(privilege_type)
       from information_schema.column_privileges c where table_schema = 'guildhall' and grantee in ($1 || 'app', $1 || 'engine') and not exists (
         select from information_schema.role_table_grants t where t.grantee = c.grantee and t.table_schema = c.table_schema
           and t.table_name = c.table_name and t.privilege_type = c.privilege_type)
       order by 1`,
      [`${api.db.rolePrefix}_`],
    );
    expect(rows.map((row) => row.right)).toMatchInlineSnapshot(`
     [
       "app activity_month: select",
       "app agreement_version: select",
       "app annex: select",
       "app broadcaster: select",
       "app bulk_item.attempts: update",
       "app bulk_item.finished_at: update",
       "app bulk_item.last_error: update",
       "app bulk_item.next_attempt_at: update",
       "app bulk_item.reasons: update",
       "app bulk_item.refusal_code: update",
       "app bulk_item.status: update",
       "app bulk_item: insert, select",
       "app bulk_operation.cancelled: update",
       "app bulk_operation.done: update",
       "app bulk_operation.failed: update",
       "app bulk_operation.finished_at: update",
       "app bulk_operation.status: update",
       "app bulk_operation.total: update",
       "app bulk_operation: insert, select",
       "app case_file.assignee_id: update",
       "app case_file.follow_up_at: update",
       "app case_file.priority: update",
       "app case_file.revision: update",
       "app case_file.updated_at: update",
       "app case_file: insert, select",
       "app case_note: insert, select",
       "app clause_comment.agreement_version_id: insert",
       "app clause_comment.author_id: insert",
       "app clause_comment.body: insert",
       "app clause_comment.clause_key: insert",
       "app clause_comment.created_at: insert",
       "app clause_comment.id: insert",
       "app clause_comment.idempotency_key: insert",
       "app clause_comment.party: insert",
       "app clause_comment.request_id: insert",
       "app clause_comment: select",
       "app clause_version.author_id: insert",
       "app clause_version.based_on_id: insert",
       "app clause_version.content: insert",
       "app clause_version.content: update",
       "app clause_version.creation_key: insert",
       "app clause_version.creation_sha256: insert",
       "app clause_version.id: insert",
       "app clause_version.key: insert",
       "app clause_version.number: insert",
       "app clause_version.published_at: update",
       "app clause_version.remark: insert",
       "app clause_version.remark: update",
       "app clause_version.retired_at: update",
       "app clause_version.reviewer_id: update",
       "app clause_version.status: update",
       "app clause_version.summary: insert",
       "app clause_version.summary: update",
       "app clause_version: select",
       "app clock: select",
       "app delivery: select",
       "app directory_command: select",
       "app directory_event: select",
       "app exit_reason: select",
       "app guardian: select",
       "app guild: select",
       "app guild_staff: select",
       "app history: select",
       "app instance: select",
       "app log_epoch: select",
       "app membership: select",
       "app membership_terms: select",
       "app notification.read_at: update",
       "app notification: select",
       "app policy_event: select",
       "app policy_version.author_id: insert",
       "app policy_version.based_on_id: insert",
       "app policy_version.creation_key: insert",
       "app policy_version.creation_sha256: insert",
       "app policy_version.effective: update",
       "app policy_version.id: insert",
       "app policy_version.name: insert",
       "app policy_version.number: insert",
       "app policy_version.parameters: insert",
       "app policy_version.parameters: update",
       "app policy_version.published_at: update",
       "app policy_version.region_code: insert",
       "app policy_version.remark: insert",
       "app policy_version.remark: update",
       "app policy_version.retired_at: update",
       "app policy_version.reviewer_id: update",
       "app policy_version.rules: insert",
       "app policy_version.rules: update",
       "app policy_version.status: update",
       "app policy_version.summary: insert",
       "app policy_version.summary: update",
       "app policy_version: select",
       "app principal: select",
       "app region: select",
       "app request: select",
       "app statement: select",
       "app template_event: select",
       "app template_version.author_id: insert",
       "app template_version.based_on_id: insert",
       "app template_version.content: insert",
       "app template_version.content: update",
       "app template_version.creation_key: insert",
       "app template_version.creation_sha256: insert",
       "app template_version.effective: update",
       "app template_version.id: insert",
       "app template_version.name: insert",
       "app template_version.number: insert",
       "app template_version.published_at: update",
       "app template_version.region_code: insert",
       "app template_version.remark: insert",
       "app template_version.remark: update",
       "app template_version.retired_at: update",
       "app template_version.reviewer_id: update",
       "app template_version.status: update",
       "app template_version.summary: insert",
       "app template_version.summary: update",
       "app template_version: select",
       "app timer: select",
       "engine activity_month: insert, select, update",
       "engine agreement_version: insert, select",
       "engine annex.body: update",
       "engine annex.erased_at: update",
       "engine annex.salt: update",
       "engine annex: insert, select",
       "engine broadcaster.attested_by: update",
       "engine broadcaster.banned_at: update",
       "engine broadcaster.birth_date: update",
       "engine broadcaster.created_at: insert",
       "engine broadcaster.erased_at: update",
       "engine broadcaster.handle: insert",
       "engine broadcaster.handle: update",
       "engine broadcaster.id: insert",
       "engine broadcaster.identity_verified_at: update",
       "engine broadcaster.locked_until: update",
       "engine broadcaster.of_age_attested_at: update",
       "engine broadcaster.payee_changed_at: update",
       "engine broadcaster.principal_id: insert",
       "engine broadcaster.region_code: insert",
       "engine broadcaster.restricted_at: update",
       "engine broadcaster: select",
       "engine bulk_item: insert, select, update",
       "engine bulk_operation: insert, select, update",
       "engine clause_comment.body: update",
       "engine clause_comment.erased_at: update",
       "engine clause_comment: select",
       "engine clause_version: select",
       "engine clock: select",
       "engine delivery: insert, select, update",
       "engine directory_command.comment: update",
       "engine directory_command.erased_at: update",
       "engine directory_command.idempotency_key: update",
       "engine directory_command.request_hash: update",
       "engine directory_command.salt: update",
       "engine directory_command: insert, select",
       "engine directory_event: insert, select",
       "engine exit_reason: insert, select",
       "engine guardian.until: update",
       "engine guardian: insert, select",
       "engine guild.created_at: insert",
       "engine guild.id: insert",
       "engine guild.last_activity_at: update",
       "engine guild.member_cap: insert",
       "engine guild.member_cap: update",
       "engine guild.merged_into_id: update",
       "engine guild.merges_at: update",
       "engine guild.name: insert",
       "engine guild.owner_last_seen_at: update",
       "engine guild.region_code: insert",
       "engine guild.status: update",
       "engine guild: select",
       "engine guild_staff.since: update",
       "engine guild_staff.until: update",
       "engine guild_staff: insert, select",
       "engine history: insert, select",
       "engine idempotency: delete, insert, select",
       "engine instance: insert, select, update",
       "engine log_epoch: select",
       "engine membership.annulled_at: update",
       "engine membership.annulled_by_request_id: update",
       "engine membership.at_fault: update",
       "engine membership.end_cause: update",
       "engine membership.end_kind: update",
       "engine membership.ended_by_request_id: update",
       "engine membership.ends_at: update",
       "engine membership.expiry_for: update",
       "engine membership.term_ends_at: update",
       "engine membership.terms: update",
       "engine membership: insert, select",
       "engine membership_terms: insert, select",
       "engine notification: delete, insert, select",
       "engine policy_version: select",
       "engine principal.disabled_at: update",
       "engine principal.display_name: insert",
       "engine principal.display_name: update",
       "engine principal.id: insert",
       "engine principal.issuer: insert",
       "engine principal.subject: insert",
       "engine principal.subject: update",
       "engine principal: select",
       "engine region: select",
       "engine request: insert, select",
       "engine statement: insert, select",
       "engine template_version: select",
       "engine timer: insert, select, update",
       "engine transfer_code.used_at: update",
       "engine transfer_code.used_by_request_id: update",
       "engine transfer_code.voided_at: update",
       "engine transfer_code: insert, select",
       "engine transfer_code_attempt.succeeded_at: update",
       "engine transfer_code_attempt: insert, select",
     ]
    `);
  });

  test('history and agreements cannot be changed, not even by their owner', async () => {
    for (const table of ['history', 'agreement_version']) {
      for (const pool of [api.db.pool('owner', 1), api.db.pool('engine', 1), api.db.pool('app', 1)]) {
        await expect(pool.query(`delete from guildhall.${table}`)).rejects.toThrow(/append-only|permission denied/);
        await expect(pool.query(`truncate guildhall.${table} cascade`)).rejects.toThrow(/append-only|permission denied/);
      }
    }
  });

  test('a comment is written in one’s own name, on a text that one sees, while it is negotiated; then only erased', async () => {
    const { rows: texts } = await superuser.query<{ id: string; request_id: string }>(
      'select id, request_id from guildhall.agreement_version where request_id = any ($1)',
      [[...own.ids, ...foreign.ids]],
    );
    const textOf = (requestId: string) => texts.find((text) => text.request_id === requestId)!.id;
    // Of the guild that came last: the other one's has expired since.
    const open = foreign.ids[2]!;
    const write = (subject: string, requestId: string, author = subject) =>
      writeAsViewer(app, { issuer: DEVELOPMENT_ISSUER, subject }, (tx) =>
        tx.query(
          `insert into guildhall.clause_comment (id, request_id, agreement_version_id, clause_key, author_id, party, body, created_at)
           select gen_random_uuid(), $1, $2, 'revenue', guildhall.viewer_id(), 'GUILD', $3, now()`,
          [requestId, textOf(requestId), author],
        ),
      );
    await write(foreign.guild.agent, open);
    // Somebody else's text, an ended request, and an auditor, who changes nothing.
    for (const [subject, requestId] of [
      [own.guild.owner, open],
      ['pia', open],
      [foreign.guild.owner, foreign.ids[0]!],
      ['ava', open],
    ] as const)
      await expect(write(subject, requestId)).rejects.toThrow(/row-level security/);
    const forged = writeAsViewer(app, { issuer: DEVELOPMENT_ISSUER, subject: foreign.guild.agent }, (tx) =>
      tx.query(
        `insert into guildhall.clause_comment (id, request_id, agreement_version_id, clause_key, author_id, party, body, created_at)
         select gen_random_uuid(), $1, $2, 'revenue', $3, 'GUILD', 'x', now()`,
        [open, textOf(open), foreign.who.principalUuid],
      ),
    );
    await expect(forged).rejects.toThrow(/row-level security/);
    const owner = api.db.pool('owner', 1);
    await expect(owner.query(`update guildhall.clause_comment set body = 'other'`)).rejects.toThrow(/append-only/);
    await expect(owner.query('delete from guildhall.clause_comment')).rejects.toThrow(/append-only/);
  });

  test('nobody but the app may ask who a viewer is', async () => {
    const ask = `select * from guildhall.open_viewer($1, 'sam')`;
    await expect(api.db.pool('engine', 1).query(ask, [DEVELOPMENT_ISSUER])).rejects.toThrow(/permission denied/);
    await expect(api.db.pool('clock', 1).query(ask, [DEVELOPMENT_ISSUER])).rejects.toThrow(/permission denied/);
  });

  test('no handle, name, subject, birthday or comment is in what is kept for good', async () => {
    const { rows: columns } = await superuser.query<{ table_name: string; column_name: string }>(
      `select table_name, column_name from information_schema.columns where table_schema = 'guildhall'
       and table_name in ('history', 'instance', 'idempotency', 'timer', 'delivery') and data_type in ('text', 'jsonb', 'uuid')`,
    );
    expect(columns.length).toBeGreaterThan(20);
    const { rows: people } = await superuser.query<{ word: string }>(
      `select handle as word from guildhall.broadcaster union select display_name from guildhall.principal union select subject from guildhall.principal
       union select birth_date::text from guildhall.broadcaster where birth_date is not null union select name from guildhall.guild union select 'Jane Roe'`,
    );
    for (const { table_name: table, column_name: column } of columns) {
      const { rows } = await superuser.query<{ word: string }>(
        `select distinct word from guildhall.${table} t join unnest($1::text[]) word on t.${column}::text ~ ('\\m' || word || '\\M')`,
        [people.map(({ word }) => word).filter((word) => word.length > 3)],
      );
      expect([table, column, rows]).toEqual([table, column, []]);
    }
  });
});
