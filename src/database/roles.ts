import type { Pool } from 'pg';
import { DatabaseSetupError } from '../errors.js';

/** `clock` exists outside production only: it alone may move the time that the database tells. */
export type RoleName = 'owner' | 'app' | 'engine' | 'clock';

/** PostgreSQL cuts names at 63 bytes, silently; `_engine` is the longest ending. */
const maxPrefixBytes = 56;

/**
 * Roles belong to the whole cluster, so their names carry a prefix, which is by default the database's name. A database cloned from
 * a template keeps the policies and grants of the template's roles: whoever connects to a clone passes the template's
 * prefix. A stored prefix was rejected: it would have to be read before the role of the connection can be known.
 */
export function roleOf(prefix: string, role: RoleName): string {
  if (Buffer.byteLength(prefix) > maxPrefixBytes) {
    throw new DatabaseSetupError(
      `The name "${prefix}" is too long to name roles after.`,
      `Use a database name of at most ${maxPrefixBytes} bytes.`,
    );
  }
  return `${prefix}_${role}`;
}

/** The database that a connection URL names. */
export function databaseOf(url: string): string {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  if (name === '')
    throw new DatabaseSetupError(
      'The database URL names no database.',
      'Write it as postgres://user:password@host:5432/database.',
    );
  return name;
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/** The value of the connection option `options`: the session starts as the role, and `RESET ROLE` leads back to it. */
export function sessionOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, '\\$&')}`)
    .join(' ');
}

/** A URL whose sessions start as the role: for a program that takes nothing but a URL. */
export function urlAs(url: string, role: string): string {
  const changed = new URL(url);
  changed.searchParams.set('options', sessionOptions({ role }));
  return changed.href;
}

interface ServingRow {
  readonly role: string;
  readonly superuser: boolean;
  readonly bypasses: boolean;
  readonly owned: string[];
  readonly open: string[];
}

/** What `current_user` could do in spite of row-level security: by its attributes, as (a member of) the owner, or where it is not forced. */
const servingQuery = `
  select current_user as role, r.rolsuper as superuser, r.rolbypassrls as bypasses,
    array(select c.relname::text from pg_class c where c.relnamespace = to_regnamespace('guildhall') and c.relkind in ('r', 'p')
      and pg_has_role(current_user, c.relowner, 'MEMBER') order by 1) as owned,
    array(select c.relname::text from pg_class c where c.relnamespace = to_regnamespace('guildhall') and c.relkind in ('r', 'p')
      and has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE') and not (c.relrowsecurity and c.relforcerowsecurity) order by 1) as open
  from pg_roles r where r.rolname = current_user`;

/** Refuses to serve through a role that row-level security does not hold: the second lock would only be painted on. */
export async function assertServingRole(pool: Pick<Pool, 'query'>): Promise<void> {
  const { rows } = await pool.query<ServingRow>(servingQuery);
  const [found] = rows;
  if (!found) throw new DatabaseSetupError('The serving role cannot be looked up in pg_roles.');
  const refuse = (why: string) => {
    throw new DatabaseSetupError(
      `Guildhall does not serve as the database role "${found.role}": ${why}.`,
      'Let bootstrap() make the roles, and serve through createDataSource(), which starts every session as one of them.',
    );
  };
  if (found.superuser) refuse('it is a superuser, whom row-level security does not hold');
  if (found.bypasses) refuse('it has BYPASSRLS');
  if (found.owned.length > 0) refuse(`it owns, or may become the owner of, ${found.owned.join(', ')}`);
  if (found.open.length > 0) refuse(`row-level security is not enabled and forced on ${found.open.join(', ')}`);
}
