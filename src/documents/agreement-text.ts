import type { AgreementDocument } from '../agreements/document.js';

/**
 * A document of a text that was drawn up before texts were data: a title, lines under it, and a clause for each paragraph that begins
 * with a number; a line that is indented goes on with the one before. Every word of the text is in it, in its order.
 */
export function documentOfText(text: string, locale: string): AgreementDocument {
  const [head = '', ...blocks] = text.trim().split(/\n[ \t]*\n/);
  const [title = '', ...preamble] = joined(head);
  const clauses: { key: string; number: string; heading: string; paragraphs: string[]; terms: string[] }[] = [];
  for (const line of blocks.flatMap(joined)) {
    const [, number = '', paragraph = line] = /^(\d{1,3})\. (.*)$/su.exec(line) ?? [];
    const last = clauses.at(-1);
    if (number === '' && last && last.number !== '') last.paragraphs.push(paragraph);
    else clauses.push({ key: `paragraph-${clauses.length + 1}`, number, heading: '', paragraphs: [paragraph], terms: [] });
  }
  return { locale, title, preamble, clauses };
}

/** Lines, with those that only go on joined to the one before. */
function joined(block: string): string[] {
  const lines: string[] = [];
  for (const line of block.split('\n')) {
    const last = lines.at(-1);
    if (/^\s/.test(line) && last !== undefined) lines[lines.length - 1] = `${last} ${line.trim()}`;
    else if (line !== '') lines.push(line);
  }
  return lines;
}
