import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

/** A string scalar that refuses what does not match, so that the guard answers before any resolver runs. */
const stringScalar = (name: string, pattern: RegExp, expectation: string): GraphQLScalarType<string, string> => {
  const parse = (value: unknown): string => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new GraphQLError(`${name}: ${expectation}.`);
    return value;
  };
  return new GraphQLScalarType<string, string>({
    name,
    description: `${expectation}.`,
    serialize: String,
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
  });
};

/** Printable ASCII: what survives a log line, a header and a `psql` session unchanged. */
export const IdempotencyKey = stringScalar(
  'IdempotencyKey',
  /^[\x20-\x7e]{1,200}$/,
  'A key chosen by the client, 1 to 200 printable ASCII characters: sending the same command again with it gives the same answer',
);

export const Sha256 = stringScalar('Sha256', /^[0-9a-f]{64}$/, 'A SHA-256 hash as 64 lower-case hexadecimal digits');

const MAX_JSON_CHARACTERS = 16_384;
const MAX_JSON_DEPTH = 8;

const jsonObject = (value: unknown): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new GraphQLError('JSON: an object is expected.');
  if (!isShallow(value, MAX_JSON_DEPTH) || JSON.stringify(value).length > MAX_JSON_CHARACTERS) {
    throw new GraphQLError(`JSON: at most ${MAX_JSON_DEPTH} levels and ${MAX_JSON_CHARACTERS} characters.`);
  }
  return value as Record<string, unknown>;
};

const isShallow = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1)));

export const JsonObject = new GraphQLScalarType<Record<string, unknown>>({
  name: 'JSON',
  description: `A JSON object. As input: at most ${MAX_JSON_DEPTH} levels and ${MAX_JSON_CHARACTERS} characters.`,
  parseValue: jsonObject,
  parseLiteral: (node, variables) => jsonObject(valueFromASTUntyped(node, variables)),
});
