import { describe, expect, test } from '@jest/globals';
import { defaultParameters } from '../../src/policies/parameters.js';
import { defaultRules, ruleDefinitions } from '../../src/policies/rule-catalogue.js';
import { evaluateRule, MAX_RULE_CHARACTERS, readRules, ruleProblems, ruleViolations } from '../../src/policies/rules.js';

const policy = defaultParameters('CN');
const rules = defaultRules('CN');
const low = (activity: { days: number; hours: number; incomeMinor: number }, text = rules.lowActivity) =>
  evaluateRule({ ...rules, lowActivity: text }, 'lowActivity', { activity, policy });

describe('what a rule is refused for, and where', () => {
  test.each([
    ['a misspelt group', 'activty.days < 3', 'RULE_TYPE', 'activty', 1, 1],
    ['a misspelt variable', 'activity.days < 3 &&\n  activity.dayz < 3', 'RULE_TYPE', 'dayz', 2, 12],
    ['a misspelt parameter', 'activity.days < policy.lowActivityDay', 'RULE_TYPE', 'lowActivityDay', 1, 24],
    ['another rule’s variable', 'guild.broadcasters < 3', 'RULE_TYPE', 'guild', 1, 1],
    ['a wrong type', 'activity.days + 1.5 > 2.0', 'RULE_TYPE', 'int + double', 1, 1],
    ['a text where a number belongs', 'true && activity.days < "3"', 'RULE_TYPE', 'int < string', 1, 9],
    ['no answer of yes or no', 'activity.days', 'RULE_NOT_BOOLEAN', 'int', 1, 1],
    ['an unfinished sentence', 'activity.days <', 'RULE_SYNTAX', 'EOF', 1, 16],
    ['nothing', '', 'RULE_SYNTAX', 'EOF', 1, 1],
    ['a loop', 'true && [1, 2].all(x, x > 0)', 'RULE_NOT_ALLOWED', '`all`', 1, 9],
    [
      'a regular expression',
      '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("^(a+)+$")',
      'RULE_NOT_ALLOWED',
      '`matches`',
      1,
      1,
    ],
    ['a function that is not one of ours', 'size("abc") > 2', 'RULE_NOT_ALLOWED', '`size`', 1, 1],
    ['a way around the types', 'dyn(activity) == 1', 'RULE_NOT_ALLOWED', '`dyn`', 1, 1],
    ['a division by what may be nothing', 'activity.incomeMinor / activity.days > 5', 'RULE_FAILS', 'division by zero', 1, 1],
    ['a number beyond 64 bits', 'activity.days * 9223372036854775807 > 0', 'RULE_FAILS', 'overflow', 1, 1],
  ])('%s', (_name, text, code, telling, line, column) => {
    const problems = ruleProblems('lowActivity', text);
    expect(problems).toMatchObject([{ code, line, column }]);
    expect(problems[0]!.message).toContain(telling);
    const lines = text.split('\n').slice(0, line - 1);
    expect(problems[0]!.offset).toBe(lines.reduce((sum, { length }) => sum + length + 1, 0) + column - 1);
  });

  test('a refusal carries the field and the place, for every rule at once', () => {
    const violations = ruleViolations({ ...rules, lowActivity: 'activity.dayz < 3', inactiveGuild: 'guild.broadcasters' });
    expect(violations).toEqual([
      { code: 'RULE_TYPE', field: 'rules.lowActivity', message: 'No such key: dayz (line 1, column 10).' },
      { code: 'RULE_NOT_BOOLEAN', field: 'rules.inactiveGuild', message: expect.stringContaining('(line 1, column 1)') },
    ]);
  });

  test.each([
    ['too long', 'true'.padEnd(MAX_RULE_CHARACTERS + 1, ' '), 'RULE_TOO_LONG'],
    ['deep brackets', `${'('.repeat(400)}true${')'.repeat(400)}`, 'RULE_SYNTAX'],
    ['many negations', `${'!'.repeat(990)}true`, 'RULE_SYNTAX'],
    ['a long chain', Array.from({ length: 160 }, () => 'true').join('||'), 'RULE_SYNTAX'],
    ['many conditions', `${'true?'.repeat(90)}true${':true'.repeat(90)}`, 'RULE_SYNTAX'],
    ['a long list', `1 in [${'1,'.repeat(400)}1]`, 'RULE_SYNTAX'],
    ['nested loops', `[1,2,3].all(a, [1,2,3].all(b, [1,2,3].all(c, [1,2,3].all(d, [1,2,3].all(e, true)))))`, 'RULE_NOT_ALLOWED'],
  ])('%s does not get far', (_name, text, code) => {
    const start = performance.now();
    expect(ruleProblems('lowActivity', text)).toMatchObject([{ code }]);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('what the default rules say', () => {
  test.each(['CN', 'EU', 'JP', 'US', null])('the texts of %s pass their own check', (region) => {
    expect(ruleViolations(defaultRules(region))).toEqual([]);
  });

  test('low activity: few days, few hours and little income, each below its bound', () => {
    expect(low({ days: 13, hours: 44.9, incomeMinor: 299_999 })).toBe(true);
    expect(low({ days: 14, hours: 44.9, incomeMinor: 299_999 })).toBe(false);
    expect(low({ days: 13, hours: 45, incomeMinor: 299_999 })).toBe(false);
    expect(low({ days: 13, hours: 44.9, incomeMinor: 300_000 })).toBe(false);
  });

  test('an inactive guild: too few active broadcasters for long enough, or an owner who is silent', () => {
    const inactive = (activeBroadcasters: number, inactiveDays: number, ownerSilentDays: number) =>
      evaluateRule(rules, 'inactiveGuild', {
        guild: { broadcasters: 50, activeBroadcasters, inactiveDays, ownerSilentDays },
        policy,
      });
    expect([inactive(4, 90, 0), inactive(5, 90, 0), inactive(4, 89, 29), inactive(50, 0, 30)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  test('a cause: harassment is not for curing, nor is what comes back', () => {
    const curable = (code: string, occurrences: number) =>
      evaluateRule(rules, 'causeCurable', { cause: { code, occurrences }, policy });
    expect([curable('UNPAID', 0), curable('UNPAID', 2), curable('HARASSMENT', 0)]).toEqual([true, false, false]);
  });

  test('a text of a version’s own decides instead, and a rule that the version does not know yet has its default', () => {
    expect(low({ days: 20, hours: 100, incomeMinor: 0 }, 'activity.incomeMinor == 0 || policy.autoRenew')).toBe(true);
    expect(readRules('CN', { lowActivity: 'true' })).toEqual({ ...rules, lowActivity: 'true' });
    expect(ruleDefinitions.map(([name]) => name)).toEqual(expect.arrayContaining(['lowActivity', 'inactiveGuild']));
  });
});
