import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textOf } from '../../src/agreements/document.js';
import { templateProblems } from '../../src/templates/check-template.js';
import type { ClauseContent } from '../../src/templates/content.js';
import { fill, FillError } from '../../src/templates/fill.js';
import { valuesFor } from '../../src/templates/generated-values.js';
import { isValueOf, type Variable, type VariableValues } from '../../src/templates/variable.js';
import { clause, definition, template, values } from './fixtures.js';

const BERLIN = { locale: 'en', timeZone: 'Europe/Berlin' };
const filled = (content: ClauseContent, more: VariableValues = {}, where = BERLIN) =>
  fill(template(content), definition.variables, { ...values, ...more }, where);
const line = (body: string, more?: VariableValues) => filled(clause(body), more).clauses[0]!.paragraphs[0];

describe('how values are printed', () => {
  test.each([
    ['{{share}}', 'en', '15%'],
    ['{{term}}', 'en', '6 months'],
    ['{{term}}', 'zh-CN', '6个月'],
    ['{{fee}}', 'en', '€1,234.56'],
    ['{{fee}}', 'de', '1.234,56 €'],
    ['{{date}}', 'en', 'November 25, 2026'],
    ['{{date}}', 'zh-CN', '2026年11月25日'],
    ['{{reason}}', 'en', 'good'],
    ['{{reason}}', 'zh-CN', '好'],
    ['{{ guild }} and {{guild}}', 'en', 'Lantern House and Lantern House'],
  ])('%s in %s: %s', (body, locale, expected) => {
    const content = clause(body);
    const assembly = template({ ...content, texts: { [locale]: { heading: 'x', paragraphs: [body] } } });
    const document = fill({ ...assembly, texts: { [locale]: { title: 'x', preamble: [] } } }, definition.variables, values, {
      locale,
      timeZone: 'UTC',
    });
    expect(document.clauses[0]!.paragraphs[0]!.replaceAll('\u00A0', ' ')).toBe(expected);
  });

  test('yen have no smaller unit, and an instant is told in the region', () => {
    expect(line('{{fee}}', { fee: { amountMinor: 1_000, currency: 'JPY' } })).toBe('¥1,000');
    const content = clause('{{startAt}}', { condition: 'has(v.startAt)' });
    const startAt = '2026-12-31T23:30:00.000Z';
    expect(filled(content, { startAt }).clauses[0]!.paragraphs).toEqual(['January 1, 2027 at 00:30 GMT+1']);
    expect(filled(content, { startAt }, { locale: 'en', timeZone: 'UTC' }).clauses[0]!.paragraphs).toEqual([
      'December 31, 2026 at 23:30 UTC',
    ]);
  });

  test('clauses whose condition does not hold are left out, and the rest are numbered through', () => {
    const assembly = template(
      clause('a'),
      clause('b', { condition: 'has(v.startAt)' }),
      clause('c', { condition: 'v.share > 10' }),
    );
    const { clauses } = fill(assembly, definition.variables, values, BERLIN);
    expect(clauses.map(({ key, number }) => [key, number])).toEqual([
      ['clause-1', '1'],
      ['clause-3', '2'],
    ]);
  });
});

describe('what people write stays text', () => {
  test.each([
    ['{{share}}', '{{share}}'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['${process.exit()} #{x} %s $& $1 `x`', '${process.exit()} #{x} %s $& $1 `x`'],
    ['a\n\n9. Everything is yours', 'a 9. Everything is yours'],
    ['tab\tand \u2028line\0', 'tab and  line '],
    ['\u202Edrawkcab', 'drawkcab'],
    ['نور الليل', '\u2068نور الليل\u2069'],
    ['שלום\u2069!', '\u2068שלום!\u2069'],
    ['ñ é 龙 👩‍👩‍👧', 'ñ é 龙 👩‍👩‍👧'],
    ['__proto__', '__proto__'],
  ])('%j is printed as %j', (name, expected) => {
    expect(line('With {{guild}}.', { guild: name })).toBe(`With ${expected}.`);
  });

  test('a template reads nothing but its own variables', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'process', 'hasOwnProperty']) {
      const content = { ...clause('x'), texts: { en: { heading: 'x', paragraphs: [`{{${name}}}`] } } };
      expect(() => filled(content)).toThrow(FillError);
      expect(templateProblems(template(content), definition)).not.toEqual([]);
    }
  });

  test('a value that is absent, of another type or too long makes no text', () => {
    const { guild: _guild, ...absent } = values;
    expect(() => fill(template(clause('{{guild}}')), definition.variables, absent, BERLIN)).toThrow('`guild` is absent.');
    expect(() => line('{{share}}', { share: 'all' })).toThrow('is not of the type PERCENTAGE');
    expect(() => line('{{guild}}', { guild: 'x'.repeat(1_001) })).toThrow('too long');
    expect(() => fill(template(clause('x')), definition.variables, values, { locale: 'fr', timeZone: 'UTC' })).toThrow(
      'not offered in fr',
    );
  });
});

