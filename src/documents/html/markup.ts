import { byNumber, partsOf, wellFormed } from '../text/visible.js';

/** Markup that was made here. A string is never markup: `markup` escapes it. */
export class Html {
  constructor(readonly source: string) {}
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Text of people, as text: no markup of theirs, right-to-left words isolated, and what cannot be seen shown by number. */
const shown = (text: string): string =>
  partsOf(wellFormed(text))
    .map((part) => {
      if (part.kind === 'hidden') return `<span class="hidden">${byNumber(part.text)}</span>`;
      return part.kind === 'rightToLeft' ? `<bdi>${escaped(part.text)}</bdi>` : escaped(part.text);
    })
    .join('');

type Value = string | number | Html | readonly Html[];

const inserted = (value: Value): string => {
  if (typeof value === 'string') return shown(value);
  if (typeof value === 'number') return String(value);
  return value instanceof Html ? value.source : value.map(({ source }) => source).join('');
};

/**
 * Markup with values between tags. What goes into an attribute is passed through `attribute` before. Not called `markup`: Prettier would
 * lay such templates out, and the white space in them matters.
 */
export const markup = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.reduce((text, part, index) => text + inserted(values[index - 1] ?? '') + part));

/** For a value in double quotes: there no tag may stand, so nothing is isolated; hidden characters are still shown by number. */
export const attribute = (text: string): Html =>
  new Html(
    partsOf(wellFormed(text))
      .map((part) => (part.kind === 'hidden' ? byNumber(part.text) : escaped(part.text)))
      .join(''),
  );

/** A name, whose direction is its own. */
export const nameOf = (text: string): Html => markup`<bdi>${text}</bdi>`;

/** An instant, for people and for programs. */
export const timeOf = (instant: string, text: string): Html => markup`<time datetime="${attribute(instant)}">${text}</time>`;
