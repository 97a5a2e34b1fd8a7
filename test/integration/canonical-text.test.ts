import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize } from 'json-canonicalize';
import { canonicalText } from '../../src/engine/chain.js';

const textOf = (write: (value: unknown) => string, value: unknown): string => {
  try {
    return write(value);
  } catch {
    return 'refused';
  }
};

describe('the canonical text', () => {
  test('is that of an independent implementation of RFC 8785, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expect(canonicalText(value)).toBe(canonicalize(value))),
      { numRuns: 2_000 },
    );
  });

  test('is so too for what JSON has no word for', () => {
    const odd = fc.anything({ withNullPrototype: true });
    fc.assert(
      fc.property(odd, (value) => {
        fc.pre(value !== undefined);
        expect(textOf(canonicalText, value)).toBe(textOf(canonicalize, value));
      }),
      { numRuns: 2_000 },
    );
  });

  test('orders keys by their UTF-16 code units, as in the example of the RFC', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const value = Object.fromEntries(keys.map((key) => [key, 0]));
    expect(Object.keys(JSON.parse(canonicalText(value)) as object).filter((key) => key !== '1')).toEqual([
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ]);
  });
});
