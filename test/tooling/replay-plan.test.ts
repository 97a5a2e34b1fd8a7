import { describe, expect, test } from '@jest/globals';
import { planOf } from '../../scripts/replay/plan.js';
import type { Spell } from '../../scripts/replay/spells.js';

const RULES = { noticeDays: 30, probationDays: 14 };

const spell = (joinedAt: string, leftAt: string | null, more: Partial<Spell> = {}): Spell => ({
  line: 2,
  guild: 'g',
  broadcaster: 'b',
  joinedAt: new Date(joinedAt).toISOString(),
  leftAt: leftAt === null ? null : new Date(leftAt).toISOString(),
  entry: 'joined',
  leaveReason: leftAt === null ? null : 'OTHER',
  ...more,
});

/** A line for each request, in the order in which they are made. */
const planned = (...spells: Spell[]) =>
  planOf(spells, RULES).flatMap(({ at, exits, joins }) => [
    ...exits.map(({ way }) => `${new Date(at).toISOString()} ${way}`),
    ...joins.map(({ early }) => `${new Date(at).toISOString()} join${early ? ' early' : ''}`),
  ]);

describe('the plan of a replay', () => {
  test('a JOIN is asked for five days before, a stay needs nothing else', () => {
    expect(planned(spell('2020-03-10T09:00:00Z', null))).toEqual(['2020-03-05T09:00:00.000Z join']);
  });

  test('who stays long enough gives notice, the days of which are over by the end, whatever the hour', () => {
    expect(planned(spell('2020-01-10T09:00:00Z', '2020-03-10T00:00:00Z'))).toEqual([
      '2020-01-05T09:00:00.000Z join',
      '2020-02-08T00:00:00.000Z notice',
    ]);
    expect(planned(spell('2020-01-10T09:00:00Z', '2020-02-10T09:00:00Z'))).toContain('2020-01-10T09:00:00.000Z notice');
  });

  test('too short for notice by a second: by agreement; asked for while probation lasts: alone', () => {
    expect(planned(spell('2020-01-10T09:00:00Z', '2020-02-10T08:59:59Z'))).toContain('2020-02-04T08:59:59.000Z mutual');
    // Probation ends with the 24th.
    expect(planned(spell('2020-01-10T09:00:00Z', '2020-01-31T00:00:00Z'))).toContain('2020-01-25T00:00:00.000Z mutual');
    expect(planned(spell('2020-01-10T09:00:00Z', '2020-01-30T23:59:59Z'))).toContain('2020-01-24T23:59:59.000Z probation');
  });

  test('nothing is asked for before the membership begins', () => {
    expect(planned(spell('2020-01-10T09:00:00Z', '2020-01-10T09:05:00Z'))).toEqual([
      '2020-01-05T09:00:00.000Z join',
      '2020-01-10T09:00:00.000Z probation',
    ]);
    const removed = spell('2020-01-10T09:00:00Z', '2020-01-12T00:00:00Z', { leaveReason: 'INACTIVITY_RULE' });
    expect(planned(removed)).toContain('2020-01-10T09:00:00.000Z release');
  });

  test('a mass removal is the platform’s, announced at one instant to all who are members by then', () => {
    const inactive = (broadcaster: string, joinedAt: string) =>
      spell(joinedAt, '2020-05-01T00:00:00Z', { broadcaster, leaveReason: 'INACTIVITY_RULE' });
    const plan = planOf([inactive('a', '2019-01-01'), inactive('b', '2019-06-01'), inactive('c', '2020-04-28')], RULES);
    expect(
      plan.filter(({ exits }) => exits.length > 0).map(({ at, exits }) => [new Date(at).toISOString(), exits.length]),
    ).toEqual([
      ['2020-04-25T00:00:00.000Z', 2],
      ['2020-04-28T00:00:00.000Z', 1],
    ]);
  });

  test('who is back within hours asks before they leave, but never before that exit is asked for', () => {
    expect(planned(spell('2020-03-20T04:00:00Z', null), spell('2020-01-10T09:00:00Z', '2020-03-20T00:00:00Z'))).toEqual([
      '2020-01-05T09:00:00.000Z join',
      '2020-02-18T00:00:00.000Z notice',
      '2020-03-15T04:00:00.000Z join',
    ]);
    const short = planned(spell('2020-03-10T09:00:00Z', '2020-03-11T09:00:00Z'), spell('2020-03-11T12:00:00Z', null));
    expect(short).toEqual([
      '2020-03-05T09:00:00.000Z join',
      '2020-03-10T09:00:00.000Z probation',
      '2020-03-10T09:00:00.000Z join early',
    ]);
  });
});
