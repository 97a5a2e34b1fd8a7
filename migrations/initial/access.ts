const party = (table: string) => `(select guildhall.viewer_sees_all())
  or ${table}.broadcaster_id = (select guildhall.viewer_broadcaster())
  or ${table}.guild_id = any ((select guildhall.viewer_guilds())::uuid[])`;
const known = `(select guildhall.viewer_id()) is not null`;
// The subquery is itself under the viewer's policies on request, so visibility is decided in one place.
const ofVisibleRequest = (column: string) => `exists (select from guildhall.request r where r.id = ${column})`;

/** Which rows a viewer may read, by table. A table that is not listed here shows a viewer nothing. */
const viewerReads: Readonly<Record<string, string>> = {
  region: known,
  guild: known,
  policy_version: known,
  template_version: known,
  principal: `id = (select guildhall.viewer_id()) or (select guildhall.viewer_sees_all())`,
  guild_staff: `principal_id = (select guildhall.viewer_id()) or guild_id = any ((select guildhall.viewer_guilds())::uuid[])
    or (select guildhall.viewer_sees_all())`,
  broadcaster: `id = (select guildhall.viewer_broadcaster()) or (select guildhall.viewer_sees_all())
    or exists (select from guildhall.request r where r.broadcaster_id = broadcaster.id)`,
  request: party('request'),
  membership: party('membership'),
  agreement_version: ofVisibleRequest('request_id'),
  // Qualified: a bare `id` would be the request's own inside the subquery, and every instance would show.
  instance: ofVisibleRequest('instance.id'),
  history: ofVisibleRequest('instance_id'),
  timer: ofVisibleRequest('instance_id'),
  annex: ofVisibleRequest('instance_id'),
  delivery: `(select guildhall.viewer_sees_all())`,
  notification: `principal_id = (select guildhall.viewer_id())`,
};

/** What the engine's role may do. It reads the directory to judge authority and eligibility, and never writes it. */
const engineGrants: Readonly<Record<string, string>> = {
  region: 'select',
  principal: 'select',
  guild: 'select',
  guild_staff: 'select',
  broadcaster: 'select',
  policy_version: 'select',
  template_version: 'select',
  request: 'select, insert',
  agreement_version: 'select, insert',
  membership: 'select, insert, update (ends_at)',
  notification: 'select, insert',
  instance: 'select, insert, update',
  history: 'select, insert',
  timer: 'select, insert, update',
  idempotency: 'select, insert, delete',
  delivery: 'select, insert, update',
  annex: 'select, insert',
};

const allTables = [...new Set([...Object.keys(viewerReads), ...Object.keys(engineGrants), 'clock', 'log_epoch'])];

/**
 * Row-level security, enabled and forced on every table: the second lock behind the services' checks. The owner has a
 * policy of its own for migrations, seeds and `open_viewer`; nothing is served as the owner.
 */
export function accessRules(prefix: string): string {
  const role = (name: string) => `"${`${prefix}_${name}`.replaceAll('"', '""')}"`;
  const [owner, app, engine] = [role('owner'), role('app'), role('engine')];
  const lines = [
    `grant usage on schema guildhall to ${app}, ${engine};`,
    `grant select on guildhall.clock, guildhall.log_epoch to ${app}, ${engine};`,
    `revoke all on function guildhall.open_viewer(text, text) from public;`,
    `grant execute on function guildhall.open_viewer(text, text) to ${app};`,
    `grant update (read_at) on guildhall.notification to ${app};`,
    `create policy viewer_update on guildhall.notification for update to ${app} using (principal_id = (select guildhall.viewer_id()));`,
  ];
  for (const table of allTables) {
    lines.push(
      `alter table guildhall.${table} enable row level security;`,
      `alter table guildhall.${table} force row level security;`,
      `create policy owner_all on guildhall.${table} to ${owner} using (true) with check (true);`,
    );
  }
  for (const table of ['clock', 'log_epoch']) {
    lines.push(`create policy everyone_reads on guildhall.${table} for select to ${app}, ${engine} using (true);`);
  }
  for (const [table, rule] of Object.entries(viewerReads)) {
    lines.push(
      `grant select on guildhall.${table} to ${app};`,
      `create policy viewer_reads on guildhall.${table} for select to ${app} using (${rule});`,
    );
  }
  for (const [table, grants] of Object.entries(engineGrants)) {
    lines.push(
      `grant ${grants} on guildhall.${table} to ${engine};`,
      `create policy engine_all on guildhall.${table} to ${engine} using (true) with check (true);`,
    );
  }
  // Present only outside production, where bootstrap has made the role; then it alone may move time.
  lines.push(`do $$ begin
    if exists (select from pg_roles where rolname = '${`${prefix}_clock`.replaceAll("'", "''")}') then
      grant usage on schema guildhall to ${role('clock')};
      grant select, insert, update, delete on guildhall.clock to ${role('clock')};
      create policy clock_all on guildhall.clock to ${role('clock')} using (true) with check (true);
    end if;
  end $$;`);
  return lines.join('\n');
}
