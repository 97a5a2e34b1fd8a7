import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import type { Operation } from '../support/api-client.js';
import { openStream, request, SocketClient } from '../support/api-client.js';
import type { Ground } from './ground.fixture.js';
import { startGround } from './ground.fixture.js';

let ground: Ground;
let closed: Ground;
beforeAll(async () => {
  ground = await startGround();
  closed = await startGround({ introspection: false });
});
afterAll(async () => {
  await ground.stop();
  await closed.stop();
});

type Codes = readonly unknown[];
type Send = (ground: Ground, operation: Operation) => Promise<Codes>;

const transports: Readonly<Record<string, { kind: string; field: string; send: Send }>> = {
  http: {
    kind: 'query',
    field: 'hello',
    send: async ({ origin, token }, operation) => {
      const { status, body } = await request(origin, operation, token);
      expect(status).toBe(body.errors ? 400 : 200);
      return (body.errors ?? []).map((error) => error.extensions?.['code']);
    },
  },
  ws: {
    kind: 'subscription',
    field: 'ticks(count: 1)',
    send: async ({ origin, token }, operation) => {
      const client = await SocketClient.connect(origin, token);
      client.subscribe('1', operation);
      const message = await client.next();
      await client.close();
      return message?.type === 'error' && Array.isArray(message.payload)
        ? message.payload.map((error: { extensions?: Record<string, unknown> }) => error.extensions?.['code'])
        : [];
    },
  },
  sse: {
    kind: 'subscription',
    field: 'ticks(count: 1)',
    send: async ({ origin, token }, operation) => {
      const { status, refusal, leave } = await openStream(origin, operation, token);
      expect(status).toBe(refusal ? 400 : 200);
      leave();
      return (refusal?.errors ?? []).map((error) => error.extensions?.['code']);
    },
  },
};

