import type { Measured } from './report.js';
import { spreadOf } from './report.js';

const WINDOW_MS = 500;

/**
 * Keeps `callers` at work, each with one call under way, until the time is over or `next` has nothing left. What is counted
 * is what was answered inside the time.
 */
export async function underLoad<Item>(
  callers: number,
  durationMs: number,
  next: () => Item | undefined,
  call: (item: Item, caller: number) => Promise<void>,
): Promise<Measured> {
  const started = performance.now();
  const windows: number[] = [];
  let n = 0;
  let last = started;
  const work = async (caller: number): Promise<void> => {
    for (;;) {
      const item = performance.now() - started < durationMs ? next() : undefined;
      if (item === undefined) return;
      await call(item, caller);
      last = performance.now();
      n += 1;
      const window = Math.floor((last - started) / WINDOW_MS);
      windows[window] = (windows[window] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => work(caller)));
  // The last window is not whole.
  return { n, perSecond: (n * 1000) / (last - started), spread: spreadOf(windows.slice(0, -1)) };
}

/** One caller, one call after the other: milliseconds of each. */
export async function oneByOne<Item>(
  durationMs: number,
  next: () => Item | undefined,
  call: (item: Item) => Promise<void>,
): Promise<number[]> {
  const latencies: number[] = [];
  const started = performance.now();
  for (let item = next(); item !== undefined; item = next()) {
    const before = performance.now();
    if (before - started >= durationMs) break;
    await call(item);
    latencies.push(performance.now() - before);
  }
  return latencies;
}
