import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createSocketClient, type Client as SocketSubscriber } from 'graphql-ws';
import { createClient as createStreamClient, type Client as StreamSubscriber } from 'graphql-sse';
import { WebSocket } from 'ws';
import { createApp, type App } from '../../src/app.js';
import { ClockControl } from '../../src/database/index.js';
import { developmentSigner } from '../../src/documents/index.js';
import type { EngineStep } from '../../src/engine/index.js';
import { openPlatformKey, type CheckpointSettings, type PlatformKey } from '../../src/evidence/index.js';
import { createLogger, type ApiServer } from '../../src/graphql/index.js';
import { DEVELOPMENT_ISSUER, DevelopmentIssuer, TokenVerifier } from '../../src/identity/index.js';
import { seedWorld } from '../../src/seed/seed.js';
import type { SigningSettings } from '../../src/signing/settings.js';
import { request, type HttpAnswer } from './api-client.js';
import { testDatabase, type TestDatabase } from './database.js';
import { WorldBuilder } from './world.js';

const AUDIENCE = 'guildhall-test';
const dueSql = `select from guildhall.timer where status = 'armed' and due_at <= guildhall.now()
  union all select from guildhall.delivery where status = 'pending'
  union all select from guildhall.bulk_operation where status = 'RUNNING' and finished_at is null`;

/** One server: an app of its own over the shared database, listening on a port of its own. */
export interface ApiProcess {
  readonly app: App;
  readonly server: ApiServer;
  readonly origin: string;
  stop(): Promise<void>;
}

