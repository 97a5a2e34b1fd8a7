import type { Variable, VariableValue, VariableValues } from './variable.js';

/** Values that a variable might have, the usual one first. Names are as awkward as names can be. */
export function valuesFor(variable: Variable): readonly [VariableValue, ...VariableValue[]] {
  switch (variable.type) {
    case 'MONEY':
      return [
        { amountMinor: 125_000, currency: 'EUR' },
        { amountMinor: 0, currency: 'JPY' },
        { amountMinor: 1_000_000_000_000, currency: 'CNY' },
      ];
    case 'PERCENTAGE':
      return [15, 0, 100];
    case 'DURATION':
      return [6, 0, 3_650];
    case 'INTEGER':
      return [1, 0, 1_000_000];
    case 'BOOLEAN':
      return [true, false];
    case 'DATE':
      return ['2026-11-25', '2028-02-29'];
    case 'INSTANT':
      return ['2026-12-01T00:00:00.000Z', '2199-12-31T23:59:59.999Z'];
    case 'ENUM': {
      const [first = '', ...rest] = Object.keys(variable.options);
      return [first, ...rest];
    }
    case 'PARTY':
      return ['Lantern House', '{{guild}} <b>', 'نور الليل'];
    case 'TEXT':
      return ['0196f0a0-0000-7000-8000-000000000000', 'x'.repeat(200)];
  }
}

const MAX_OPTIONAL_TOGETHER = 6;

/**
 * What requests might bring: everything there, nothing optional there, every combination of the optional ones (each alone, and all but it,
 * where they are many), and every single value of every variable beside the usual ones.
 */
export function* generatedValues(variables: Readonly<Record<string, Variable>>): Generator<VariableValues> {
  const all = Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, valuesFor(variable)[0]]));
  const optional = Object.keys(variables).filter((name) => variables[name]!.optional);
  for (const absent of absences(optional)) yield without(all, absent);
  for (const [name, variable] of Object.entries(variables)) {
    for (const value of valuesFor(variable).slice(1)) yield { ...all, [name]: value };
  }
}

function* absences(optional: readonly string[]): Generator<readonly string[]> {
  if (optional.length > MAX_OPTIONAL_TOGETHER) {
    yield [];
    yield optional;
    for (const name of optional) {
      yield [name];
      yield optional.filter((other) => other !== name);
    }
    return;
  }
  for (let subset = 0; subset < 2 ** optional.length; subset += 1) yield optional.filter((_name, bit) => (subset >> bit) & 1);
}

const without = (values: VariableValues, names: readonly string[]): VariableValues =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
