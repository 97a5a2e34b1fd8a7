import { KeySet, unpack, type Jwks } from '../../src/verify/index.js';
import type { TestApi } from './api.js';

export interface Fetched {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** What a GET with somebody's token answers; without a subject, without a token. */
export async function download(api: TestApi, subject: string | undefined, path: string, origin = api.origin): Promise<Fetched> {
  const headers = subject === undefined ? {} : { authorization: `Bearer ${await api.token(subject)}` };
  const response = await fetch(origin + path, { headers });
  return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/** The bundle of a request, as the API says where it is. */
export async function bundleOf(api: TestApi, subject: string, requestId: string): Promise<Uint8Array> {
  const { request } = await api.gql<{ request: { evidenceBundle: { path: string } } }>(
    subject,
    'query ($id: ID!) { request(id: $id) { evidenceBundle { path fileName } } }',
    { id: requestId },
  );
  const { status, bytes } = await download(api, subject, request.evidenceBundle.path);
  if (status !== 200) throw new Error(`The bundle answered ${String(status)}: ${Buffer.from(bytes).toString()}`);
  return bytes;
}

export async function publishedKeys(api: TestApi): Promise<KeySet> {
  return new KeySet(((await (await fetch(`${api.origin}/.well-known/jwks.json`)).json()) as Jwks).keys);
}

export const jsonIn = <T>(bundle: Uint8Array, path: string): T => {
  const found = [...unpack(bundle)].find(([name]) => name === path || name.endsWith(`/${path}`));
  if (!found) throw new Error(`There is no ${path} in it.`);
  return JSON.parse(Buffer.from(found[1]).toString()) as T;
};

/** Everything in it, as one text: for what must not be in it at all. */
export const textOf = (bundle: Uint8Array): string =>
  [...unpack(bundle)].map(([path, bytes]) => `${path}\n${Buffer.from(bytes).toString()}`).join('\n');