export interface TestApi extends ApiProcess {
  readonly db: TestDatabase;
  readonly clock: ClockControl;
  readonly world: WorldBuilder;
  /** Everything that was logged so far. */
  readonly log: () => string;
  /** Lasts ten minutes unless said otherwise; kept, so that a subject costs one signature a file. */
  token(subject: string, ttlSeconds?: number, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Signed by a key that no one trusts, in the name of the trusted issuer. */
  forgedToken(subject: string): Promise<string>;
  /** Whatever the answer is, with its status and text. */
  raw(subject: string, query: string, variables?: unknown): Promise<HttpAnswer>;
  /** The data; throws on any error. */
  gql<Data>(subject: string, query: string, variables?: unknown, origin?: string): Promise<Data>;
  /** A second server process over the same database. */
  another(options?: ApiOptions): Promise<ApiProcess>;
  socket(subject: string, origin?: string): Promise<SocketSubscriber>;
  stream(subject: string, origin?: string): Promise<StreamSubscriber>;
  /** Moves the clock and works off everything that has become due. */
  pass(milliseconds: number): Promise<void>;
}

export interface ApiOptions {
  /** Another version than the newest for new instances of a kind. */
  readonly currentVersion?: (kind: string) => number | undefined;
  /** False: nothing is worked off in the background, only when it is drained. */
  readonly workers?: boolean;
  /** Called between two steps of the engine. */
  readonly onStep?: (step: EngineStep) => void | Promise<void>;
  readonly logLevel?: 'debug' | 'error';
  /** Null: nothing signs PDFs. */
  readonly documentSigner?: null;
  readonly trustedProxies?: readonly string[];
  /** Another key than that of the first server. */
  readonly platformKey?: PlatformKey;
  readonly checkpoints?: CheckpointSettings;
  /** What signing with more than the login needs. */
  readonly signing?: SigningSettings;
}

/** The whole server, as `npm start` wires it, over a database of the test file's own with the sample world in it. */
export async function startApi(options: ApiOptions = {}): Promise<TestApi> {
  const db = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-api-'));
  const owner = db.pool('owner', 1);
  await seedWorld(owner, DEVELOPMENT_ISSUER);
  const issuer = await DevelopmentIssuer.open({ dataDir, audience: AUDIENCE, production: false });
  const firstKey = await openPlatformKey({ production: false, dataDir, platformKey: undefined, platformKeyFile: undefined });
  const forger = await DevelopmentIssuer.open({ dataDir: join(dataDir, 'forger'), audience: AUDIENCE, production: false });
  const signer = await developmentSigner({ dataDir, production: false });
  const clock = new ClockControl({ url: db.url, rolePrefix: db.rolePrefix, production: false });
  let lines = '';
  const log = createLogger(options.logLevel ?? 'debug', { write: (line) => void (lines += line) });

  const start = async ({
    currentVersion,
    workers = true,
    onStep,
    documentSigner,
    trustedProxies = [],
    platformKey = firstKey,
    checkpoints,
  }: ApiOptions = {}): Promise<ApiProcess> => {
    const app = await createApp({
      config: { introspection: true, production: false, trustedProxies },
      databaseUrl: db.url,
      rolePrefix: db.rolePrefix,
      poolSize: 6,
      platformKey,
      ...(checkpoints && { checkpoints }),
      log,
      documentSigner: documentSigner === null ? undefined : signer,
      ...(currentVersion && { currentVersion }),
      ...(onStep && { onStep }),
      ...(options.signing && { signing: options.signing }),
    });
    const server = await app.serve({
      tokens: new TokenVerifier({ issuers: [issuer.trusted()], audience: AUDIENCE }),
      graphiql: false,
    });
    const port = await server.listen({ host: '127.0.0.1', port: 0 });
    if (workers) {
      app.workers.start();
      app.bulk.start();
      app.evidence.start();
    }
    const stop = async () => {
      await server.close();
      await app.stop();
    };
    return { app, server, origin: `http://127.0.0.1:${port}`, stop };
  };
  const main = await start(options);
  const tokens = new Map<string, Promise<string>>();
  const token: TestApi['token'] = (subject, ttlSeconds, claims) => {
    if (ttlSeconds !== undefined) return issuer.mint(subject, ttlSeconds, claims);
    const known = tokens.get(subject) ?? issuer.mint(subject, 600);
    tokens.set(subject, known);
    return known;
  };
  const raw: TestApi['raw'] = async (subject, query, variables) =>
    request(main.origin, { query, variables }, await token(subject));

  return {
    ...main,
    db,
    clock,
    world: new WorldBuilder(db.pool('owner', 2)),
    log: () => lines,
    token,
    forgedToken: (subject) => forger.mint(subject, 600),
    raw,
    gql: async <Data>(subject: string, query: string, variables?: unknown, origin = main.origin) => {
      const { body, text } = await request(origin, { query, variables }, await token(subject));
      if (body.errors || !body.data) throw new Error(`An answer was expected: ${text}\n${reasonOf(body.errors, lines)}`);
      return body.data as Data;
    },
    another: start,
    socket: async (subject, origin = main.origin) => {
      const connectionParams = { token: await token(subject) };
      return createSocketClient({
        url: `${origin.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams,
        retryAttempts: 0,
      });
    },
    stream: async (subject, origin = main.origin) =>
      createStreamClient({
        url: `${origin}/graphql/stream`,
        headers: { authorization: `Bearer ${await token(subject)}` },
        retryAttempts: 0,
      }),
    pass: async (milliseconds) => {
      await clock.shift(milliseconds);
      // The running workers hold some of the rows while a drain looks: it is over when nothing is due any more.
      do await Promise.all([main.app.workers.drain(), main.app.bulk.drain(), main.app.evidence.drain()]);
      while ((await owner.query(dueSql)).rowCount !== 0);
    },
    stop: async () => {
      await main.stop();
      await clock.close();
      await db.dispose();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** What the server has logged under the id of a masked error: without it a failed test would only say that something went wrong. */
function reasonOf(errors: HttpAnswer['body']['errors'], log: string): string {
  const ids = (errors ?? []).map(({ extensions }) => extensions?.['errorId']).filter((id) => typeof id === 'string');
  return log
    .split('\n')
    .filter((line) => ids.some((id) => line.includes(id)))
    .join('\n');
}