const anyValue = (variable: Variable): fc.Arbitrary<VariableValues[string]> => {
  switch (variable.type) {
    case 'MONEY':
      return fc.record({
        amountMinor: fc.integer({ min: 0, max: 1_000_000_000_000 }),
        currency: fc.constantFrom('EUR', 'JPY', 'CNY', 'KWD'),
      });
    case 'PERCENTAGE':
      return fc.integer({ min: 0, max: 100 });
    case 'DURATION':
    case 'INTEGER':
      return fc.integer({ min: 0, max: 3_650 });
    case 'BOOLEAN':
      return fc.boolean();
    case 'PARTY':
    case 'TEXT':
      return fc.string({ unit: 'binary', maxLength: 200 });
    default:
      return fc.constantFrom(...valuesFor(variable));
  }
};

const someValues = fc
  .record(
    Object.fromEntries(
      Object.entries(definition.variables).map(([name, variable]) => [name, fc.option(anyValue(variable), { nil: undefined })]),
    ),
  )
  .map((given): VariableValues => ({
    ...values,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }));

const word = fc.constantFrom(
  'x',
  '{{guild}}',
  '{{share}}',
  '{{ fee }}',
  '{{startAt}}',
  '{{bonus}}',
  '{{',
  '}}',
  '{',
  '{{nobody}}',
  '{{term}}{{date}}',
);
const body = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
const condition = fc.option(
  fc.letrec<{ all: string; leaf: string }>((tie) => ({
    leaf: fc.constantFrom(
      'has(v.startAt)',
      'has(v.bonus)',
      'v.minor',
      'v.term > 3',
      'v.bonus > 5',
      'v.startAt > "2026"',
      'v.reason == "GOOD"',
    ),
    all: fc.oneof(
      { maxDepth: 3 },
      tie('leaf'),
      fc.tuple(tie('all'), fc.constantFrom('&&', '||'), tie('all')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('all').map((a) => `!${a}`),
      fc.tuple(tie('all'), tie('all'), tie('all')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    ),
  })).all,
);

describe('for any template and any values', () => {
  test('what was not refused can be filled, and nothing of it is left to be filled', () => {
    let accepted = 0;
    fc.assert(
      fc.property(body, condition, someValues, (text, when, given) => {
        const assembly = template(clause(text, { condition: when }));
        if (templateProblems(assembly, definition).length > 0) return;
        accepted += 1;
        const document = fill(assembly, definition.variables, given, BERLIN);
        expect(document.clauses.length).toBeLessThanOrEqual(1);
        expect(textOf(document).split('\n')).toHaveLength(3 + document.clauses.length * 3);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  test('a name comes out as it went in, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 50 }), (one, two) => {
        for (const name of [one, two, `${one}{{share}}${two}`]) {
          const printed = line('[{{guild}}]', { guild: name })!;
          const kept = (text: string) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp} \u202A-\u202E\u2066-\u2069]/gu, '');
          expect(kept(printed)).toBe(kept(`[${name}]`));
          expect(printed).not.toMatch(/\n|\u202E/);
        }
      }),
    );
  });

  test('filling is deterministic, and what is filled in can be kept as JSON', () => {
    fc.assert(
      fc.property(someValues, (given) => {
        const assembly = template(clause('{{guild}} {{share}} {{fee}} {{date}} {{reason}} {{term}}'));
        const again = JSON.parse(JSON.stringify(given)) as VariableValues;
        expect(fill(assembly, definition.variables, again, BERLIN)).toEqual(fill(assembly, definition.variables, given, BERLIN));
        for (const [name, value] of Object.entries(given)) expect(isValueOf(definition.variables[name]!, value)).toBe(true);
      }),
    );
  });
});
