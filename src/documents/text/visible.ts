/**
 * Characters that a reader cannot see and that could make a text look like another one: controls, and the formatting characters that
 * turn the direction of what follows or smuggle letters (tags). They are shown by number, so that no name can hide what it does.
 * Joiners, variation selectors and marks of direction stay: scripts and emoji need them, and they move nothing but their neighbours.
 */
const HIDDEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** E.g. `[U+202E]`. */
export const byNumber = (character: string): string =>
  Array.from(character, (one) => `[U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`).join('');

export const isHidden = (character: string): boolean => HIDDEN.test(character);

/** Half of a surrogate pair is no character; UTF-8 and the hash over it have U+FFFD in its place. */
export const wellFormed = (text: string): string => text.replace(/[\ud800-\udfff]/gu, '\ufffd');

const RIGHT_TO_LEFT =
  '\\p{Script=Hebrew}\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Thaana}\\p{Script=Nko}\\p{Script=Samaritan}\\p{Script=Mandaic}\\p{Script=Adlam}';
const RUN = new RegExp(`[${RIGHT_TO_LEFT}](?:[${RIGHT_TO_LEFT}\\p{M}\\u200c\\u200d]|[ '’\\-](?=[${RIGHT_TO_LEFT}]))*`, 'gu');

const SPECIAL = new RegExp(`${HIDDEN.source}|${RUN.source}`, 'gu');

export const hasRightToLeft = (text: string): boolean => text.search(RUN) >= 0;

const ISOLATE = /[\u2068\u2069]/g;
const FIRST_STRONG_ISOLATE = '\u2068';

/** Where isolates begin and end (FSI, PDI): templates put one around a value. Each has its other half; one that has none is not here. */
export function isolatesIn(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (const { 0: mark, index } of text.matchAll(ISOLATE)) {
    if (mark === FIRST_STRONG_ISOLATE) open.push(index);
    else {
      const start = open.pop();
      if (start !== undefined) pairs.set(start, index).set(index, start);
    }
  }
  return pairs;
}

export interface Part {
  readonly text: string;
  readonly kind: 'plain' | 'hidden' | 'rightToLeft';
}

/**
 * The text cut into what is shown as it is, what is shown by number, and right-to-left words. The last are isolated when they are shown:
 * else the number after a Hebrew name would be drawn before it, and `"שלום" 15 %` would not say what was agreed. Inside an isolate of the
 * text's own they are not: there the direction is that of the whole value.
 */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  const pairs = isolatesIn(text);
  let end = 0;
  let insideUntil = -1;
  const plainUntil = (index: number) => {
    if (index > end) parts.push({ text: text.slice(end, index), kind: 'plain' });
  };
  for (const match of text.matchAll(SPECIAL)) {
    const { 0: found, index } = match;
    const partner = pairs.get(index);
    if (partner !== undefined) {
      if (index > insideUntil) insideUntil = partner;
      continue;
    }
    const hidden = isHidden(found);
    if (!hidden && index < insideUntil) continue;
    plainUntil(index);
    parts.push({ text: found, kind: hidden ? 'hidden' : 'rightToLeft' });
    end = index + found.length;
  }
  plainUntil(text.length);
  return parts;
}
