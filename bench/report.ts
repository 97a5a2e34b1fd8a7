/** One measurement: what was counted, how long it took, and how even it was. */
export interface Measured {
  readonly n: number;
  readonly perSecond: number;
  /** (highest − lowest) / mean of the seconds inside the run. */
  readonly spread: number;
}

export interface Result {
  readonly bench: string;
  readonly name: string;
  readonly value: number;
  readonly unit: '1/s' | 'ms';
  /** Name of the reference that `ratio` is relative to; null for a reference itself. */
  readonly of: string | null;
  readonly ratio: number | null;
  readonly n: number;
  readonly spread: number;
}

const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

/** People read stderr; programs read stdout, one JSON object a line. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

export function report(result: Result): void {
  const rounded = {
    ...result,
    value: round(result.value, result.unit === 'ms' ? 3 : 0),
    ratio: result.ratio === null ? null : round(result.ratio, 2),
    spread: round(result.spread, 2),
  };
  process.stdout.write(`${JSON.stringify(rounded)}\n`);
  const value = `${String(rounded.value).padStart(8)} ${rounded.unit.padEnd(3)}`;
  const ratio = rounded.ratio === null ? '' : `  ${rounded.ratio.toFixed(2)} × ${rounded.of ?? ''}`;
  say(`  ${rounded.name.padEnd(28)}${value}  n ${String(rounded.n).padStart(6)}  spread ${rounded.spread.toFixed(2)}${ratio}`);
}

export function spreadOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / mean;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Half the range between the 10th and the 90th percentile, relative to the median. */
export function latencySpread(values: readonly number[]): number {
  return (percentile(values, 0.9) - percentile(values, 0.1)) / 2 / percentile(values, 0.5);
}
