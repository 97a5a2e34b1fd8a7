import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** Bounded, because PostgreSQL and Temporal disagree about what a year beyond four digits looks like. */
const EARLIEST = Date.parse('1900-01-01T00:00:00Z');
const LATEST = Date.parse('2200-01-01T00:00:00Z');

const parse = (value: unknown): Date => {
  const parts = typeof value === 'string' ? INSTANT.exec(value) : null;
  const time = parts ? Date.parse(parts[0]) : NaN;
  if (!parts || !(time >= EARLIEST && time < LATEST) || !isDayOfMonth(parts)) {
    throw new GraphQLError('A DateTime is an instant in RFC 3339 with an offset, from 1900 to 2199, e.g. 2026-11-23T09:30:00Z.');
  }
  return new Date(time);
};

/** `Date.parse` rolls 31 February over into March; a person who typed that meant something else. */
const isDayOfMonth = ([, year, month, day]: RegExpExecArray): boolean =>
  Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();

const serialize = (value: unknown): string => {
  const date = value instanceof Date ? value : typeof value === 'string' ? new Date(value) : undefined;
  if (!date || Number.isNaN(date.getTime())) throw new TypeError('A resolver returned something that is not an instant.');
  return date.toISOString();
};

/** Own instead of graphql-scalars': that one accepts 31 February in some offsets and hands a `Date` to the serialiser. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description:
    'An instant, RFC 3339. Answers are in UTC with milliseconds, e.g. `2026-11-23T09:30:00.000Z`; input may carry any offset.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize,
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});
