import { readBody } from './body.js';
import { readCondition } from './condition.js';
import type { ClauseContent, ClauseText } from './content.js';
import { limits } from './limits.js';
import { problem, type Part, type TemplateProblem, type TextPlace } from './problem.js';
import type { VariableType } from './variable.js';

const LOCALE = /^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$/;
/** Controls and lone surrogates: the former would make a line that nobody wrote, the latter are no characters at all. */
const NO_TEXT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069]/u;

/** Whether this is how a locale is written, and one whose numbers and days this system can write. */
export function isLocale(locale: string): boolean {
  if (!LOCALE.test(locale)) return false;
  try {
    return (
      Intl.getCanonicalLocales(locale)[0] === locale &&
      Intl.DateTimeFormat.supportedLocalesOf(locale).length === 1 &&
      Intl.NumberFormat.supportedLocalesOf(locale).length === 1
    );
  } catch {
    // What looks like a locale and is none throws.
    return false;
  }
}

type Types = Readonly<Record<string, VariableType>>;
export const typesOf = ({ variables }: Pick<ClauseContent, 'variables'>): Types =>
  Object.fromEntries(variables.map(({ name, type }) => [name, type]));

type At = Partial<TextPlace> & { readonly part: Part };

/** Everything that is wrong with one line of text, by itself. */
export function lineProblems(text: string, at: At, maxCharacters: number): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  if (text.trim() === '') problems.push(problem(at, 'EMPTY_TEXT', 'There has to be a text here.'));
  if (text.length > maxCharacters) {
    problems.push(problem({ ...at, column: maxCharacters + 1 }, 'TEXT_TOO_LONG', `At most ${String(maxCharacters)} characters.`));
  }
  const bad = NO_TEXT.exec(text);
  if (bad) {
    const message = 'A text is one line, without controls of lines or of direction.';
    problems.push(problem({ ...at, column: bad.index + 1 }, 'BAD_CHARACTER', message));
  }
  for (const { offset, message } of readBody(text).problems)
    problems.push(problem({ ...at, column: offset + 1 }, 'TEMPLATE_SYNTAX', `${message}.`));
  return problems;
}

/** The variables of a line that may not be printed there. */
function variableProblems(text: string, at: At, types: Types): TemplateProblem[] {
  return readBody(text)
    .pieces.filter(({ kind }) => kind === 'variable')
    .flatMap(({ text: name, offset }) => {
      const here = { ...at, column: offset + 1 };
      if (!Object.hasOwn(types, name))
        return [problem(here, 'UNKNOWN_VARIABLE', `The clause does not declare a variable \`${name}\`.`)];
      return types[name] === 'BOOLEAN'
        ? [problem(here, 'WRONG_TYPE', `\`${name}\` is true or false: it can be asked in a condition, not printed.`)]
        : [];
    });
}

function textProblems(clause: string, locale: string, { heading, paragraphs }: ClauseText, types: Types): TemplateProblem[] {
  const lines = [
    { text: heading, at: { clause, locale, part: 'HEADING', line: 1 } as const, max: limits.headingCharacters },
    ...paragraphs.map((text, index) => ({
      text,
      at: { clause, locale, part: 'PARAGRAPH', line: index + 1 } as const,
      max: limits.paragraphCharacters,
    })),
  ];
  const whole = { clause, locale, part: 'PARAGRAPH' } as const;
  const characters = lines.reduce((sum, { text }) => sum + text.length, 0);
  const placeholders = lines.reduce((sum, { text }) => sum + readBody(text).pieces.filter(isVariable).length, 0);
  return [
    ...(isLocale(locale) ? [] : [problem({ clause, locale, part: 'LOCALES' }, 'BAD_LOCALE', 'This is no known locale.')]),
    ...(paragraphs.length === 0 ? [problem(whole, 'EMPTY_TEXT', 'A clause has at least one paragraph.')] : []),
    ...tooMany(paragraphs.length, limits.paragraphs, 'paragraphs', whole),
    ...tooMany(characters, limits.clauseCharacters, 'characters', whole),
    ...tooMany(placeholders, limits.placeholders, 'variables in its text', whole),
    ...lines.flatMap(({ text, at, max }) => [...lineProblems(text, at, max), ...variableProblems(text, at, types)]),
  ];
}

const isVariable = ({ kind }: { readonly kind: string }): boolean => kind === 'variable';

const tooMany = (count: number, most: number, what: string, at: At): TemplateProblem[] =>
  count > most ? [problem(at, 'TOO_MUCH', `There may be at most ${String(most)} ${what}; these are ${String(count)}.`)] : [];

/** Everything that is wrong with a clause, whatever template it is for. Pure, and bounded by the size of what it is given. */
export function clauseProblems(key: string, content: ClauseContent): TemplateProblem[] {
  const { variables, condition, terms, texts } = content;
  const at = (part: Part) => ({ clause: key, part });
  const locales = Object.keys(texts);
  const counts = [
    ...tooMany(variables.length, limits.variables, 'variables', at('VARIABLES')),
    ...tooMany(terms.length, limits.terms, 'terms', at('TERMS')),
    ...tooMany(locales.length, limits.locales, 'locales', at('LOCALES')),
  ];
  if (counts.length > 0) return counts;
  const types = typesOf(content);
  const names = variables.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const problems = [
    ...(locales.length === 0 ? [problem(at('LOCALES'), 'MISSING_LOCALE', 'A clause has a text in at least one locale.')] : []),
    ...(twice === undefined ? [] : [problem(at('VARIABLES'), 'DECLARED_TWICE', `\`${twice}\` is declared twice.`)]),
    ...readCondition(condition, types).problems.map(({ code, message, offset }) =>
      problem({ ...at('CONDITION'), ...positionIn(condition ?? '', offset) }, code, message),
    ),
    ...locales.flatMap((locale) => textProblems(key, locale, texts[locale]!, types)),
  ];
  return problems.slice(0, limits.problems);
}

export function positionIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
