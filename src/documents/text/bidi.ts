import { createRequire } from 'node:module';
import type { Bidi } from 'bidi-js';
import { hasRightToLeft, partsOf } from './visible.js';

// The package is CommonJS whose types claim a default export: by `require` it is what it is.
const bidi = (createRequire(import.meta.url)('bidi-js') as () => Bidi)();
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';
const NEUTRAL = '\ufffc';

/**
 * The embedding level of each UTF-16 unit, by the Unicode bidirectional algorithm, with right-to-left words isolated; null where all
 * of it runs from left to right. Characters that are shown by number have no effect.
 */
export function levelsOf(text: string): Uint8Array | null {
  if (!hasRightToLeft(text)) return null;
  let isolated = '';
  const places: number[] = [];
  for (const part of partsOf(text)) {
    if (part.kind === 'rightToLeft') isolated += FIRST_STRONG_ISOLATE;
    for (let index = 0; index < part.text.length; index += 1) places.push(isolated.length + index);
    isolated += part.kind === 'hidden' ? NEUTRAL.repeat(part.text.length) : part.text;
    if (part.kind === 'rightToLeft') isolated += POP_DIRECTIONAL_ISOLATE;
  }
  const { levels } = bidi.getEmbeddingLevels(isolated, 'ltr');
  return Uint8Array.from(places, (place) => levels[place]!);
}

/** A bracket that opens to the right opens to the left in a text that runs to the left. */
export const mirrored = (text: string): string =>
  Array.from(text, (character) => bidi.getMirroredCharacter(character) ?? character).join('');

/** Rule L2: from the highest level down, what stands together at it or above is turned round. */
export function inVisualOrder<Item extends { readonly level: number }>(items: readonly Item[]): Item[] {
  const ordered = [...items];
  const highest = Math.max(0, ...items.map(({ level }) => level));
  for (let level = highest; level > 0; level -= 1) {
    for (let start = 0; start < ordered.length; start += 1) {
      if (ordered[start]!.level < level) continue;
      let end = start;
      while (end < ordered.length && ordered[end]!.level >= level) end += 1;
      ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = end;
    }
  }
  return ordered;
}
