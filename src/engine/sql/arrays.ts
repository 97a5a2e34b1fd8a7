/**
 * Arrays as text parameters. The driver's own encoding quotes and escapes every element, which for a batch of snapshots was a tenth
 * of a transition's time here, and its reading there another.
 */

/** Of what needs no quotes: uuids, numbers, booleans. */
export function plainArray(values: readonly (string | number | boolean | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    text += i === 0 ? '' : ',';
    text += value === null ? 'NULL' : String(value);
  }
  return `${text}}`;
}

const BARE = /^[A-Za-z0-9_.:-]+$/;

/** Of any text. */
export function textArray(values: readonly (string | null)[]): string {
  return plainArray(values.map((value) => (value === null ? null : isBare(value) ? value : quoted(value))));
}

const isBare = (value: string): boolean => BARE.test(value) && value.toLowerCase() !== 'null';
const quoted = (value: string): string => `"${value.replace(/["\\]/g, String.raw`\$&`)}"`;

/**
 * Of JSON texts, to be split by `string_to_array($n, E'\n')`: JSON writes a line feed inside a string as `\n`, so that it can stand
 * between two of them as it is.
 */
export const jsonLines = (texts: readonly string[]): string => texts.join('\n');
