import { z } from 'zod';
import { canonicalText } from './chain.js';

/** An agreement as data. Only what its text is made of is looked at; the rest is kept as it is. */
const shape = z.looseObject({
  title: z.string(),
  preamble: z.array(z.string()),
  clauses: z.array(z.looseObject({ number: z.string(), heading: z.string(), paragraphs: z.array(z.string()) })),
});

/**
 * The text that a document gives, by the rule under which the platform signs: a paragraph is a line, a blank line stands before every
 * clause. Undefined for what is no document, or not written the one way.
 */
export function textOfDocument(json: string): string | undefined {
  let document: z.output<typeof shape>;
  try {
    document = shape.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
  if (canonicalText(document) !== json) return undefined;
  const clauses = document.clauses.map(({ number, heading, paragraphs }) =>
    [`${number}. ${oneLine(heading)}`, ...paragraphs.map(oneLine)].join('\n'),
  );
  return `${[[document.title, ...document.preamble].map(oneLine).join('\n'), ...clauses].join('\n\n')}\n`;
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
