/** What a variable holds, and how it is printed. */
export const VARIABLE_TYPES = [
  'MONEY',
  'PERCENTAGE',
  'DURATION',
  'DATE',
  'INSTANT',
  'INTEGER',
  'ENUM',
  'BOOLEAN',
  'PARTY',
  'TEXT',
] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

export type DurationUnit = 'hour' | 'day' | 'month' | 'year';

interface About {
  /** Absent in some requests: a text may name it only under a condition that says it is there. */
  readonly optional?: true;
  /** One sentence for who writes templates. */
  readonly description: string;
}

/** A variable as the catalogue describes it. */
export type Variable = About &
  (
    | { readonly type: Exclude<VariableType, 'DURATION' | 'ENUM'> }
    | { readonly type: 'DURATION'; readonly unit: DurationUnit }
    /** What an option is called, by language: a locale without a name for each cannot print the variable. */
    | { readonly type: 'ENUM'; readonly options: Readonly<Record<string, Readonly<Record<string, string>>>> }
  );

export interface MoneyValue {
  readonly amountMinor: number;
  /** ISO 4217. */
  readonly currency: string;
}

/**
 * By type: MONEY `{amountMinor, currency}`; PERCENTAGE, DURATION and INTEGER a number; BOOLEAN a boolean; DATE `2026-11-25`; INSTANT ISO 8601
 * in UTC with milliseconds; ENUM one of its options; PARTY and TEXT what people wrote.
 */
export type VariableValue = string | number | boolean | MoneyValue;

/** By name; what is not there is absent. JSON, so that it can be kept and filled in again in another locale. */
export type VariableValues = Readonly<Record<string, VariableValue>>;

/** What a type is in CEL. Money is its amount in minor units; an instant is text, which sorts as time does. */
export const celTypeOf = (type: VariableType): 'int' | 'bool' | 'string' =>
  type === 'BOOLEAN' ? 'bool' : ['MONEY', 'PERCENTAGE', 'DURATION', 'INTEGER'].includes(type) ? 'int' : 'string';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a value is what its variable says it is. Sample data comes from outside, so nothing is taken for granted. */
export function isValueOf(variable: Variable, value: unknown): value is VariableValue {
  switch (variable.type) {
    case 'MONEY': {
      const { amountMinor, currency } = (typeof value === 'object' && value !== null ? value : {}) as Partial<MoneyValue>;
      return Number.isSafeInteger(amountMinor) && typeof currency === 'string' && /^[A-Z]{3}$/.test(currency);
    }
    case 'PERCENTAGE':
    case 'DURATION':
    case 'INTEGER':
      return Number.isSafeInteger(value);
    case 'BOOLEAN':
      return typeof value === 'boolean';
    case 'DATE':
      return typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value));
    case 'INSTANT':
      return typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
    case 'ENUM':
      return typeof value === 'string' && Object.hasOwn(variable.options, value);
    case 'PARTY':
    case 'TEXT':
      return typeof value === 'string';
  }
}
