import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareParameters } from '../../src/policies/compare-parameters.js';
import type { ParameterDefinition } from '../../src/policies/parameter.js';
import {
  defaultParameters,
  parameterDefinitions,
  parameterViolations,
  policyParametersSchema,
  readParameters,
  type PolicyParameters,
} from '../../src/policies/parameters.js';
import { parameters as pinnable } from '../../workflows/phases/parameters.js';
import { sampleRegions } from '../../src/seed/world.js';

const regions = ['CN', 'EU', 'JP', 'US', 'XX', null];
const standard = defaultParameters('EU');
const valueOf = (definition: ParameterDefinition): fc.Arbitrary<number | boolean | string> => {
  if (definition.type === 'BOOLEAN') return fc.boolean();
  return definition.type === 'ENUM'
    ? fc.constantFrom(...definition.options)
    : fc.integer({ min: definition.min, max: definition.max });
};
const anyParameters = fc.record(
  Object.fromEntries(parameterDefinitions.map(([name, definition]) => [name, valueOf(definition)])),
) as unknown as fc.Arbitrary<PolicyParameters>;

describe('the catalogue of parameters', () => {
  test.each(regions)('the defaults of %s break no rule of their own', (region) => {
    expect(parameterViolations(defaultParameters(region))).toEqual([]);
    expect(policyParametersSchema.parse(defaultParameters(region))).toEqual(defaultParameters(region));
  });

  test('the values are those of the domain’s table', () => {
    const column = (name: keyof PolicyParameters) => regions.slice(0, 5).map((region) => defaultParameters(region)[name]);
    expect(column('minBroadcasterAgeYears')).toEqual([16, 18, 18, 18, 18]);
    expect(column('joinCoolingOffDays')).toEqual([14, 14, 8, 3, 7]);
    expect(column('guildResponseDays')).toEqual([7, 5, 7, 5, 7]);
    expect(column('minTermMonths')).toEqual([1, 0, 0, 0, 3]);
    expect(column('maxTermMonths')).toEqual([24, 12, 12, 12, 12]);
    expect(column('rejoinCooldownDays')).toEqual([30, 0, 0, 0, 30]);
    expect(column('postTransferLockDays')).toEqual([60, 30, 30, 30, 60]);
    expect(column('exitFeeCapMonths')).toEqual([2, 1, 0, 1, 2]);
    expect(column('guildShareMaxPercent')).toEqual([30, 20, 30, 20, 30]);
    expect(column('settlementCycleDays')).toEqual([7, 30, 30, 30, 30]);
    expect(column('objectionDays')).toEqual([5, 10, 10, 10, 10]);
    expect(column('payoutDays')).toEqual([5, 10, 15, 15, 15]);
    expect(column('slaCompensationMinor')).toEqual([5_000, 3_000, 1_000, 2_000, 1_000]);
    expect(column('slaCompensationBasis')).toEqual(['PER_DAY', 'ONCE', 'PER_DAY', 'PER_DAY', 'PER_DAY']);
    expect(column('retentionYears')).toEqual([10, 10, 10, 7, 7]);
    expect(column('signatureLevel')).toEqual([
      'IDENTITY_AND_CLICK',
      'ADVANCED',
      'IDENTITY_AND_CLICK',
      'CONSENT_AND_CLICK',
      'CLICK',
    ]);
    expect(defaultParameters('GB')).toEqual(defaultParameters('EU'));
  });

  test('every name ends with what it counts', () => {
    const ends = {
      YEARS: /Years$/,
      MONTHS: /Months$/,
      DAYS: /Days$/,
      HOURS: /Hours$/,
      PERCENT: /Percent/,
      MINOR_UNITS: /Minor$/,
    };
    for (const [name, { unit }] of parameterDefinitions) {
      if (unit !== 'COUNT' && unit !== 'NONE') expect(name).toMatch(ends[unit]);
    }
  });

  test('whatever a version may say, a workflow can pin', () => {
    const definitions = new Map<string, ParameterDefinition>(parameterDefinitions);
    for (const [name, schema] of Object.entries(pinnable)) {
      const definition = definitions.get(name);
      expect([name, definition?.type]).toEqual([name, 'INTEGER']);
      if (definition?.type === 'INTEGER') for (const bound of [definition.min, definition.max]) schema.parse(bound);
    }
  });

  test('a version of before a parameter existed has its region’s default for it, and keeps what it says itself', () => {
    const old = { minBroadcasterAgeYears: 21, joinCoolingOffDays: 1 };
    expect(readParameters('CN', old)).toEqual({ ...defaultParameters('CN'), ...old });
    expect(policyParametersSchema.parse(old)).toEqual({ ...defaultParameters(null), ...old });
    expect(readParameters('EU', { ...standard, aParameterOfTomorrow: 1 })).toEqual(standard);
    expect(() => readParameters('EU', { joinCoolingOffDays: -1 })).toThrow();
  });

  test('all violations are told at once, each with its field', () => {
    const broken = {
      ...standard,
      guildShareMaxPercent: 101,
      losingGuildResponseDays: 4,
      signatureLevel: 'NOD',
      minTermMonths: 13,
    };
    expect(parameterViolations(broken as PolicyParameters)).toEqual([
      { code: 'OUT_OF_BOUNDS', field: 'parameters.signatureLevel', message: expect.stringContaining('CONSENT_AND_CLICK') },
      { code: 'OUT_OF_BOUNDS', field: 'parameters.guildShareMaxPercent', message: expect.stringContaining('from 0 to 100') },
      { code: 'OUT_OF_BOUNDS', field: 'parameters.losingGuildResponseDays', message: expect.stringContaining('from 5 to 7') },
      { code: 'INCONSISTENT', field: 'parameters.minTermMonths', message: expect.stringContaining('maxTermMonths') },
    ]);
    expect(parameterViolations({ ...standard, reopenWindowDays: 3650, retentionYears: 1 })).toMatchObject([
      { field: 'parameters.reopenWindowDays' },
    ]);
    expect(parameterViolations({ ...standard, reopenWindowDays: 3 })).toMatchObject([{ field: 'parameters.disputeAppealDays' }]);
  });

  test('the sample regions are run by the table', () => {
    for (const { code, policy } of sampleRegions) expect(policy).toEqual(defaultParameters(code));
  });
});

