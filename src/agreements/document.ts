/** An agreement as data: what its text, its page and its PDF are all made of, so that they cannot say different things. */
export interface AgreementDocument {
  /** BCP 47, e.g. `en` or `zh-CN`. */
  readonly locale: string;
  readonly title: string;
  /** Printed under the title, e.g. reference, version and date; each a line. */
  readonly preamble: readonly string[];
  readonly clauses: readonly AgreementClause[];
}

export interface AgreementClause {
  /** The clause's name in the library, the same in every locale and version: differences and comments refer to it. */
  readonly key: string;
  /** As printed, e.g. `3`. */
  readonly number: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** Names of the terms that it states, so that a violation can say which clause it concerns. */
  readonly terms: readonly string[];
}

/**
 * The one plain text of a document: what `Agreement.text` shows and a signature's SHA-256 is over. A paragraph is a line; a blank line
 * stands before every clause.
 */
export function textOf(document: AgreementDocument): string {
  const clauses = document.clauses.map(({ number, heading, paragraphs }) =>
    [`${number}. ${oneLine(heading)}`, ...paragraphs.map(oneLine)].join('\n'),
  );
  return `${[[document.title, ...document.preamble].map(oneLine).join('\n'), ...clauses].join('\n\n')}\n`;
}

/** A line break inside a value could make a line that no clause wrote. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
