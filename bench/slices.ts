import { idOf } from './stage.js';

/** Instances that one measurement has for itself, so that none finds pages that another has warmed or dirtied. */
export interface Slice {
  readonly first: number;
  readonly count: number;
}

export class Slices {
  private taken = 0;

  constructor(readonly total: number) {}

  take(count: number): Slice {
    const slice = { first: this.taken, count };
    this.taken += count;
    if (this.taken > this.total) throw new Error('The bench has prepared too few instances.');
    return slice;
  }
}

/** The slice's instances in random order, each once. */
export function shuffled({ first, count }: Slice): () => string | undefined {
  const order = Array.from({ length: count }, (_, index) => first + index);
  for (let index = order.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return () => {
    const n = order.pop();
    return n === undefined ? undefined : idOf(n);
  };
}
