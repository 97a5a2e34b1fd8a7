import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A real timestamp authority: `openssl ts`, with a certificate of an authority of its own, behind HTTP. */
export interface TestAuthority {
  readonly url: string;
  /** To which its certificate leads, PEM. */
  readonly root: string;
  /** Down: it answers 503. */
  down: boolean;
  stop(): Promise<void>;
}

const config = `
[ tsa ]
default_tsa = tsa1
[ tsa1 ]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[ ext ]
extendedKeyUsage = critical,timeStamping
`;

export async function startAuthority(algorithm: 'rsa' | 'ec' = 'rsa'): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-tsa-'));
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const key = algorithm === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  await writeFile(join(folder, 'tsa.cnf'), config);
  await writeFile(join(folder, 'serial'), '01\n');
  await openssl(
    'req',
    '-x509',
    '-newkey',
    ...key,
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Test Root',
    '-days',
    '30',
  );
  await openssl('req', '-newkey', ...key, '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Test Timestamps');
  await openssl(
    ...[
      'x509',
      '-req',
      '-in',
      'tsa.csr',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      'tsa.pem',
      '-days',
      '30',
    ],
    ...['-extfile', 'tsa.cnf', '-extensions', 'ext'],
  );
  const authority = { down: false };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (authority.down) {
      response.writeHead(503).end();
      return;
    }
    await writeFile(join(folder, 'query.tsq'), Buffer.concat(chunks));
    await openssl(
      'ts',
      '-reply',
      '-config',
      'tsa.cnf',
      '-queryfile',
      'query.tsq',
      '-signer',
      'tsa.pem',
      '-inkey',
      'tsa.key',
      '-out',
      'reply.tsr',
    );
    response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(await readFile(join(folder, 'reply.tsr')));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(authority, {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    root: await readFile(join(folder, 'ca.pem'), 'utf8'),
    stop: async () => {
      server.close();
      await rm(folder, { recursive: true });
    },
  });
}
