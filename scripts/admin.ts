import 'reflect-metadata';
import pg from 'pg';
import { readConfig } from '../src/config.js';
import { databaseOf, openDatabase, roleOf, urlAs } from '../src/database/index.js';
import { seedTemplate } from '../src/seed/seed.js';
import { grantPlatformRole, PLATFORM_ROLES, type GrantableRole } from '../src/directory/index.js';

const USAGE = `npm run admin -- grant <${PLATFORM_ROLES.join('|')}> <issuer> <subject> [display name]
npm run admin -- revoke <issuer> <subject>
npm run admin -- sample-texts

Gives or takes a role on the platform. The issuer is the token's "iss", the subject its "sub". Somebody who is not known yet is
made known. "sample-texts" publishes the shipped clauses and templates, where there is no clause yet. Uses the same environment
as the server, and may run beside it.`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const isRole = (text: string | undefined): text is GrantableRole => PLATFORM_ROLES.some((role) => role === text);

function parse(args: readonly string[]): Parameters<typeof grantPlatformRole>[1] | undefined {
  const [verb, ...rest] = args;
  if (verb === 'revoke' && rest.length === 2) return { role: null, issuer: rest[0]!, subject: rest[1]! };
  const [role, issuer, subject, displayName, ...more] = rest;
  if (verb !== 'grant' || !isRole(role) || !issuer || !subject || more.length > 0) return undefined;
  return { role, issuer, subject, ...(displayName !== undefined && { displayName }) };
}

async function give(client: pg.Client, grant: Parameters<typeof grantPlatformRole>[1]): Promise<string> {
  const { id, before } = await grantPlatformRole(client, grant);
  return `${id}: ${before ?? 'no role'} -> ${grant.role ?? 'no role'}`;
}

async function enterTexts(client: pg.Client): Promise<string> {
  const { rowCount } = await client.query('select from guildhall.clause_version limit 1');
  if (rowCount !== 0) throw new Error('There are clauses already: write the others over the API.');
  // Not before this transaction: what was in force until now stays so.
  const { rows } = await client.query<{ at: Date }>(
    `select date_trunc('milliseconds', guildhall.now() + interval '999 microseconds') as at`,
  );
  await seedTemplate(client, rows[0]!.at.toISOString());
  return 'The sample texts are in force from now on, in the place of plain texts. Have them reviewed before they are used.';
}

/** As the owner, over the login that migrates: the serving logins may not do this. */
async function admin(): Promise<void> {
  const args = process.argv.slice(2);
  const isTexts = args.length === 1 && args[0] === 'sample-texts';
  const grant = parse(args);
  if (!grant && !isTexts) throw new Error(USAGE);
  const config = readConfig();
  const database = await openDatabase({ config, log: () => undefined, join: true });
  const url = config.migrationDatabaseUrl ?? database.url;
  const client = new pg.Client({ connectionString: urlAs(url, roleOf(databaseOf(url), 'owner')) });
  try {
    await client.connect();
    await client.query('begin');
    const done = grant ? await give(client, grant) : await enterTexts(client);
    await client.query('commit');
    say(done);
  } finally {
    await client.end();
    await database.close();
  }
}

admin().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
