import type { FaceFinder } from './faces.js';
import { cut, piecesOf, type Piece } from './pieces.js';

/** Pieces in logical order; their widths are in thousandths of the size. */
export type Line = readonly Piece[];

/** Breaks a paragraph into lines of a width in thousandths of the size: as much as fits into each, one after the other. */
export function linesOf(paragraph: string, faces: FaceFinder, width: number): Line[] {
  const lines: Line[] = [];
  let line: Piece[] = [];
  let lineWidth = 0;
  const add = (pieces: readonly Piece[]) => {
    const last = pieces.at(-1);
    const wordWidth = pieces.reduce((sum, piece) => sum + piece.width, 0);
    if (line.length > 0 && lineWidth + wordWidth - (last?.trailing ?? 0) > width) {
      lines.push(line);
      line = [];
      lineWidth = 0;
    }
    line.push(...pieces);
    lineWidth += wordWidth;
  };
  let word: Piece[] = [];
  for (const piece of piecesOf(paragraph, faces)) {
    word.push(piece);
    if (!piece.breakable) continue;
    for (const part of fitting(word, width)) add(part);
    word = [];
  }
  for (const part of fitting(word, width)) add(part);
  if (line.length > 0) lines.push(line);
  return lines;
}

/** A word as it is, or, when it is wider than a line, in parts that are not. */
function fitting(word: readonly Piece[], width: number): (readonly Piece[])[] {
  const wordWidth = word.reduce((sum, piece) => sum + piece.width, 0);
  if (word.length === 0 || wordWidth - (word.at(-1)?.trailing ?? 0) <= width) return word.length === 0 ? [] : [word];
  return word.flatMap((piece) => {
    const parts = piece.width > width ? cut(piece, width) : [];
    return parts.length > 0 ? parts.map((part) => [part]) : [[piece]];
  });
}
