import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize } from 'json-canonicalize';
import type pg from 'pg';
import { canonicalText } from '../../src/engine/chain.js';
import { deliveryId } from '../../src/engine/ids.js';
import { jsonLines, plainArray, textArray } from '../../src/engine/sql/arrays.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let db: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  db = await testDatabase();
  pool = db.pool('superuser', 1);
});

afterAll(async () => {
  await db?.dispose();
});

/** Text of PostgreSQL has no U+0000 and no halves of surrogate pairs. */
const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
const awkward = fc.constantFrom('', 'NULL', 'null', '{}', '"', '\\', 'a,b', ' a ', '\n', 'a"b\\c', '🙂', "'", '{"a":"\\n"}');

describe('Arrays as text parameters', () => {
  it('brings any text through PostgreSQL as it was, and null as null', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(text, awkward, fc.constant(null)), { maxLength: 20 }), async (values) => {
        const { rows } = await pool.query<{ v: string[] }>('select $1::text[] as v', [textArray(values)]);
        expect(rows[0]!.v).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  it('brings numbers, uuids, booleans and null through', async () => {
    const { rows } = await pool.query('select $1::bigint[] as n, $2::uuid[] as u, $3::boolean[] as b, $4::int[] as none', [
      plainArray([1, null, 1_700_000_000_000]),
      plainArray(['01900000-0000-7000-8000-000000000001', null]),
      plainArray([true, false, null]),
      plainArray([]),
    ]);
    expect(rows[0]).toEqual({
      n: ['1', null, '1700000000000'],
      u: ['01900000-0000-7000-8000-000000000001', null],
      b: [true, false, null],
      none: [],
    });
  });

  it('brings any JSON through, line feeds inside its strings included', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.json(), text.map(canonicalText)), { maxLength: 20 }), async (texts) => {
        const { rows } = await pool.query<{ v: string[] }>("select string_to_array($1, E'\\n') as v", [jsonLines(texts)]);
        expect(rows[0]!.v).toEqual(texts);
      }),
      { numRuns: 300 },
    );
  });
});

describe('Canonical text', () => {
  it('is that of an implementation of RFC 8785, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(canonicalText(value)).toBe(canonicalize(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    -0,
    1e21,
    1e-7,
    333_333_333.333_333_3,
    Number.MIN_VALUE,
    Number.MAX_VALUE,
    '\u2028\u0007"\\',
    { '\ufb33': 1, '😀': 2, é: 3 },
  ])('agrees with it about %j', (value) => {
    expect(canonicalText(value)).toBe(canonicalize(value));
  });

  it('leaves out what is undefined, and refuses what JSON cannot say', () => {
    expect(canonicalText({ b: undefined, a: 1 })).toBe('{"a":1}');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, { a: () => 1 }, { a: 1n }])
      expect(() => canonicalText(value)).toThrow();
  });
});

describe('Ids of deliveries', () => {
  it('are versions 7 of this moment, each its own, over many refills of the randomness', () => {
    const before = Date.now();
    const ids = Array.from({ length: 5_000 }, deliveryId);
    const after = Date.now();
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const ms = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
      expect(ms).toBeGreaterThanOrEqual(before);
      expect(ms).toBeLessThanOrEqual(after);
    }
  });
});
