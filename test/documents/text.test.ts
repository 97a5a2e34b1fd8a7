import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inVisualOrder, levelsOf } from '../../src/documents/text/bidi.js';
import { FaceFinder } from '../../src/documents/text/faces.js';
import { linesOf, type Line } from '../../src/documents/text/lines.js';
import { piecesOf } from '../../src/documents/text/pieces.js';
import { chineseText } from './samples.js';

const faces = new FaceFinder('zh-CN', 'regular');
const widthOf = (line: Line): number => line.reduce((sum, piece) => sum + piece.width, 0) - (line.at(-1)?.trailing ?? 0);
const textOf = (line: Line): string => line.map(({ actual, shown }) => actual ?? shown).join('');

/** As it is seen from left to right, word by word. */
const seen = (text: string): string[] =>
  inVisualOrder(piecesOf(text, faces))
    .map((piece) => piece.actual ?? piece.shown.trim())
    .filter((word) => word !== '');

describe('right-to-left words', () => {
  test('run to the left among themselves, and nothing around them does', () => {
    expect(seen('Guild "שלום עולם" 15 %')).toEqual(['Guild', '"', 'עולם', 'שלום', '"', '15', '%']);
    expect([...levelsOf('a שלום 15')!]).toEqual([0, 0, 1, 1, 1, 1, 0, 0, 0]);
  });

  test('two names beside each other keep their order', () => {
    expect(seen('"דוד", "שלום"')).toEqual(['"', 'דוד', '",', '"', 'שלום', '"']);
  });

  test('characters that would turn the rest of the line round do nothing and are seen', () => {
    expect(levelsOf('a\u202ebc')).toBeNull();
    expect(piecesOf('a\u202ebc', faces).map(({ shown, level }) => [shown, level])).toEqual([
      ['a', 0],
      ['[U+202E]', 0],
      ['bc', 0],
    ]);
    expect([...levelsOf('\u202eab שלום')!].slice(0, 3)).toEqual([0, 0, 0]);
  });
});

describe('an isolate of the text’s own', () => {
  test('has the direction of what it holds, takes no place, and is not seen', () => {
    expect(seen('a \u2068שלום 99\u2069 15')).toEqual(['a', '\u2068', '99', 'שלום', '\u2069', '15']);
    expect(piecesOf('\u2068x\u2069', faces).map(({ width }) => width > 0)).toEqual([false, true, false]);
  });

  test('is one only with both of its halves; a half alone is shown by number', () => {
    expect(piecesOf('a\u2068b', faces).map(({ shown }) => shown)).toContain('[U+2068]');
    expect(piecesOf('a\u2069b', faces).map(({ shown }) => shown)).toContain('[U+2069]');
    // Nobody gets out of it: what would turn the rest round is seen.
    expect(piecesOf('\u2068a\u2069\u202eb\u2069', faces).map(({ shown }) => shown)).toEqual(
      expect.arrayContaining(['[U+202E]', '[U+2069]']),
    );
  });
});

describe('lines', () => {
  test('hold everything, and none is wider than it may be', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.constantFrom(chineseText(120, 3), 'word '.repeat(40), 'x'.repeat(200), 'שלום עולם '.repeat(20)),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 9_000, max: 40_000 }), (paragraph, width) => {
        const lines = linesOf(paragraph, faces, width);
        expect(lines.map(textOf).join('')).toBe(paragraph.replace(/[\ud800-\udfff]/gu, '\ufffd'));
        // What stands for one character is never cut, however wide it is.
        for (const line of lines) if (line.length > 1) expect(widthOf(line)).toBeLessThanOrEqual(width + 1);
      }),
      { numRuns: 200 },
    );
  });

  test('hold a letter whose mark has no anchor in its font', () => {
    expect(linesOf('\u0760', faces, 9_000).map(textOf)).toEqual(['\u0760']);
  });

  test('no Chinese line begins with what closes, or ends with what opens', () => {
    const text = '甲方（以下称“甲”）应当按照约定，支付费用。乙方同意：期满后终止！'.repeat(20);
    for (const width of [5_000, 7_300, 11_000, 20_000])
      for (const line of linesOf(text, faces, width).map(textOf)) {
        expect(line).not.toMatch(/^[，。：！）”]/);
        expect(line).not.toMatch(/[（“]$/);
      }
  });
});
