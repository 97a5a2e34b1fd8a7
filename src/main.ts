import 'reflect-metadata';
import pg from 'pg';
import { createApp } from './app.js';
import { readConfig, type Config } from './config.js';
import { databaseOf, openDatabase, roleOf, urlAs, type OpenedDatabase } from './database/index.js';
import { createLogger } from './graphql/index.js';
import { DevelopmentIssuer, openIdIssuer, TokenVerifier } from './identity/index.js';
import { seedWorld } from './seed/seed.js';
import { sampleBroadcasters, sampleGuilds, samplePlatform } from './seed/world.js';

const TOKEN_SECONDS = 7 * 24 * 3_600;
const STOP_MS = 9_500;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The first start of an embedded database gets the sample world; a database of the user's own is never seeded. */
async function seedIfNew(database: OpenedDatabase, issuer: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlAs(database.url, roleOf(databaseOf(database.url), 'owner')) });
  await client.connect();
  try {
    await client.query('begin');
    const seeded = await seedWorld(client, issuer);
    await client.query('commit');
    if (seeded) say('Seeded a small invented world.');
  } finally {
    await client.end();
  }
}

async function tokensToPrint(issuer: DevelopmentIssuer): Promise<[string, string][]> {
  const [guild] = sampleGuilds;
  const people = [
    ...sampleBroadcasters.slice(0, 2).map(({ subject, handle }) => ({ subject, label: `broadcaster ${handle}` })),
    ...guild.staff.map(({ subject, role }) => ({ subject, label: `${role.toLowerCase()} of ${guild.name}` })),
    ...samplePlatform.map(({ subject, role }) => ({ subject, label: role.toLowerCase() })),
  ];
  return Promise.all(
    people.map(async ({ subject, label }) => [label, await issuer.mint(subject, TOKEN_SECONDS)] as [string, string]),
  );
}

async function start(config: Config): Promise<() => Promise<void>> {
  const { production, dataDir, tokenAudience: audience } = config;
  const log = createLogger(config.logLevel);
  let stopped = false;
  const database = await openDatabase({
    config,
    log: say,
    onUnexpectedExit: (message) => {
      if (stopped) return;
      process.stderr.write(`${message}\n`);
      process.exit(1);
    },
  });
  try {
    const issuer = production ? undefined : await DevelopmentIssuer.open({ dataDir, audience, production });
    if (database.embedded && issuer) await seedIfNew(database, issuer.issuer);
    const app = await createApp({ config, databaseUrl: database.url, poolSize: config.poolSize, log });
    const issuers = [
      ...(issuer ? [issuer.trusted()] : []),
      ...(config.oidcIssuer === undefined ? [] : [openIdIssuer(config.oidcIssuer)]),
    ];
    const printed = database.embedded && issuer ? await tokensToPrint(issuer) : [];
    const token = printed[0]?.[1];
    const graphiql = production
      ? (false as const)
      : { ...(token !== undefined && { defaultHeaders: JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2) }) };
    const server = await app.serve({ tokens: new TokenVerifier({ issuers, audience }), graphiql });
    app.workers.start();
    const port = await server.listen({ host: config.host, port: config.port });
    const at = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${String(port)}`;
    say(
      `\nGuildhall is ready.\n  GraphQL   ${at}/graphql\n${production ? '' : `  GraphiQL  ${at}/graphiql\n`}  Health    ${at}/healthz  ${at}/readyz  ${at}/metrics`,
    );
    if (config.showDatabaseUrl) say(`  Database  ${database.url}`);
    if (printed.length > 0)
      say(
        `\nDevelopment tokens (Authorization: Bearer …), good for a week:\n${printed.map(([label, value]) => `  ${label}\n    ${value}`).join('\n')}\n`,
      );
    return async () => {
      stopped = true;
      await server.close();
      await app.stop();
      await database.close();
    };
  } catch (error) {
    stopped = true;
    await database.close();
    throw error;
  }
}

/** Runs until a signal; a second one, or a stop that takes too long, ends it at once. */
async function main(): Promise<void> {
  const stop = await start(readConfig());
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    say(`${signal}: stopping.`);
    setTimeout(() => process.exit(1), STOP_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

main().catch((error: unknown) => {
  // Configuration and set-up errors are for the person at the terminal: the message says what to do.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
