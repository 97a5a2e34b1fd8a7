import pg from 'pg';
import { codeOf, DatabaseSetupError } from '../errors.js';
import { databaseOf, roleOf, withDatabase, type RoleName } from './roles.js';

export interface BootstrapOptions {
  /** Who migrates: it needs CREATEROLE, or somebody to have run what the error of this function says. */
  readonly url: string;
  /** Who serves, when that is another login. It becomes a member of the serving roles only, not of the owner. */
  readonly servingUrl?: string;
  readonly rolePrefix?: string;
  readonly production: boolean;
}

const oldest = 15;
const newest = 18;
/** Any fixed number: one bootstrap or migration of a database at a time. */
export const setupLock = 4_711_202_601;

/**
 * Makes what is missing: the database, its roles, the logins' memberships and the schema. Running it again, or in two processes at once,
 * is safe. When a right is missing, the DatabaseSetupError holds the statements that a superuser has to run.
 */
export async function bootstrap(options: BootstrapOptions): Promise<void> {
  const database = databaseOf(options.url);
  const prefix = options.rolePrefix ?? database;
  // Refuses a prefix that is too long before anything is made.
  roleOf(prefix, 'owner');
  const client = await connectOrCreate(options.url, database);
  try {
    await assertServer(client, database);
    // Released by the end of the session, however it comes.
    await client.query('select pg_advisory_lock($1)', [setupLock]);
    const logins = await loginsOf(client, options);
    const missing = await missingStatements(client, prefix, database, logins, options.production);
    for (const statement of missing) {
      try {
        await client.query(statement);
      } catch (error) {
        if (codeOf(error) !== '42501') throw error;
        // Computed again: some may have been run. The rest is for somebody with more rights.
        throw rightsMissing(database, await missingStatements(client, prefix, database, logins, options.production), error);
      }
    }
  } finally {
    await client.end();
  }
}

interface Logins {
  readonly migrating: string;
  readonly serving: string;
}

async function loginsOf(client: pg.Client, options: BootstrapOptions): Promise<Logins> {
  const migrating = (await client.query<{ name: string }>('select session_user as name')).rows[0]?.name ?? '';
  const serving = options.servingUrl === undefined ? '' : decodeURIComponent(new URL(options.servingUrl).username);
  return { migrating, serving: serving === '' ? migrating : serving };
}

async function connectOrCreate(url: string, database: string): Promise<pg.Client> {
  try {
    return await connected(url);
  } catch (error) {
    if (codeOf(error) !== '3D000') throw error;
  }
  // template0: template1 may hold another encoding, or what somebody once put into it.
  const create = `CREATE DATABASE ${pg.escapeIdentifier(database)} TEMPLATE template0 ENCODING 'UTF8'`;
  const maintenance = await connected(withDatabase(url, 'postgres'));
  try {
    await maintenance.query(create);
  } catch (error) {
    // 42P04, 23505: another process made it in the meantime.
    if (codeOf(error) === '42501') throw rightsMissing(database, [create], error);
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error;
  } finally {
    await maintenance.end();
  }
  return connected(url);
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'guildhall-setup', connectionTimeoutMillis: 10_000 });
  // A connection that breaks while idle; the next query reports it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function assertServer(client: pg.Client, database: string): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`,
  );
  const { version = 0, encoding = '' } = rows[0] ?? {};
  const major = Math.floor(version / 10_000);
  if (major < oldest || major > newest) {
    throw new DatabaseSetupError(
      `The server of "${database}" is PostgreSQL ${major}.`,
      `Guildhall runs on PostgreSQL ${oldest} to ${newest}.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new DatabaseSetupError(
      `The database "${database}" is encoded in ${encoding}.`,
      'Use one that was made with ENCODING UTF8.',
    );
  }
}

/** One statement for each thing that is not there yet: run here when the login may, printed for a superuser when not. */
async function missingStatements(
  client: pg.Client,
  prefix: string,
  database: string,
  { migrating, serving }: Logins,
  production: boolean,
): Promise<string[]> {
  const id = pg.escapeIdentifier;
  const names: RoleName[] = production ? ['owner', 'app', 'engine'] : ['owner', 'app', 'engine', 'clock'];
  const { rows: known } = await client.query<{ rolname: string }>('select rolname from pg_roles where rolname = any ($1)', [
    [...names.map((name) => roleOf(prefix, name)), migrating, serving],
  ]);
  const exists = (role: string) => known.some((row) => row.rolname === role);
  const statements: string[] = [];
  for (const name of names) {
    if (!exists(roleOf(prefix, name))) statements.push(`CREATE ROLE ${id(roleOf(prefix, name))} NOLOGIN`);
  }
  const memberships = [
    ...names.map((name) => ({ login: migrating, name })),
    ...(serving === migrating ? [] : names.filter((name) => name !== 'owner').map((name) => ({ login: serving, name }))),
  ];
  for (const { login, name } of memberships) {
    const role = roleOf(prefix, name);
    if (!exists(login))
      throw new DatabaseSetupError(`There is no database role "${login}" to log in as.`, 'Make it, or correct DATABASE_URL.');
    if (!(exists(role) && (await maySet(client, login, role)))) statements.push(`GRANT ${id(role)} TO ${id(login)}`);
  }
  const owner = roleOf(prefix, 'owner');
  const { rows } = await client.query<{ creates: boolean; schema: boolean; owned: boolean }>(
    `select coalesce((select has_database_privilege(r.oid, current_database(), 'CREATE') from pg_roles r where r.rolname = $1), false) as creates,
       to_regnamespace('guildhall') is not null as schema,
       coalesce((select r.rolname = $1 from pg_namespace n join pg_roles r on r.oid = n.nspowner where n.nspname = 'guildhall'), false) as owned`,
    [owner],
  );
  // Not only for the schema: the migrations add trusted extensions.
  if (!rows[0]?.creates) statements.push(`GRANT CREATE ON DATABASE ${id(database)} TO ${id(owner)}`);
  if (!rows[0]?.schema) statements.push(`CREATE SCHEMA guildhall AUTHORIZATION ${id(owner)}`);
  else if (!rows[0].owned) statements.push(`ALTER SCHEMA guildhall OWNER TO ${id(owner)}`);
  return statements;
}

/** Whether the login may `SET ROLE`. From PostgreSQL 16 on, membership alone does not say so. */
async function maySet(client: pg.Client, login: string, role: string): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `select pg_has_role($1::name, $2::name, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) as may`,
    [login, role],
  );
  return rows[0]?.may ?? false;
}

function rightsMissing(database: string, sql: readonly string[], cause: unknown): DatabaseSetupError {
  const script = sql.map((statement) => `  ${statement};`).join('\n');
  return new DatabaseSetupError(
    `The login has not the rights to prepare the database "${database}".`,
    `Run this as a superuser, connected to "${database}" (or to "postgres" when it does not exist yet), and start again:\n${script}`,
    sql,
    { cause },
  );
}
