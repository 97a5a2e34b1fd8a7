import { refused } from './operation-refused.js';

/** What a client sends, over any transport; shapes are checked, nothing else. */
export interface OperationRequest {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly persistedSha256: string | undefined;
}

/** @throws OperationRefused BAD_REQUEST */
export const readOperationRequest = (body: unknown): OperationRequest => {
  if (!isRecord(body))
    throw refused('BAD_REQUEST', 'Send one JSON object with `query`, `variables` and `operationName`; no batches.');
  const { query, operationName, variables, extensions } = body;
  if (query != null && typeof query !== 'string') throw refused('BAD_REQUEST', '`query` is a string.');
  if (operationName != null && typeof operationName !== 'string') throw refused('BAD_REQUEST', '`operationName` is a string.');
  if (variables != null && !isRecord(variables)) throw refused('BAD_REQUEST', '`variables` is a JSON object.');
  if (extensions != null && !isRecord(extensions)) throw refused('BAD_REQUEST', '`extensions` is a JSON object.');
  const persistedSha256 = persistedHash(extensions?.['persistedQuery']);
  if (!query && !persistedSha256) throw refused('BAD_REQUEST', '`query` is missing.');
  // The protocol of graphql-ws wants a `query` also beside a hash: then it is the empty string.
  return {
    query: query === '' ? undefined : (query ?? undefined),
    operationName: operationName ?? undefined,
    variables: variables ?? {},
    persistedSha256,
  };
};

const persistedHash = (persisted: unknown): string | undefined => {
  if (persisted == null) return undefined;
  const hash = isRecord(persisted) && persisted['version'] === 1 ? persisted['sha256Hash'] : undefined;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) {
    throw refused('BAD_REQUEST', '`extensions.persistedQuery` is `{version: 1, sha256Hash}`.');
  }
  return hash;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
