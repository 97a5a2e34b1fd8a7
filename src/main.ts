import 'reflect-metadata';
import pg from 'pg';
import { createApp } from './app.js';
import { readConfig, type Config } from './config.js';
import { databaseOf, openDatabase, roleOf, urlAs, type OpenedDatabase } from './database/index.js';
import { readSigner } from './documents/index.js';
import { openPlatformKey } from './evidence/index.js';
import { createLogger, type GraphiqlOptions } from './graphql/index.js';
import { DevelopmentIssuer, openIdIssuer, TokenVerifier } from './identity/index.js';
import { openCodeDelivery } from './signing/code-delivery.js';
import { openSecretBox } from './signing/secret-keys.js';
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

function greet(at: string, config: Config, databaseUrl: string, tokens: readonly [string, string][]): void {
  const graphiql = config.production ? '' : `  GraphiQL  ${at}/graphiql\n`;
  say(`\nGuildhall is ready.\n  GraphQL   ${at}/graphql\n${graphiql}  Health    ${at}/healthz  ${at}/readyz  ${at}/metrics`);
  if (config.showDatabaseUrl) say(`  Database  ${databaseUrl}`);
  const lines = tokens.map(([label, token]) => `  ${label}\n    ${token}`);
  if (lines.length > 0) say(`\nDevelopment tokens (Authorization: Bearer …), good for a week:\n${lines.join('\n')}\n`);
  else if (!config.production)
    say('\nA database of your own is not seeded: docs/operations.md says how to make the first people and guilds.\n');
}

/** Comes up step by step; what has come up is taken down in the opposite order, at a stop as after a failure. */
async function start(config: Config): Promise<() => Promise<void>> {
  const { production, dataDir, tokenAudience: audience } = config;
  const log = createLogger(config.logLevel);
  const closers: (() => Promise<void>)[] = [];
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    for (let close = closers.pop(); close; close = closers.pop()) await close();
  };
  try {
    const onUnexpectedExit = (message: string): void => {
      if (stopping) return;
      process.stderr.write(`${message}\n`);
      process.exit(1);
    };
    const database = await openDatabase({ config, log: say, onUnexpectedExit });
    closers.push(() => database.close());
    const issuer = production ? undefined : await DevelopmentIssuer.open({ dataDir, audience, production });
    if (database.embedded && issuer) await seedIfNew(database, issuer.issuer);
    const documentSigner = await readSigner(config);
    if (!documentSigner) log.warn('PDFs are not offered: DOCUMENT_KEY and DOCUMENT_CERTIFICATE are not set');
    const platformKey = await openPlatformKey(config);
    const { authenticatorKeys: keys, authenticatorKeyFile: keyFile } = config;
    const signing = {
      secrets: await openSecretBox({ keys, keyFile, dataDir, production }),
      rpId: config.passkeyDomain,
      origins: config.passkeyOrigins,
      deliverCode: openCodeDelivery({ url: config.codeDeliveryUrl, token: config.codeDeliveryToken, dataDir, production }),
    };
    const app = await createApp({
      config,
      databaseUrl: database.url,
      poolSize: config.poolSize,
      log,
      documentSigner,
      platformKey,
      checkpoints: config,
      signing,
    });
    closers.push(() => app.stop());
    const openId = config.oidcIssuer === undefined ? [] : [openIdIssuer(config.oidcIssuer, config.oidcJwksUrl)];
    const issuers = [...(issuer ? [issuer.trusted()] : []), ...openId];
    const tokens = database.embedded && issuer ? await tokensToPrint(issuer) : [];
    const server = await app.serve({
      tokens: new TokenVerifier({ issuers, audience }),
      graphiql: graphiqlOf(config, tokens[0]?.[1]),
    });
    closers.push(() => server.close());
    const port = await server.listen({ host: config.host, port: config.port });
    app.workers.start();
    app.bulk.start();
    app.evidence.start();
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    greet(`http://${host}:${String(port)}`, config, database.url, tokens);
    return stop;
  } catch (error) {
    await stop();
    const { code, port } = error as { code?: string; port?: number };
    if (code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${String(port)} is taken: set PORT to another one, or to 0 for any free one.`, { cause: error });
  }
}

/** The first token stands in the editor for headers, so that the first query works as it is. */
function graphiqlOf({ production }: Config, token: string | undefined): GraphiqlOptions | false {
  if (production) return false;
  return token === undefined ? {} : { defaultHeaders: JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2) };
}

/** Runs until a signal; a second one, or a stop that takes too long, ends it at once. */
async function main(): Promise<void> {
  // Whoever read our output may have gone; that is no reason to stop serving, or to stop badly.
  process.stdout.on('error', () => undefined);
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