describe.each(Object.entries(transports))('the guard over %s', (name, { kind, field, send }) => {
  const nested = (levels: number): string => 'self { '.repeat(levels) + 'name' + ' }'.repeat(levels);

  test('lets a modest operation through', async () => {
    expect(await send(ground, { query: `${kind} { ${field} }` })).toEqual([]);
  });

  test('refuses what is not GraphQL', async () => {
    expect(await send(ground, { query: `${kind} { ${field}` })).toEqual(['GRAPHQL_PARSE_FAILED']);
  });

  test('refuses what the schema does not know', async () => {
    expect(await send(ground, { query: `${kind} { nothing }` })).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  test('refuses too many tokens', async () => {
    expect(await send(ground, { query: `${kind} { ${`${field} `.repeat(2_000)} }` })).toEqual(['TOO_MANY_TOKENS']);
  });

  test('refuses a text that is too long before reading it', async () => {
    expect(await send(ground, { query: `${kind} { ${field} } #${'x'.repeat(33_000)}` })).toEqual(['OPERATION_TOO_LARGE']);
  });

  test('refuses too many aliases', async () => {
    const aliased = Array.from({ length: 31 }, (_, index) => `a${index}: ${field}`).join(' ');
    expect(await send(ground, { query: `${kind} { ${aliased} }` })).toEqual(['TOO_MANY_ALIASES']);
  });

  test('refuses too many root fields', async () => {
    expect(await send(ground, { query: `${kind} { ${`${field} `.repeat(21)} }` })).toEqual(['TOO_MANY_ROOT_FIELDS']);
  });

  test('refuses too many directives', async () => {
    const directives = '@include(if: true) '.repeat(31);
    expect(await send(ground, { query: `${kind} { ${field} ${directives} }` })).toEqual(['TOO_MANY_DIRECTIVES']);
  });

  test('refuses what is too deep, also in an operation that is not the one to be executed', async () => {
    const deep = `query Deep { items { nodes { ${nested(12)} } } }`;
    const fragments = `fragment A on Item { self { self { self { self { self { ...B } } } } } }
      fragment B on Item { self { self { self { self { self { self { name } } } } } } }`;
    expect(await send(ground, { query: `${kind} Main { ${field} } ${deep}`, operationName: 'Main' })).toEqual(['TOO_DEEP']);
    expect(
      await send(ground, {
        query: `${kind} Main { ${field} } query Deep { items { nodes { ...A } } } ${fragments}`,
        operationName: 'Main',
      }),
    ).toEqual(['TOO_DEEP']);
  });

  test('refuses a missing and an unknown operation name', async () => {
    const query = `${kind} A { ${field} } ${kind} B { ${field} }`;
    expect(await send(ground, { query })).toEqual(['OPERATION_NOT_FOUND']);
    expect(await send(ground, { query, operationName: 'C' })).toEqual(['OPERATION_NOT_FOUND']);
  });

  test('refuses variables that do not fit', async () => {
    const [argument, type] = name === 'http' ? ['echo(at: $v)', 'DateTime!'] : ['ticks(count: $v)', 'Int!'];
    const query = `${kind} Q($v: ${type}) { ${argument} }`;
    expect(await send(ground, { query, variables: { v: 'never' } })).toEqual(['BAD_USER_INPUT']);
    expect(await send(ground, { query })).toEqual(['BAD_USER_INPUT']);
    expect(await send(ground, { query, variables: { v: { a: [] } } })).toEqual(['BAD_USER_INPUT']);
  });

  test('refuses introspection where it is switched off', async () => {
    const query =
      kind === 'query' ? '{ __schema { types { name } } }' : `${kind} A { ${field} } query B { __type(name: "Item") { name } }`;
    expect(await send(closed, { query, ...(kind !== 'query' && { operationName: 'A' }) })).toEqual(['INTROSPECTION_DISABLED']);
    expect(await send(ground, { query, ...(kind !== 'query' && { operationName: 'A' }) })).toEqual([]);
  });

  test('refuses the kinds of operation that belong elsewhere', async () => {
    const query = kind === 'query' ? 'subscription { ticks(count: 1) }' : '{ hello }';
    expect(await send(ground, { query })).toEqual(['OPERATION_NOT_ALLOWED']);
    if (kind !== 'query')
      expect(await send(ground, { query: 'mutation { rename(name: "a", key: "k") { __typename } }' })).toEqual([
        'OPERATION_NOT_ALLOWED',
      ]);
  });

  test('knows an operation again by its hash', async () => {
    const query = `${kind} Persisted_${name} { ${field} }`;
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    const byHash = { ...(name === 'ws' && { query: '' }), extensions };
    expect(await send(ground, byHash)).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect(await send(ground, { query: `${query} `, extensions })).toEqual(['BAD_REQUEST']);
    expect(await send(ground, { query, extensions })).toEqual([]);
    expect(await send(ground, byHash)).toEqual([]);
  });
});

describe('the cost of an operation', () => {
  const send = async (query: string, variables = {}): Promise<Codes> => transports['http']!.send(ground, { query, variables });

  test('multiplies page sizes, whether written down, defaulted or in a variable', async () => {
    const parts = '{ parts { parts { name self { name } } } }';
    expect(await send(`{ items(first: 20) { nodes ${parts} } }`)).toEqual([]);
    expect(await send(`{ items { nodes ${parts} } }`)).toEqual([]);
    expect(await send(`{ items(first: 100) { nodes ${parts} } }`)).toEqual(['TOO_COSTLY']);
    const query = `query Q($n: Int!) { items(first: $n) { nodes ${parts} } }`;
    expect(await send(query, { n: 20 })).toEqual([]);
    expect(await send(query, { n: 100 })).toEqual(['TOO_COSTLY']);
    expect(await send(query, { n: 20 })).toEqual([]);
  });

  test('looks into fragments, each once', async () => {
    const doubling = Array.from(
      { length: 9 },
      (_, index) => `fragment F${index} on Item { ...F${index + 1} ...F${index + 1} }`,
    ).join(' ');
    expect(await send(`{ items(first: 100) { nodes { ...F0 } } } ${doubling} fragment F9 on Item { name }`)).toEqual([
      'TOO_COSTLY',
    ]);
  });

  test('lets the introspection of GraphiQL through', async () => {
    expect(
      await send(getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true, specifiedByUrl: true })),
    ).toEqual([]);
  });

  test('does not save a page size that is out of bounds', async () => {
    const codes = async (first: number): Promise<unknown> => {
      const { body, status } = await request(
        ground.origin,
        { query: `{ items(first: ${first}) { nodes { name } } }` },
        ground.token,
      );
      expect(status).toBe(200);
      return body.errors?.[0]?.extensions?.['code'];
    };
    expect([await codes(0), await codes(-5), await codes(101)]).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT', 'BAD_USER_INPUT']);
  });
});
