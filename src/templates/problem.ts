/** Which part of a clause or template a problem is in. */
export const PARTS = [
  'TITLE',
  'PREAMBLE',
  'HEADING',
  'PARAGRAPH',
  'CONDITION',
  'VARIABLES',
  'TERMS',
  'CLAUSES',
  'LOCALES',
] as const;
export type Part = (typeof PARTS)[number];

export interface TextPlace {
  /** Key of the clause; null: the template itself. */
  readonly clause: string | null;
  /** Null: in every locale. */
  readonly locale: string | null;
  readonly part: Part;
  /** From 1: of a paragraph or a line of the preamble its number; of a condition the line in it. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** What is wrong with a clause or a template, and where. */
export interface TemplateProblem extends TextPlace {
  /** Stable, UPPER_SNAKE. */
  readonly code: string;
  readonly message: string;
}

export const problem = (place: Partial<TextPlace> & { readonly part: Part }, code: string, message: string): TemplateProblem => ({
  clause: null,
  locale: null,
  line: 1,
  column: 1,
  ...place,
  code,
  message,
});
