import type { QueryRunner } from 'typeorm';

/** Who may do what with a table; what is not named is not granted. */
export interface TableAccess {
  /** The row condition under which a viewer may read; absent: viewers see nothing of the table. */
  readonly viewerReads?: string;
  /** Grants of the engine's role, e.g. `select, insert`. */
  readonly engine?: string;
}

/** Some of a viewer's rights, as conditions for policies; subqueries, so that each is worked out once a statement. */
export const KNOWN_VIEWER = `(select guildhall.viewer_id()) is not null`;
export const SEES_ALL = `(select guildhall.viewer_sees_all())`;
/** The subquery is itself under the viewer's policies on request, so visibility is decided in one place. */
export const ofVisibleRequest = (column: string): string => `exists (select from guildhall.request r where r.id = ${column})`;

export type RoleNames = Readonly<Record<'owner' | 'app' | 'engine', string>>;

/** The serving roles' quoted names, by the role that migrates. */
export async function roleNames(runner: QueryRunner): Promise<RoleNames> {
  const [{ prefix }] = (await runner.query(`select regexp_replace(current_user, '_owner$', '') as prefix`)) as [
    { prefix: string },
  ];
  const role = (name: string) => `"${`${prefix}_${name}`.replaceAll('"', '""')}"`;
  return { owner: role('owner'), app: role('app'), engine: role('engine') };
}

/** Row-level security, enabled and forced, on new tables; as the first migration does for its own. */
export async function protect(runner: QueryRunner, tables: Readonly<Record<string, TableAccess>>): Promise<void> {
  const { owner, app, engine } = await roleNames(runner);
  for (const [table, access] of Object.entries(tables)) {
    const lines = [
      `alter table guildhall.${table} enable row level security;`,
      `alter table guildhall.${table} force row level security;`,
      `create policy owner_all on guildhall.${table} to ${owner} using (true) with check (true);`,
    ];
    if (access.viewerReads !== undefined) {
      lines.push(
        `grant select on guildhall.${table} to ${app};`,
        `create policy viewer_reads on guildhall.${table} for select to ${app} using (${access.viewerReads});`,
      );
    }
    if (access.engine !== undefined) {
      lines.push(
        `grant ${access.engine} on guildhall.${table} to ${engine};`,
        `create policy engine_all on guildhall.${table} to ${engine} using (true) with check (true);`,
      );
    }
    await runner.query(lines.join('\n'));
  }
}
