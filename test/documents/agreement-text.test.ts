import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textOf } from '../../src/agreements/document.js';
import { documentOfText } from '../../src/documents/agreement-text.js';
import { documentOf } from '../../src/documents/read-agreements.js';
import { clause, sourceOf } from './samples.js';

/** As the first templates were filled. */
const before = `RENEWAL OF A MEMBERSHIP AGREEMENT (SAMPLE)
Reference 0199, version 1, drawn up 2026-03-01

1. Parties. The guild "Lantern House" and the broadcaster "bela-sings", in the region European Union.
2. Term. The membership runs for another 6 months. They begin when the running term and the cooling-off period are over, or at
   the chosen time where that is later. Chosen time: none.
3. Rules. Everything else stays as it was agreed. The policy standard 1 applies.
`;

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);

describe('a text from before texts were data', () => {
  test('becomes a title, lines under it, and a clause for each number', () => {
    const document = documentOfText(
      'TITLE\nReference 1\n\n1. Parties. The guild\n   and the broadcaster.\n2. End. None.\nMore of it.\n',
      'en',
    );
    expect(document).toMatchObject({ locale: 'en', title: 'TITLE', preamble: ['Reference 1'] });
    expect(document.clauses.map(({ number, paragraphs }) => [number, paragraphs])).toEqual([
      ['1', ['Parties. The guild and the broadcaster.']],
      ['2', ['End. None.', 'More of it.']],
    ]);
  });

  test('loses no word, whatever it is', () => {
    const line = fc.oneof(
      fc.constantFrom('1. One.', '   goes on', '', '2026. No clause', 'Plain'),
      fc.string({ unit: 'grapheme' }),
    );
    const texts = fc.oneof(
      fc.array(line).map((lines) => lines.join('\n')),
      fc.constantFrom(before),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { title, preamble, clauses } = documentOfText(text, 'en');
        const said = clauses.flatMap(({ number, paragraphs }) => [number === '' ? '' : `${number}.`, ...paragraphs]);
        expect(words([title, ...preamble, ...said].join('\n'))).toEqual(words(text));
      }),
    );
  });
});

describe('the document of an agreement', () => {
  const { document } = sourceOf({ clauses: [clause('1', 'Parties', 'Two.')] });
  const row = { id: 'a', body: textOf(document), document: JSON.stringify(document) };

  test('is used where it says what the signed text says', () => {
    expect(documentOf(row)).toEqual(document);
  });

  test('is refused where it does not', () => {
    expect(() => documentOf({ ...row, body: row.body.replace('Two', 'Three') })).toThrow('does not say what its text says');
  });
});
