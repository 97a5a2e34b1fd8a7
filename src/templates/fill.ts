import type { AgreementDocument } from '../agreements/document.js';
import { readBody } from './body.js';
import { typesOf } from './check-clause.js';
import { readCondition } from './condition.js';
import type { Assembly } from './content.js';
import { formatValue, type Place } from './format-value.js';
import { limits } from './limits.js';
import type { Part, TextPlace } from './problem.js';
import { isValueOf, type Variable, type VariableValues } from './variable.js';

/** A text could not be made: an agreement with a hole in it must not be shown to anybody. */
export class FillError extends Error {
  override readonly name = 'FillError';

  constructor(
    readonly place: Partial<TextPlace> & { readonly part: Part },
    message: string,
  ) {
    super(message);
  }
}

/**
 * Fills a template in one of its locales. Nothing but its own variables can be read, and each body is gone through once: a value is never
 * looked at as template text. Pure. @throws FillError
 */
export function fill(
  { texts, clauses }: Assembly,
  variables: Readonly<Record<string, Variable>>,
  values: VariableValues,
  where: Place,
): AgreementDocument {
  const { locale } = where;
  const text = Object.hasOwn(texts, locale) ? texts[locale] : undefined;
  if (!text) throw new FillError({ part: 'LOCALES', locale }, `The template is not offered in ${locale}.`);
  let characters = 0;
  const line = (body: string, place: Partial<TextPlace> & { readonly part: Part }): string => {
    const { pieces, problems } = readBody(body);
    if (problems[0]) throw new FillError({ ...place, locale, column: problems[0].offset + 1 }, `${problems[0].message}.`);
    const filled = pieces
      .map(({ kind, text: piece, offset }) =>
        kind === 'words' ? piece : print(piece, variables, values, where, { ...place, locale, column: offset + 1 }),
      )
      .join('');
    characters += filled.length;
    if (characters > limits.filledCharacters) throw new FillError({ ...place, locale }, 'The filled text is too long.');
    return filled;
  };
  const standing = clauses.filter(({ key, condition, ...clause }) => {
    try {
      return readCondition(condition, typesOf(clause)).holds(values);
    } catch (error) {
      throw new FillError({ clause: key, part: 'CONDITION' }, `${messageOf(error)}.`);
    }
  });
  return {
    locale,
    title: line(text.title, { part: 'TITLE' }),
    preamble: text.preamble.map((body, index) => line(body, { part: 'PREAMBLE', line: index + 1 })),
    clauses: standing.map(({ key, terms, texts: translations }, index) => {
      const own = Object.hasOwn(translations, locale) ? translations[locale] : undefined;
      if (!own) throw new FillError({ clause: key, locale, part: 'LOCALES' }, `The clause has no text in ${locale}.`);
      return {
        key,
        number: String(index + 1),
        heading: line(own.heading, { clause: key, part: 'HEADING' }),
        paragraphs: own.paragraphs.map((body, at) => line(body, { clause: key, part: 'PARAGRAPH', line: at + 1 })),
        terms,
      };
    }),
  };
}

function print(
  name: string,
  variables: Readonly<Record<string, Variable>>,
  values: VariableValues,
  where: Place,
  place: Partial<TextPlace> & { readonly part: Part },
): string {
  const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (!variable) throw new FillError(place, `There is no variable \`${name}\`.`);
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new FillError(place, `\`${name}\` is absent.`);
  if (!isValueOf(variable, value)) throw new FillError(place, `The value of \`${name}\` is not of the type ${variable.type}.`);
  const printed = formatValue(variable, value, where);
  if (printed.length > limits.valueCharacters) throw new FillError(place, `The value of \`${name}\` is too long.`);
  return printed;
}

/** CEL's messages quote the source below their first line. */
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
