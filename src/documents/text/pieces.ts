import LineBreaker from 'linebreak';
import { levelsOf, mirrored } from './bidi.js';
import type { Face, FaceFinder } from './faces.js';
import { byNumber, isHidden, isolatesIn, wellFormed } from './visible.js';

/** The smallest thing that is set: one font, one direction, no place to break inside. */
export interface Piece {
  readonly face: Face;
  /** What is drawn, in logical order. */
  readonly shown: string;
  /** What it stands for, where that is something else. */
  readonly actual: string | null;
  /** Odd: from right to left. */
  readonly level: number;
  /** In thousandths of the size. */
  readonly width: number;
  /** Of it, the space at its end, which may stand out over the margin. */
  readonly trailing: number;
  /** A line may end after it. */
  readonly breakable: boolean;
}

interface Cluster {
  readonly source: string;
  readonly shown: string;
  readonly face: Face;
  readonly level: number;
  /** Takes no place, and stands alone: a mark of direction, a joiner between letters that must not join. */
  readonly empty: boolean;
}

/** A character with what is combined with it. */
const CLUSTER =
  /\p{RI}\p{RI}|.(?:[\p{M}\p{Emoji_Modifier}\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|[\u200c\u200d](?:\p{Extended_Pictographic})?)*/gsu;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const STARTS_IGNORABLE = /^\p{Default_Ignorable_Code_Point}/u;
const ENDS_WITH_SPACE = /[\t\u0020\u00a0\u2000-\u200a\u3000]+$/;

/** A paragraph without line breaks. Everything in it is in the pieces, in its order: what no font has is there by number. */
export function piecesOf(paragraph: string, faces: FaceFinder): Piece[] {
  const text = wellFormed(paragraph);
  if (PLAIN.test(text)) return plainPieces(text, faces);
  const clusters = clustersOf(text, faces);
  const nextBreak = breaksIn(clusters.map((cluster) => cluster.shown).join(''));
  const pieces: Piece[] = [];
  let group: Cluster[] = [];
  let end = 0;
  clusters.forEach((cluster, index) => {
    group.push(cluster);
    end += cluster.shown.length;
    const next = clusters[index + 1];
    const breakable = nextBreak(end) === end;
    if (next && !breakable && belongTogether(cluster, next)) return;
    pieces.push(pieceOf(group, breakable));
    group = [];
  });
  return pieces;
}

/** One character a UTF-16 unit, nothing to combine, to turn round or to hide: most texts, which go a short way. */
const PLAIN =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03c9\u0401-\u045f\u2010-\u2015\u2018-\u201f\u2026\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*$/;

function plainPieces(text: string, faces: FaceFinder): Piece[] {
  const nextBreak = breaksIn(text);
  const pieces: Piece[] = [];
  for (let start = 0; start < text.length;) {
    const face = faces.faceFor(text[start]!);
    const stop = nextBreak(start + 1);
    let end = start + 1;
    while (end < stop && face !== null && faces.faceFor(text[end]!) === face) end += 1;
    pieces.push(plainPiece(text.slice(start, end), face, faces, end === stop));
    start = end;
  }
  return pieces;
}

/** The same few thousand words and characters make up a text of any length: a piece for each, not for each place. */
function plainPiece(text: string, face: Face | null, faces: FaceFinder, breakable: boolean): Piece {
  const known = faces.pieces[breakable ? 'breakable' : 'firm'];
  let piece = known.get(text);
  if (!piece) {
    piece = pieceOf([face ? { source: text, shown: text, face, level: 0, empty: false } : clusterOf(text, 0, faces)], breakable);
    known.set(text, piece);
  }
  return piece;
}

function clustersOf(text: string, faces: FaceFinder): Cluster[] {
  const clusters: Cluster[] = [];
  const levels = levelsOf(text);
  const isolates = isolatesIn(text);
  for (const match of text.matchAll(CLUSTER)) {
    if (isolates.has(match.index)) {
      clusters.push(...markOf(match[0], levels?.[match.index] ?? 0, faces));
      continue;
    }
    const level = levels?.[match.index] ?? 0;
    if (level % 2 === 0) clusters.push(clusterOf(match[0], level, faces));
    // Between right-to-left letters a joiner is a cluster of its own: then each word has only glyphs that stand for characters.
    else
      for (const part of match[0].split(/(\p{Default_Ignorable_Code_Point})/u))
        if (part) clusters.push(clusterOf(part, level, faces));
  }
  return clusters;
}

/** The begin or end of an isolate takes no place; what is combined with it by mistake does. */
const markOf = (source: string, level: number, faces: FaceFinder): Cluster[] => {
  const [mark = '', ...rest] = Array.from(source);
  const empty = { source: mark, shown: ' ', face: faces.plain, level, empty: true };
  return [empty, ...rest.map((one) => clusterOf(one, level, faces))];
};

function clusterOf(source: string, level: number, faces: FaceFinder): Cluster {
  const { plain } = faces;
  if (isHidden(source)) return { source, shown: byNumber(source), face: plain, level: 0, empty: false };
  if (STARTS_IGNORABLE.test(source)) return { source, shown: ' ', face: plain, level, empty: true };
  const face = faces.faceFor(source);
  if (!face) return { source, shown: byNumber(source), face: plain, level: 0, empty: false };
  // A selector that the font does not know would be drawn as an empty box.
  const shown = source.replace(IGNORABLE, (one) => (face.covers(one.codePointAt(0)!) ? one : ''));
  return { source, shown, face, level, empty: false };
}

const belongTogether = (cluster: Cluster, next: Cluster): boolean =>
  cluster.face === next.face &&
  cluster.level === next.level &&
  cluster.source === cluster.shown &&
  next.source === next.shown &&
  // From right to left every word is drawn alone, since a font turns round no more than that.
  !(cluster.level % 2 === 1 && cluster.shown.endsWith(' '));

function pieceOf(group: readonly Cluster[], breakable: boolean): Piece {
  const { face, level, empty } = group[0]!;
  const source = group.map((cluster) => cluster.source).join('');
  const logical = group.map((cluster) => cluster.shown).join('');
  const shown = level % 2 === 1 ? mirrored(logical) : logical;
  const [space = ''] = empty ? [] : (ENDS_WITH_SPACE.exec(shown) ?? []);
  return {
    face,
    shown,
    actual: shown === source ? null : source,
    level,
    width: empty ? 0 : face.shape(shown).width,
    trailing: space === '' ? 0 : face.shape(space).width,
    breakable,
  };
}

/** Where lines may end, by UAX 14: tells the first such offset at or after one that only grows. */
function breaksIn(text: string): (from: number) => number {
  const breaker = new LineBreaker(text);
  let next = 0;
  return (from) => {
    while (next < from) next = breaker.nextBreak()?.position ?? Infinity;
    return next;
  };
}

/** A piece that is wider than a line, cut where it has to be. */
export function cut({ face, shown, actual, level }: Piece, width: number): Piece[] {
  if (actual !== null) return [];
  const cuts: Piece[] = [];
  let part = '';
  const push = () => {
    if (part !== '')
      cuts.push({ face, shown: part, actual: null, level, width: face.shape(part).width, trailing: 0, breakable: true });
  };
  for (const [cluster] of shown.matchAll(CLUSTER)) {
    if (part !== '' && face.shape(part + cluster).width > width) {
      push();
      part = '';
    }
    part += cluster;
  }
  push();
  return cuts;
}
