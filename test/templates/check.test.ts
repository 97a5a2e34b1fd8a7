import { describe, expect, test } from '@jest/globals';
import { clauseProblems } from '../../src/templates/check-clause.js';
import { templateProblems } from '../../src/templates/check-template.js';
import type { ClauseContent } from '../../src/templates/content.js';
import { limits } from '../../src/templates/limits.js';
import { clause, definition, template } from './fixtures.js';

const problems = (content: ClauseContent) => templateProblems(template(content), definition);

describe('a template that could not be filled for some request is refused, with the place', () => {
  test.each<readonly [string, ClauseContent, object]>([
    [
      'a variable that is not declared',
      clause('From {{nobody}} on'),
      { code: 'UNKNOWN_VARIABLE', line: 1, column: 6, locale: 'en' },
    ],
    [
      'a declared variable that requests of the kind do not have',
      clause('x', { variables: [{ name: 'offer', type: 'MONEY' }] }),
      { code: 'UNKNOWN_VARIABLE', part: 'VARIABLES', clause: 'clause-1' },
    ],
    [
      'a variable declared with another type',
      clause('{{share}}', { variables: [{ name: 'share', type: 'MONEY' }] }),
      { code: 'WRONG_TYPE', part: 'VARIABLES' },
    ],
    [
      'an optional variable outside of a condition',
      clause('From {{startAt}}'),
      { code: 'OPTIONAL_VARIABLE', part: 'PARAGRAPH', column: 6 },
    ],
    [
      'an optional variable under a condition that does not need it',
      clause('From {{startAt}}', { condition: 'v.term > 3 || has(v.startAt)' }),
      { code: 'OPTIONAL_VARIABLE', part: 'PARAGRAPH' },
    ],
    [
      'an optional variable under the opposite of what it needs',
      clause('From {{startAt}}', { condition: '!has(v.startAt)' }),
      { code: 'OPTIONAL_VARIABLE', part: 'PARAGRAPH' },
    ],
    [
      'another optional variable than the condition guarantees',
      clause('{{bonus}}', {
        condition: 'has(v.startAt)',
        variables: [
          { name: 'bonus', type: 'MONEY' },
          { name: 'startAt', type: 'INSTANT' },
        ],
      }),
      { code: 'OPTIONAL_VARIABLE', part: 'PARAGRAPH' },
    ],
    [
      'an optional variable that the condition reads before it asks for it',
      clause('x', { condition: 'v.bonus > 5 && has(v.bonus)' }),
      { code: 'OPTIONAL_VARIABLE', part: 'CONDITION', column: 1 },
    ],
    [
      'a condition with a type error',
      clause('x', { condition: 'v.share ==\n "a"' }),
      { code: 'CONDITION_TYPE', part: 'CONDITION' },
    ],
    ['a condition that says no yes or no', clause('x', { condition: 'v.share' }), { code: 'CONDITION_NOT_BOOLEAN' }],
    [
      'a condition that is no sentence',
      clause('x', { condition: 'v.share >\n  && true' }),
      { code: 'CONDITION_SYNTAX', line: 2 },
    ],
    [
      'a presence of what does not exist',
      clause('x', { condition: 'has(v.nothing)' }),
      { code: 'UNKNOWN_VARIABLE', part: 'CONDITION' },
    ],
    ['a condition that loops', clause('x', { condition: '[1, 2].all(x, x > 0)' }), { code: 'CONDITION_NOT_ALLOWED', column: 1 }],
    ['a condition over all variables at once', clause('x', { condition: 'v == v' }), { code: 'CONDITION_TYPE' }],
    [
      'an option that there is not',
      clause('x', { condition: 'v.reason in ["GOOD", "UGLY"]' }),
      { code: 'UNKNOWN_OPTION', column: 22 },
    ],
    ['a yes or no in a text', clause('{{minor}}'), { code: 'WRONG_TYPE', part: 'PARAGRAPH' }],
    ['a term that requests of the kind do not have', clause('x', { terms: ['colour'] }), { code: 'UNKNOWN_TERM', part: 'TERMS' }],
    [
      'a language that is missing',
      clause('x', { texts: { 'zh-CN': { heading: 'x', paragraphs: ['x'] } } }),
      { code: 'MISSING_LOCALE', locale: 'en', clause: 'clause-1' },
    ],
    ['syntax of other systems', clause('{{#if share}}x'), { code: 'TEMPLATE_SYNTAX', column: 1 }],
    ['a brace that was not closed', clause('x {{share}'), { code: 'TEMPLATE_SYNTAX', column: 3 }],
    ['three braces', clause('{{{share}}}'), { code: 'TEMPLATE_SYNTAX' }],
    ['a path', clause('{{guild.constructor}}'), { code: 'TEMPLATE_SYNTAX' }],
    ['a line break', clause('a\nb'), { code: 'BAD_CHARACTER', column: 2 }],
    ['a control of direction', clause('a\u202Eb'), { code: 'BAD_CHARACTER', column: 2 }],
    ['half a character', clause('a\uD800'), { code: 'BAD_CHARACTER', column: 2 }],
    ['an empty text', clause('  '), { code: 'EMPTY_TEXT' }],
  ])('%s', (_name, content, expected) => {
    expect(problems(content)[0]).toMatchObject(expected);
  });

  test.each([
    ['has(v.startAt)'],
    ['has(v.startAt) && v.startAt > "2026"'],
    ['v.minor && (has(v.startAt) && v.term > 0)'],
    ['!(!has(v.startAt) || v.minor)'],
    ['v.minor ? has(v.startAt) : has(v.startAt) && v.share == 0'],
  ])('a condition that guarantees what it needs: %s', (condition) => {
    expect(problems(clause('From {{startAt}}', { condition }))).toEqual([]);
  });

  test('every mistake is told at once, each with its place, and a bounded number of them', () => {
    const found = templateProblems(template(clause('{{nobody}}'), clause('{{startAt}} {{bonus}}')), definition);
    expect(found.map(({ clause: key, code, column }) => [key, code, column])).toEqual([
      ['clause-1', 'UNKNOWN_VARIABLE', 1],
      ['clause-2', 'OPTIONAL_VARIABLE', 1],
      ['clause-2', 'OPTIONAL_VARIABLE', 13],
    ]);
    expect(templateProblems(template(clause('{{nobody}} '.repeat(150))), definition)).toHaveLength(limits.problems);
  });

  test('what the checks do not see is found by filling: a sum beyond 64 bits', () => {
    const [found] = problems(clause('x', { condition: 'v.fee * 9223372036854775 > 0' }));
    expect(found).toMatchObject({
      code: 'NOT_FILLABLE',
      clause: 'clause-1',
      part: 'CONDITION',
      message: expect.stringContaining('overflow'),
    });
  });

  test('an enumeration is printed only where its options have words in the language', () => {
    const content = clause('{{reason}}', { texts: { fr: { heading: 'x', paragraphs: ['{{reason}}'] } } });
    const french = { ...template(content), locales: ['fr'], texts: { fr: { title: 'x', preamble: [] } } };
    expect(templateProblems(french, definition)).toMatchObject([{ code: 'NO_LABEL', locale: 'fr' }]);
  });

  test('a template needs a clause, a language, and each clause once', () => {
    expect(templateProblems(template(), definition)).toMatchObject([{ code: 'NO_CLAUSES' }]);
    const twice = template(clause('x'));
    expect(templateProblems({ ...twice, clauses: [...twice.clauses, ...twice.clauses] }, definition)).toMatchObject([
      { code: 'CLAUSE_TWICE' },
    ]);
    expect(templateProblems({ ...twice, locales: [] }, definition)).toMatchObject([{ code: 'MISSING_LOCALE' }]);
    const odd = { ...twice, locales: ['en-aaaa-aaaa'], texts: { 'en-aaaa-aaaa': { title: 'x', preamble: [] } } };
    expect(templateProblems(odd, definition)[0]).toMatchObject({ code: 'BAD_LOCALE' });
  });

  test.each<readonly [string, ClauseContent]>([
    ['a long paragraph', clause('x'.repeat(limits.paragraphCharacters + 1))],
    ['a long clause', clause('x', { texts: { en: { heading: 'x', paragraphs: Array<string>(50).fill('x'.repeat(4_000)) } } })],
    ['many paragraphs', clause('x', { texts: { en: { heading: 'x', paragraphs: Array<string>(61).fill('x') } } })],
    ['many variables', clause('{{share}} '.repeat(201))],
    ['many terms', clause('x', { terms: Array<string>(21).fill('share') })],
    ['a long condition', clause('x', { condition: `${'true && '.repeat(90)}true` })],
    ['deep brackets', clause('x', { condition: `${'('.repeat(200)}true${')'.repeat(200)}` })],
    ['many conditions', clause('x', { condition: `${'true?'.repeat(45)}true${':true'.repeat(45)}` })],
    ['only braces', clause('{'.repeat(5_000))],
  ])('%s is refused, soon', (_name, content) => {
    const start = performance.now();
    expect(clauseProblems('clause', content).length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(200);
  });

  test('the largest template is tried in bounded time', () => {
    const paragraphs = Array<string>(8).fill('{{guild}} '.padEnd(4_900, 'x '));
    const large = clause('{{guild}}', { texts: { en: { heading: 'x', paragraphs } } });
    const start = performance.now();
    expect(templateProblems(template(...Array<ClauseContent>(limits.clauses).fill(large)), definition)).toMatchObject([
      { code: 'NOT_FILLABLE', message: 'The filled text is too long.' },
    ]);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
