import type { AgreementClause } from './document.js';

export interface ClauseChange {
  readonly key: string;
  /** Null: it was not there. */
  readonly before: AgreementClause | null;
  /** Null: it is not there any more. */
  readonly after: AgreementClause | null;
}

/** Clause by clause, in the order of the later text. That a clause has another number only is no change. Pure. */
export function clauseChanges(before: readonly AgreementClause[], after: readonly AgreementClause[]): ClauseChange[] {
  const words = (clause: AgreementClause | null) => clause && JSON.stringify([clause.heading, clause.paragraphs]);
  const find = (clauses: readonly AgreementClause[], key: string) => clauses.find((clause) => clause.key === key) ?? null;
  return [...new Set([...after, ...before].map(({ key }) => key))]
    .map((key) => ({ key, before: find(before, key), after: find(after, key) }))
    .filter((change) => words(change.before) !== words(change.after));
}
