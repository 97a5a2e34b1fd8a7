import DataLoader from 'dataloader';
import type { PageRequest } from './connection.js';

interface PageKey<Filter> {
  readonly id: string;
  readonly page: PageRequest;
  readonly filter: Filter;
}

/**
 * Pages of a connection below a list: all parents that ask for the same page are read by one statement (a lateral join with a
 * limit), so that the number of statements does not grow with the list.
 */
export const pageLoader = <Row, Filter>(
  read: (ids: readonly string[], page: PageRequest, filter: Filter) => Promise<ReadonlyMap<string, readonly Row[]>>,
) =>
  new DataLoader<PageKey<Filter>, readonly Row[], string>(
    async (keys) => {
      const groups = new Map<string, PageKey<Filter>[]>();
      const nameOf = ({ page, filter }: PageKey<Filter>) => JSON.stringify([page, filter]);
      for (const key of keys) groups.set(nameOf(key), [...(groups.get(nameOf(key)) ?? []), key]);
      const pages = await Promise.all(
        [...groups].map(async ([name, [first, ...rest]]) => {
          const ids = [first!, ...rest].map(({ id }) => id);
          return [name, await read(ids, first!.page, first!.filter)] as const;
        }),
      );
      const found = new Map(pages);
      return keys.map((key) => found.get(nameOf(key))?.get(key.id) ?? []);
    },
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );

/** Rows of several parents, put apart. */
export const byParent = <Row>(rows: readonly Row[], parentOf: (row: Row) => string): ReadonlyMap<string, readonly Row[]> => {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const known = found.get(parentOf(row));
    if (known) known.push(row);
    else found.set(parentOf(row), [row]);
  }
  return found;
};
