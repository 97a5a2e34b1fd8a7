import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { encodeGlobalId } from '../src/schema/index.js';
import type { BenchDatabase } from './database.js';
import { Connection } from './http-client.js';
import { underLoad } from './load.js';
import type { Measured } from './report.js';
import type { ServerOptions, ServerReady } from './server.js';
import { shuffled, type Slice } from './slices.js';
import type { Stage } from './stage.js';

const mutation =
  'mutation Sign($input: SignAgreementInput!) { signAgreement(input: $input) { __typename ... on Request { id state version } ... on Refusal { code } } }';

export interface HttpServer extends ServerReady {
  stop(): Promise<void>;
}

/** The real server in a process of its own: client and server must not share an event loop. */
export async function startServer(database: BenchDatabase): Promise<HttpServer> {
  const options: ServerOptions = { databaseUrl: database.url, dataDir: database.folder };
  const program = fileURLToPath(new URL('./server.js', import.meta.url));
  const child: ChildProcess = fork(program, [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const ready = await Promise.race([once(child, 'message'), exited]);
  const [message] = ready as [unknown];
  if (typeof message !== 'object' || message === null) throw new Error('The server did not start.');
  return {
    ...(message as ServerReady),
    stop: async () => {
      child.disconnect();
      await exited;
    },
  };
}

export async function overHttp(
  server: HttpServer,
  stage: Stage,
  slice: Slice,
  connections: number,
  durationMs: number,
): Promise<Measured> {
  const head = [
    'POST /graphql HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${server.token}`,
    'content-type: application/json',
    'accept: application/json',
    '',
  ].join('\r\n');
  const pool = await Promise.all(Array.from({ length: connections }, () => Connection.open(server.port)));
  try {
    return await underLoad(connections, durationMs, shuffled(slice), async (instanceId, caller) => {
      const input = {
        requestId: encodeGlobalId('Request', instanceId),
        agreementVersion: 1,
        sha256: stage.sha256,
        idempotencyKey: randomUUID(),
      };
      const answer = await pool[caller]!.post(head, JSON.stringify({ query: mutation, variables: { input } }));
      if (!answer.includes('"state":"COOLING_OFF"')) throw new Error(`The server answered:\n${answer}`);
    });
  } finally {
    for (const connection of pool) connection.close();
  }
}
