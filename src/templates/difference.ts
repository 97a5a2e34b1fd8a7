interface Versions<Clause> {
  readonly texts: readonly { readonly locale: string; readonly title: string; readonly preamble: readonly string[] }[];
  readonly clauses: readonly Clause[];
}

/** In what two versions differ: titles by language, clauses by key. Pure. */
export function differenceOf<Clause extends { readonly id: string; readonly key: string }>(
  before: Versions<Clause>,
  after: Versions<Clause>,
) {
  const locales = [...new Set([...before.texts, ...after.texts].map(({ locale }) => locale))];
  const text = ({ texts }: Versions<Clause>, locale: string) => texts.find((each) => each.locale === locale) ?? null;
  const clause = ({ clauses }: Versions<Clause>, key: string) => clauses.find((each) => each.key === key) ?? null;
  const keys = [...new Set([...after.clauses, ...before.clauses].map(({ key }) => key))];
  const moved = movedKeys(
    before.clauses.map(({ key }) => key),
    after.clauses.map(({ key }) => key),
  );
  return {
    texts: locales
      .map((locale) => ({ locale, before: text(before, locale), after: text(after, locale) }))
      .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after)),
    clauses: keys
      .map((key) => ({ key, before: clause(before, key), after: clause(after, key), moved: moved.has(key) }))
      .filter((change) => change.moved || change.before?.id !== change.after?.id),
  };
}

/** Of the keys that both have, those that stand at another place among them. */
function movedKeys(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const kept = after.filter((key) => before.includes(key));
  const from = before.filter((key) => after.includes(key));
  return new Set(kept.filter((key, index) => from[index] !== key));
}
