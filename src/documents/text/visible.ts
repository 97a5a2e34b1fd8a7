/**
 * Characters that a reader cannot see and that could make a text look like another one: controls, and the formatting characters that
 * turn the direction of what follows or smuggle letters (tags). They are shown by number, so that no name can hide what it does.
 * Joiners, variation selectors and marks of direction stay: scripts and emoji need them, and they move nothing but their neighbours.
 */
const HIDDEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
export const HIDDEN_ANYWHERE = new RegExp(HIDDEN, 'gu');

/** E.g. `[U+202E]`. */
export const byNumber = (character: string): string =>
  Array.from(character, (one) => `[U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`).join('');

export const isHidden = (character: string): boolean => HIDDEN.test(character);

/** Half of a surrogate pair is no character; UTF-8 and the hash over it have U+FFFD in its place. */
export const wellFormed = (text: string): string => text.replace(/[\ud800-\udfff]/gu, '\ufffd');

/** The text cut into what is shown as it is and what is shown by number. */
export function splitHidden(text: string): { readonly text: string; readonly hidden: boolean }[] {
  const parts: { text: string; hidden: boolean }[] = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN_ANYWHERE)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), hidden: false });
    parts.push({ text: match[0], hidden: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), hidden: false });
  return parts;
}

const RIGHT_TO_LEFT =
  '\\p{Script=Hebrew}\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Thaana}\\p{Script=Nko}\\p{Script=Samaritan}\\p{Script=Mandaic}\\p{Script=Adlam}';
const RUN = new RegExp(`[${RIGHT_TO_LEFT}](?:[${RIGHT_TO_LEFT}\\p{M}\\u200c\\u200d]|[ '’\\-](?=[${RIGHT_TO_LEFT}]))*`, 'gu');

export const hasRightToLeft = (text: string): boolean => text.search(RUN) >= 0;

/**
 * The text cut at its right-to-left words. Each such run is isolated when it is shown: else the number after a Hebrew name would be drawn
 * before it, and `1. שלום 15 %` would not say what was agreed.
 */
export function splitRightToLeft(text: string): { readonly text: string; readonly rightToLeft: boolean }[] {
  const parts: { text: string; rightToLeft: boolean }[] = [];
  let end = 0;
  for (const match of text.matchAll(RUN)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), rightToLeft: false });
    parts.push({ text: match[0], rightToLeft: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), rightToLeft: false });
  return parts;
}
