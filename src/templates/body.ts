/** A piece of a body: words as they stand, or the name of a variable. */
export interface Piece {
  readonly kind: 'words' | 'variable';
  readonly text: string;
  /** UTF-16 units before it. */
  readonly offset: number;
}

export interface BodyProblem {
  readonly offset: number;
  readonly message: string;
}

const PLACEHOLDER = /(?<!\{)\{\{ ?([a-zA-Z][a-zA-Z0-9]{0,39}) ?\}\}(?!\})/g;
const BRACES = /\{\{|\}\}/;

/**
 * The whole syntax of templates: `{{variable}}`, gone through once from left to right. Two braces that are not such are a mistake of
 * who writes the template. What is put in for a variable is never looked at again.
 */
export function readBody(body: string): { readonly pieces: readonly Piece[]; readonly problems: readonly BodyProblem[] } {
  const pieces: Piece[] = [];
  const problems: BodyProblem[] = [];
  const words = (from: number, to: number): void => {
    if (from === to) return;
    const text = body.slice(from, to);
    const stray = BRACES.exec(text);
    if (stray)
      problems.push({
        offset: from + stray.index,
        message: 'Two braces stand for a variable: write `{{name}}`, and nothing else in it',
      });
    pieces.push({ kind: 'words', text, offset: from });
  };
  let end = 0;
  for (const match of body.matchAll(PLACEHOLDER)) {
    words(end, match.index);
    pieces.push({ kind: 'variable', text: match[1]!, offset: match.index });
    end = match.index + match[0].length;
  }
  words(end, body.length);
  return { pieces, problems };
}
