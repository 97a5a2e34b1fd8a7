import 'reflect-metadata';
import { createApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import { createLogger } from '../src/graphql/index.js';
import { DevelopmentIssuer, TokenVerifier } from '../src/identity/index.js';
import { SIGNATORY } from './stage.js';

export interface ServerOptions {
  readonly databaseUrl: string;
  readonly dataDir: string;
}

export interface ServerReady {
  readonly port: number;
  readonly token: string;
}

/** As main.ts wires it, except for the workers: who delivers and fires timers is not what is measured. */
async function main(): Promise<void> {
  const { databaseUrl, dataDir } = JSON.parse(process.argv[2] ?? '{}') as ServerOptions;
  const config = readConfig();
  const audience = config.tokenAudience;
  const issuer = await DevelopmentIssuer.open({ dataDir, audience, production: false });
  const app = await createApp({ config, databaseUrl, poolSize: config.poolSize, log: createLogger(config.logLevel) });
  const server = await app.serve({ tokens: new TokenVerifier({ issuers: [issuer.trusted()], audience }), graphiql: false });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const ready: ServerReady = { port, token: await issuer.mint(SIGNATORY, 3_600) };
  process.send?.(ready);
  // The bench lets go of the channel when it is done, or has died.
  process.once('disconnect', () => {
    void server
      .close()
      .then(() => app.stop())
      .finally(() => process.exit(0));
  });
}

await main();
