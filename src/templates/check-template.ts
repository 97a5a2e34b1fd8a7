import { readBody } from './body.js';
import { clauseProblems, isLocale, lineProblems, positionIn, typesOf } from './check-clause.js';
import { readCondition } from './condition.js';
import type { Assembly, ClauseContent } from './content.js';
import { fill, FillError } from './fill.js';
import { labelOf } from './format-value.js';
import { generatedValues } from './generated-values.js';
import { limits } from './limits.js';
import { problem, type Part, type TemplateProblem, type TextPlace } from './problem.js';
import type { TemplateDefinition } from './variable-catalogue.js';

type Clause = ClauseContent & { readonly key: string };

/**
 * Everything by which a template could not be filled for some request: by its clauses' texts and conditions against what requests of its
 * kind have, and by filling it with generated values. Pure; empty: it can be filled for every request.
 */
export function templateProblems(assembly: Assembly, definition: TemplateDefinition): TemplateProblem[] {
  const { clauses, locales } = assembly;
  const keys = clauses.map(({ key }) => key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  const found = [
    ...(clauses.length === 0 ? [problem({ part: 'CLAUSES' }, 'NO_CLAUSES', 'A template has at least one clause.')] : []),
    ...(clauses.length > limits.clauses
      ? [problem({ part: 'CLAUSES' }, 'TOO_MUCH', `A template has at most ${String(limits.clauses)} clauses.`)]
      : []),
    ...(twice === undefined
      ? []
      : [problem({ part: 'CLAUSES', clause: twice }, 'CLAUSE_TWICE', 'A clause stands at most once in a template.')]),
    ...(locales.length === 0
      ? [problem({ part: 'LOCALES' }, 'MISSING_LOCALE', 'A template is offered in at least one locale.')]
      : []),
    ...(locales.length > limits.locales
      ? [problem({ part: 'LOCALES' }, 'TOO_MUCH', `There may be at most ${String(limits.locales)} locales.`)]
      : []),
  ];
  if (found.length > 0) return found;
  const problems = [
    ...locales.flatMap((locale) => frameProblems(assembly, locale, definition)),
    ...clauses.flatMap((clause) => [...clauseProblems(clause.key, clause), ...fittingProblems(clause, locales, definition)]),
  ];
  // What is wrong in itself would only be found again, at a less telling place.
  return (problems.length > 0 ? problems : [...attempts(assembly, definition)]).slice(0, limits.problems);
}

/** Title and preamble, which stand in every text: what may be absent has no place there. */
function frameProblems({ texts }: Assembly, locale: string, definition: TemplateDefinition): TemplateProblem[] {
  const { title, preamble } = texts[locale]!;
  const lines = [
    { body: title, at: { locale, part: 'TITLE' } as const },
    ...preamble.map((body, index) => ({ body, at: { locale, part: 'PREAMBLE', line: index + 1 } as const })),
  ];
  return [
    ...(isLocale(locale) ? [] : [problem({ locale, part: 'LOCALES' }, 'BAD_LOCALE', 'This is no known locale.')]),
    ...(preamble.length > limits.preambleLines
      ? [problem({ locale, part: 'PREAMBLE' }, 'TOO_MUCH', `A preamble has at most ${String(limits.preambleLines)} lines.`)]
      : []),
    ...lines.flatMap(({ body, at }) => [
      ...lineProblems(body, at, limits.headingCharacters * 2),
      ...placeholdersIn(body, at).flatMap(({ name, place }) => printingProblems(name, place, locale, definition, new Set())),
    ]),
  ];
}

/** A clause against what requests of this kind have. */
function fittingProblems(clause: Clause, locales: readonly string[], definition: TemplateDefinition): TemplateProblem[] {
  const { key, condition, texts, terms, variables } = clause;
  const { readings, guarantees, options } = readCondition(condition, typesOf(clause));
  const atCondition = (offset: number) => ({ clause: key, part: 'CONDITION', ...positionIn(condition ?? '', offset) }) as const;
  const declared = variables.flatMap(({ name, type }) => {
    const known = Object.hasOwn(definition.variables, name) ? definition.variables[name] : undefined;
    const at = { clause: key, part: 'VARIABLES' } as const;
    if (!known) return [problem(at, 'UNKNOWN_VARIABLE', `Requests of this kind have no variable \`${name}\`.`)];
    return known.type === type ? [] : [problem(at, 'WRONG_TYPE', `\`${name}\` is of the type ${known.type} here, not ${type}.`)];
  });
  if (declared.length > 0) return declared;
  return [
    ...terms
      .filter((term) => !definition.terms.includes(term))
      .map((term) => problem({ clause: key, part: 'TERMS' }, 'UNKNOWN_TERM', `Requests of this kind have no term \`${term}\`.`)),
    ...readings
      .filter(({ name, known }) => definition.variables[name]!.optional && !known.has(name))
      .map(({ name, offset }) =>
        problem(atCondition(offset), 'OPTIONAL_VARIABLE', `\`${name}\` may be absent: ask \`has(v.${name})\` before it is read.`),
      ),
    ...options.flatMap(({ name, option, offset }) => {
      const variable = definition.variables[name]!;
      return variable.type !== 'ENUM' || Object.hasOwn(variable.options, option)
        ? []
        : [problem(atCondition(offset), 'UNKNOWN_OPTION', `\`${name}\` is never \`${option}\`.`)];
    }),
    ...locales.flatMap((locale) => {
      const text = Object.hasOwn(texts, locale) ? texts[locale] : undefined;
      if (!text)
        return [problem({ clause: key, locale, part: 'LOCALES' }, 'MISSING_LOCALE', `The clause has no text in ${locale}.`)];
      const lines = [
        { body: text.heading, at: { clause: key, locale, part: 'HEADING' } as const },
        ...text.paragraphs.map((body, index) => ({
          body,
          at: { clause: key, locale, part: 'PARAGRAPH', line: index + 1 } as const,
        })),
      ];
      return lines
        .flatMap(({ body, at }) => placeholdersIn(body, at))
        .filter(({ name }) => Object.hasOwn(definition.variables, name))
        .flatMap(({ name, place }) => printingProblems(name, place, locale, definition, guarantees));
    }),
  ];
}

type At = Partial<TextPlace> & { readonly part: Part };

const placeholdersIn = (body: string, at: At): { readonly name: string; readonly place: At }[] =>
  readBody(body)
    .pieces.filter(({ kind }) => kind === 'variable')
    .map(({ text, offset }) => ({ name: text, place: { ...at, column: offset + 1 } }));

/** What speaks against printing a variable at a place where these are sure to be there. */
function printingProblems(
  name: string,
  place: At,
  locale: string,
  { variables }: TemplateDefinition,
  there: ReadonlySet<string>,
): TemplateProblem[] {
  const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (!variable) return [problem(place, 'UNKNOWN_VARIABLE', `Requests of this kind have no variable \`${name}\`.`)];
  if (variable.type === 'BOOLEAN')
    return [problem(place, 'WRONG_TYPE', `\`${name}\` is true or false: it can be asked in a condition, not printed.`)];
  if (variable.optional && !there.has(name)) {
    const message = `\`${name}\` may be absent: it can stand only in a clause whose condition needs it, e.g. \`has(v.${name})\`.`;
    return [problem(place, 'OPTIONAL_VARIABLE', message)];
  }
  return variable.type === 'ENUM' &&
    isLocale(locale) &&
    Object.values(variable.options).some((labels) => labelOf(labels, locale) === undefined)
    ? [problem(place, 'NO_LABEL', `\`${name}\` has no words for its options in ${locale}: write a clause for each.`)]
    : [];
}

/** Fills it as requests would, as often as there is time for. Every place is told once. */
function* attempts(assembly: Assembly, definition: TemplateDefinition): Generator<TemplateProblem> {
  const told = new Set<string>();
  const each = assembly.clauses.reduce((sum, { texts }) => sum + JSON.stringify(texts).length, 1);
  let left = limits.triedCharacters;
  for (const values of generatedValues(definition.variables)) {
    if ((left -= each) < 0) return;
    for (const locale of assembly.locales) {
      try {
        fill(assembly, definition.variables, values, { locale, timeZone: 'Pacific/Kiritimati' });
      } catch (error) {
        if (!(error instanceof FillError)) throw error;
        const found = problem(
          { ...error.place, locale: error.place.part === 'CONDITION' ? null : locale },
          'NOT_FILLABLE',
          error.message,
        );
        const key = JSON.stringify(found);
        if (!told.has(key)) yield found;
        told.add(key);
      }
    }
  }
}
