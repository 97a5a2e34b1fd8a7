import { describe, expect, test } from '@jest/globals';
import { readSpells } from '../../scripts/replay/spells.js';

const header = 'guild,broadcaster,joined_at,left_at';
const read = (...lines: string[]) => readSpells(new TextEncoder().encode(lines.join('\n')));
const problems = (...lines: string[]) => read(...lines).problems.map(({ line, reason }) => `${String(line)}: ${reason}`);

describe('reading a file of memberships', () => {
  test('a good file gives its spells, with and without a byte order mark, with either line end', () => {
    const rows = [header, 'g1,b1,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z', 'g1,b2,2020-01-01T00:00:00Z,', ''];
    const expected = [
      {
        ...{ line: 2, guild: 'g1', broadcaster: 'b1', joinedAt: '2020-01-01T00:00:00.000Z', leftAt: '2020-02-01T00:00:00.000Z' },
        ...{ entry: 'joined', leaveReason: 'OTHER' },
      },
      {
        ...{ line: 3, guild: 'g1', broadcaster: 'b2', joinedAt: '2020-01-01T00:00:00.000Z', leftAt: null },
        ...{ entry: 'joined', leaveReason: null },
      },
    ];
    for (const text of [rows.join('\n'), rows.join('\r\n'), `\uFEFF${rows.join('\n')}`, `\uFEFF${rows.join('\r\n')}`]) {
      expect(readSpells(new TextEncoder().encode(text))).toEqual({ spells: expected, problems: [] });
    }
  });

  test('an empty file, a header alone and a missing column are told', () => {
    expect(problems()).toEqual(['1: the file is empty']);
    expect(problems(header)).toEqual(['2: the file holds no memberships']);
    expect(problems('guild,broadcaster,left_at', 'g,b,')).toEqual(['1: missing column: joined_at']);
    expect(problems('nonsense')).toEqual(['1: missing column: guild, broadcaster, joined_at, left_at']);
  });

  test('every bad line is told with its number and every reason, in the order of the file', () => {
    expect(
      problems(
        header,
        'g,b1,yesterday,',
        'g,b2,2020-02-31T00:00:00Z,',
        'g,b3,2020-03-01T00:00:00Z,2020-02-01T00:00:00Z',
        'g,b4,2020-01-01T00:00:00Z,',
        ',,2020-01-01,2020-13-01T00:00:00Z',
        'g,b5,2020-01-01T25:00:00Z,',
      ),
    ).toEqual([
      '2: joined_at is not an instant in UTC: "yesterday"',
      '3: joined_at is not an instant in UTC: "2020-02-31T00:00:00Z"',
      '4: left_at is before joined_at',
      '6: guild is empty',
      '6: broadcaster is empty',
      '6: joined_at is not an instant in UTC: "2020-01-01"',
      '6: left_at is not an instant in UTC: "2020-13-01T00:00:00Z"',
      '7: joined_at is not an instant in UTC: "2020-01-01T25:00:00Z"',
    ]);
  });

  test('overlapping spells of one broadcaster are told, wherever in the file they stand; touching ones are not', () => {
    expect(
      problems(
        header,
        'g2,b,2020-06-01T00:00:00Z,2020-09-01T00:00:00Z',
        'g1,b,2020-01-01T00:00:00Z,2020-06-01T00:00:00Z',
        'g3,b,2020-08-01T00:00:00Z,',
        'g1,other,2020-01-01T00:00:00Z,',
        'g2,other,2021-01-01T00:00:00Z,',
      ),
    ).toEqual([
      '4: overlaps the membership of the same broadcaster in line 2',
      '6: overlaps the membership of the same broadcaster in line 5',
    ]);
  });

  test('how somebody came in and why they left may be told, and is told of when it is neither of what there is', () => {
    const more = `${header},entry,leave_reason`;
    const told = read(
      more,
      'g,b1,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z,present_at_start,INACTIVITY_RULE',
      'g,b2,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z,joined,OTHER',
      'g,b3,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z,,',
      'g,b4,2020-01-01T00:00:00Z,,joined,',
    );
    expect(told.problems).toEqual([]);
    expect(told.spells.map(({ entry, leaveReason }) => [entry, leaveReason])).toEqual([
      ['present_at_start', 'INACTIVITY_RULE'],
      ['joined', 'OTHER'],
      ['joined', 'OTHER'],
      ['joined', null],
    ]);
    expect(
      problems(
        more,
        'g,b1,2020-01-01T00:00:00Z,,born,',
        'g,b2,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z,joined,inactivity_rule',
        'g,b3,2020-01-01T00:00:00Z,,joined,OTHER',
        'g,b4,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z,later,bored',
      ),
    ).toEqual([
      '2: entry is none of joined, present_at_start: "born"',
      '3: leave_reason is none of INACTIVITY_RULE, OTHER: "inactivity_rule"',
      '4: leave_reason is given without left_at',
      '5: entry is none of joined, present_at_start: "later"',
      '5: leave_reason is none of INACTIVITY_RULE, OTHER: "bored"',
    ]);
  });

  test('two memberships that begin together are told, even where the first of them ends at once', () => {
    expect(
      problems(header, 'g,b,2020-01-01T00:00:00Z,2020-01-01T00:00:00Z', 'g,b,2020-01-01T00:00:00Z,2020-06-01T00:00:00Z'),
    ).toEqual(['3: overlaps the membership of the same broadcaster in line 2']);
  });

  // `overlaps` compares with the spell before only, not with the one that ends last (spells.ts).
  test('a spell inside a long one overlaps it, even when a shorter one lies between', () => {
    expect(
      problems(
        header,
        'g,b,2020-01-01T00:00:00Z,2021-01-01T00:00:00Z',
        'g,b,2020-02-01T00:00:00Z,2020-03-01T00:00:00Z',
        'g,b,2020-06-01T00:00:00Z,2020-07-01T00:00:00Z',
      ),
    ).toEqual([
      '3: overlaps the membership of the same broadcaster in line 2',
      '4: overlaps the membership of the same broadcaster in line 2',
    ]);
  });

  test('a file that is not UTF-8 is told with the line of the first bad byte', () => {
    const bytes = Buffer.concat([
      Buffer.from(`${header}\ng,b,2020-01-01T00:00:00Z,\ng,`),
      Buffer.from([0xe4, 0x2c]),
      Buffer.from('2020-01-01T00:00:00Z,\n'),
    ]);
    expect(readSpells(bytes)).toEqual({ spells: [], problems: [{ line: 3, reason: 'the file is not UTF-8' }] });
  });

  test('a line over 64 KiB is told, every one of them', () => {
    const long = `${'x'.repeat(64 * 1024)},b,2020-01-01T00:00:00Z,`;
    expect(problems(header, long, 'g,b,2020-01-01T00:00:00Z,', long)).toEqual([
      '2: the line is longer than 64 KiB',
      '4: the line is longer than 64 KiB',
    ]);
  });

  test('a quote that is never closed and a line with too few or too many fields are told with their line', () => {
    const good = 'g,b,2020-01-01T00:00:00Z,';
    expect(problems(header, good, '"g,b,2020-01-01T00:00:00Z,')).toEqual([expect.stringMatching(/^3: not readable as CSV/)]);
    expect(problems(header, good, 'g,b')).toEqual([expect.stringMatching(/^3: not readable as CSV/)]);
    expect(problems(header, `${good},,`, good)).toEqual([expect.stringMatching(/^2: not readable as CSV/)]);
  });

  test('a quoted value that spans lines does not shift the numbers of those behind it', () => {
    expect(problems(header, '"g', 'h",b1,2020-01-01T00:00:00Z,', 'g,b2,nonsense,')).toEqual([
      '4: joined_at is not an instant in UTC: "nonsense"',
    ]);
  });

  test('columns may stand in another order, and blank lines count', () => {
    expect(problems('left_at,joined_at,broadcaster,guild', '', ',nonsense,b,g')).toEqual([
      '3: joined_at is not an instant in UTC: "nonsense"',
    ]);
  });

  test('a bad file of any length gives a list that can be read', () => {
    const { problems: all } = read(header, ...Array.from({ length: 3_000 }, (_, index) => `g,b${String(index)},bad,`));
    expect(all).toHaveLength(1_000);
    expect(all.at(-1)!.line).toBe(1_001);
  });
});
