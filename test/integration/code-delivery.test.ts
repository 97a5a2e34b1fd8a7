import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeGlobalId } from '../../src/schema/index.js';
import { CODE_FILE, openCodeDelivery } from '../../src/signing/code-delivery.js';

const uuid = '01900000-0000-7000-8000-000000000001';
const code = { principalId: uuid, requestId: uuid, code: '12345678', expiresAt: '2026-03-02T10:10:00.000Z' };
const posted = { ...code, principalId: encodeGlobalId('Principal', uuid), requestId: encodeGlobalId('Request', uuid) };

describe('the delivery of codes', () => {
  let server: Server;
  let url: string;
  let folder: string;
  let status: number;
  let headers: Record<string, string>;
  const got: { readonly headers: IncomingMessage['headers']; readonly body: string; readonly path: string | undefined }[] = [];

  beforeEach(async () => {
    [status, headers] = [204, {}];
    got.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'guildhall-codes-'));
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        got.push({ headers: request.headers, body, path: request.url });
        response.writeHead(status, headers).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/codes`;
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  const open = (more: object = {}) =>
    openCodeDelivery({ url: undefined, token: undefined, dataDir: folder, production: false, ...more });

  test('posts them to the operator’s service, with its token and the ids of the API', async () => {
    await open({ url, token: 'secret', production: true })!(code);
    expect(got).toMatchObject([
      { path: '/codes', headers: { authorization: 'Bearer secret', 'content-type': 'application/json' } },
    ]);
    expect(JSON.parse(got[0]!.body)).toEqual(posted);
  });

  test.each([401, 500])('fails when the service answers %d', async (answer) => {
    status = answer;
    await expect(open({ url })!(code)).rejects.toThrow(String(answer));
  });

  test('follows no redirection: the code is for nobody else', async () => {
    [status, headers] = [307, { location: '/elsewhere' }];
    await expect(open({ url })!(code)).rejects.toThrow();
    expect(got.map(({ path }) => path)).toEqual(['/codes']);
  });

  test('without a service: none in production, elsewhere into a file for its user alone', async () => {
    expect(open({ production: true })).toBeUndefined();
    await open()!(code);
    await open()!({ ...code, code: '87654321' });
    const file = join(folder, CODE_FILE);
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([posted, { ...posted, code: '87654321' }]);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });
});
