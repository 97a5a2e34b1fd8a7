/**
 * What a clause and a template may be at most. Filling takes time in proportion to them: a body is gone through once, a condition has no
 * loop, and a value is at most as long as `valueCharacters`.
 */
export const limits = {
  headingCharacters: 200,
  paragraphCharacters: 5_000,
  paragraphs: 60,
  /** Of one clause in one locale. */
  clauseCharacters: 40_000,
  /** Placeholders in one clause in one locale. */
  placeholders: 200,
  conditionCharacters: 500,
  /** Declared by one clause. */
  variables: 40,
  terms: 20,
  locales: 10,
  preambleLines: 10,
  /** Of one template. */
  clauses: 150,
  valueCharacters: 1_000,
  /** Of a filled text: some 400 pages. */
  filledCharacters: 1_500_000,
  /** Gone through in all, when a template is tried with generated values; what may be absent comes first. */
  triedCharacters: 20_000_000,
  /** Told at once; who has made more mistakes hears of the rest when these are mended. */
  problems: 50,
} as const;
