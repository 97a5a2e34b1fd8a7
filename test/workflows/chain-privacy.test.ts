import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { registry } from '../../workflows/registry.js';
import { input, settlement } from './join-fixtures.js';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly additionalProperties?: unknown;
  readonly maxItems?: number;
  readonly [key: string]: unknown;
}

/** Places of a JSON schema where anything could be written: strings that are not bounded, objects and lists that are open. */
function openPlaces(schema: unknown, path: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((each, i) => openPlaces(each, `${path}[${String(i)}]`));
  if (typeof schema !== 'object' || schema === null) return [];
  const { type, additionalProperties, properties, maxItems, ...rest } = schema as JsonSchema;
  const isBounded = ['enum', 'const', 'maxLength', 'format', 'pattern'].some((key) => key in rest);
  return [
    ...(type === 'string' && !isBounded ? [path] : []),
    ...(type === 'object' && additionalProperties !== false ? [`${path} (further fields)`] : []),
    ...(type === 'array' && maxItems === undefined ? [`${path} (length)`] : []),
    ...Object.entries(properties ?? {}).flatMap(([key, value]) => openPlaces(value, `${path}.${key}`)),
    ...Object.values(rest).flatMap((value) => openPlaces(value, path)),
  ];
}

const FIELDS_OF_PEOPLE = /name|email|phone|address|birth|note|comment|text|handle/i;

describe.each(registry.map((definition) => ({ name: `${definition.kind} v${String(definition.version)}`, definition })))(
  'The chain of $name',
  ({ definition }) => {
    const schemas = {
      input: definition.input,
      ...Object.fromEntries(Object.entries(definition.events).map(([name, spec]) => [name, spec.input])),
      ...Object.fromEntries(Object.entries(definition.effects).map(([name, spec]) => [name, spec.params])),
    };

    it.each(Object.entries(schemas))('has no place for free text in %s', (name, schema) => {
      expect(openPlaces(z.toJSONSchema(schema, { io: 'input' }), name)).toEqual([]);
    });

    it('has no field that is about a person', () => {
      const named = Object.values(schemas).flatMap((schema) =>
        Object.keys((z.toJSONSchema(schema, { io: 'input' })['properties'] ?? {}) as object),
      );
      expect(named.filter((field) => FIELDS_OF_PEOPLE.test(field))).toEqual([]);
    });
  },
);

describe('A snapshot of JOIN', () => {
  it('holds ids, hashes, codes, numbers and instants only', () => {
    const allowed = [
      /^[0-9a-f-]{36}$/,
      /^[0-9a-f]{64}$/,
      /^[A-Z_]+$/,
      /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
      new RegExp(`^${input.timeZone}$`),
    ];
    const strings = (value: unknown): string[] =>
      typeof value === 'string'
        ? [value]
        : typeof value === 'object' && value !== null
          ? Object.values(value).flatMap(strings)
          : [];
    expect(strings(settlement().context).filter((each) => !allowed.some((pattern) => pattern.test(each)))).toEqual([]);
  });
});