describe('the difference between two sets of parameters', () => {
  test('says for each change whether a broadcaster is better off', () => {
    const changed: PolicyParameters = {
      ...standard,
      noticeDays: 10,
      guildShareMaxPercent: 25,
      joinCoolingOffDays: 15,
      maxTermMonths: 6,
      autoRenew: true,
      signatureLevel: 'CLICK',
      exitQuotaPercentPerMonth: 10,
    };
    expect(compareParameters(standard, changed)).toEqual([
      { name: 'joinCoolingOffDays', before: 14, after: 15, effect: 'BETTER' },
      { name: 'signatureLevel', before: 'ADVANCED', after: 'CLICK', effect: 'NEUTRAL' },
      { name: 'maxTermMonths', before: 12, after: 6, effect: 'NEUTRAL' },
      { name: 'guildShareMaxPercent', before: 20, after: 25, effect: 'WORSE' },
      { name: 'autoRenew', before: false, after: true, effect: 'WORSE' },
      { name: 'noticeDays', before: 30, after: 10, effect: 'BETTER' },
      // No quota at all is better than any.
      { name: 'exitQuotaPercentPerMonth', before: 0, after: 10, effect: 'WORSE' },
    ]);
  });

  test('the way back undoes it: better becomes worse, and nothing differs from itself', () => {
    const opposite = { BETTER: 'WORSE', WORSE: 'BETTER', NEUTRAL: 'NEUTRAL' } as const;
    fc.assert(
      fc.property(anyParameters, anyParameters, (from, to) => {
        expect(compareParameters(from, from)).toEqual([]);
        expect(compareParameters(to, from)).toEqual(
          compareParameters(from, to).map(({ name, before, after, effect }) => ({
            name,
            before: after,
            after: before,
            effect: opposite[effect],
          })),
        );
      }),
      { numRuns: 100 },
    );
  });
});
