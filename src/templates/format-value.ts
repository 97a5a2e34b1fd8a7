import type { MoneyValue, Variable, VariableValue } from './variable.js';

/** Where a text is filled in: its language, and the time zone of its region. */
export interface Place {
  readonly locale: string;
  readonly timeZone: string;
}

type Formatter = { readonly format: (value: never) => string };
const formatters = new Map<string, Formatter>();
const MAX_FORMATTERS = 500;

/** Making one takes a hundred times as long as using it. */
function formatterOf<T extends Formatter>(key: string, make: () => T): T {
  const known = formatters.get(key);
  if (known) return known as T;
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  const made = make();
  formatters.set(key, made);
  return made;
}

const number = (locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat =>
  formatterOf(`${locale} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options));

const date = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  formatterOf(`${locale} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options));

const DAY = { year: 'numeric', month: 'long', day: 'numeric' } as const;
const TIME = { ...DAY, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;

/** A value as people of the locale write it, on one line. A name stays what it is, whatever characters are in it. */
export function formatValue(variable: Variable, value: VariableValue, { locale, timeZone }: Place): string {
  switch (variable.type) {
    case 'MONEY': {
      const { amountMinor, currency } = value as MoneyValue;
      const format = number(locale, { style: 'currency', currency });
      return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
    }
    case 'PERCENTAGE':
      return number(locale, { style: 'percent', maximumFractionDigits: 2 }).format((value as number) / 100);
    case 'DURATION':
      return number(locale, { style: 'unit', unit: variable.unit, unitDisplay: 'long' }).format(value as number);
    case 'INTEGER':
      return number(locale, {}).format(value as number);
    case 'DATE':
      return date(locale, { ...DAY, timeZone: 'UTC' }).format(new Date(value as string));
    case 'INSTANT':
      return date(locale, { ...TIME, timeZone }).format(new Date(value as string));
    case 'ENUM':
      return labelOf(variable.options[value as string]!, locale) ?? (value as string);
    case 'BOOLEAN':
      return value === true ? 'true' : 'false';
    case 'PARTY':
    case 'TEXT':
      return words(value as string);
  }
}

/** What an option is called in a locale, or in the language of it. */
export const labelOf = (labels: Readonly<Record<string, string>>, locale: string): string | undefined =>
  labels[locale] ?? labels[new Intl.Locale(locale).language];

/** Characters of scripts that run from right to left, by the blocks that Unicode keeps for them. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const EMBEDDINGS = /[\u202A-\u202E\u2066-\u2069]/g;

/**
 * What somebody wrote, as one line. Controls of direction could turn the sentence around it, so they go; a name from a script that runs
 * from right to left is isolated instead, and then the sentence around it stands as it was written.
 */
function words(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(EMBEDDINGS, '');
  return RIGHT_TO_LEFT.test(line) ? `\u2068${line}\u2069` : line;
}
