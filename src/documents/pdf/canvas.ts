import PDFDocument from 'pdfkit';
import { inVisualOrder, mirrored } from '../text/bidi.js';
import { FaceFinder, type Face, type Weight } from '../text/faces.js';
import { linesOf, type Line } from '../text/lines.js';
import type { Piece } from '../text/pieces.js';

export interface TextStyle {
  /** In points. */
  readonly size: number;
  /** From baseline to baseline, in points. */
  readonly leading: number;
  readonly weight: Weight;
  readonly color: string;
}

/** Whose content something is: an element of the structure, and the role that the content is marked with. */
export interface Tagged {
  readonly element: PDFKit.PDFStructureElement;
  readonly role: string;
}

interface Placed {
  readonly piece: Piece;
  readonly x: number;
}

export interface CanvasOptions {
  readonly locale: string;
  readonly title: string;
  readonly subject: string;
  /** Of the document, not of this file: the same input gives the same bytes. */
  readonly createdAt: Date;
}

/** A4, in points. */
export const PAGE = { width: 595.28, height: 841.89 } as const;

/** A tagged PDF under construction: sets lines of shaped text at places; knows nothing of what they mean. */
export class Canvas {
  readonly pdf: PDFKit.PDFDocument;
  readonly #finders: Readonly<Record<Weight, FaceFinder>>;
  readonly #registered = new Set<Face>();
  #opened: PDFKit.PDFStructureElement | undefined;
  /** By font and glyph, the characters that a reader will take the glyph for: those for which it was used first. */
  readonly #meanings = new Map<Face, Map<number, string>>();
  readonly #faithful = new Map<Face, Map<string, boolean>>();

  constructor({ locale, title, subject, createdAt }: CanvasOptions) {
    this.#finders = { regular: new FaceFinder(locale, 'regular'), bold: new FaceFinder(locale, 'bold') };
    this.pdf = new PDFDocument({
      size: [PAGE.width, PAGE.height],
      margin: 0,
      pdfVersion: '1.7',
      tagged: true,
      lang: locale,
      displayTitle: true,
      bufferPages: true,
      autoFirstPage: false,
      // Its cache would keep every line of a long text: half of the time went into moving that about. Ours keeps words (faces.ts).
      fontLayoutCache: false,
      // None: the built-in ones are not embedded.
      font: '',
      info: { Title: title, Subject: subject, Creator: 'Guildhall', Producer: 'Guildhall, pdfkit', CreationDate: createdAt },
    });
  }

  lines(text: string, style: TextStyle, width: number): Line[] {
    return linesOf(text, this.#finders[style.weight], (width / style.size) * 1_000);
  }

  widthOf(line: Line, { size }: TextStyle): number {
    const width = line.reduce((sum, piece) => sum + piece.width, 0) - (line.at(-1)?.trailing ?? 0);
    return (width * size) / 1_000;
  }

  /**
   * Draws a line; `baseline` from the top of the page. It is read as content of `tagged`, until that is closed, or by nobody: then the
   * caller has marked it as an artifact.
   */
  draw(line: Line, style: TextStyle, x: number, baseline: number, tagged?: Tagged): void {
    this.pdf.fillColor(style.color);
    for (const run of runsOf(this.#placed(line, style, x))) {
      const [{ piece }] = run;
      const said = run.map((placed) => placed.piece.actual ?? placed.piece.shown).join('');
      const turned = piece.level > 0;
      if (!tagged || (piece.actual === null && !turned)) {
        if (tagged) this.#open(tagged);
        for (const placed of run) this.#drawPiece(placed, style, baseline);
        continue;
      }
      this.closeContent();
      // What is read is said by the structure, for screen readers. In the content only where it is not what is seen: right-to-left
      // words stand there as they are seen, and programs that extract text turn them round by themselves.
      const span = this.pdf.struct('Span', { actual: turned ? logical(run) : said });
      tagged.element.add(span);
      span.add(this.pdf.markStructureContent('Span', turned ? {} : { actual: said }));
      for (const placed of run) this.#drawPiece(placed, style, baseline);
      this.pdf.endMarkedContent();
      span.end();
    }
  }

  /** At the end of an element, and of a page. */
  closeContent(): void {
    if (this.#opened) this.pdf.endMarkedContent();
    this.#opened = undefined;
  }

  #open(tagged: Tagged): void {
    if (this.#opened === tagged.element) return;
    this.closeContent();
    tagged.element.add(this.pdf.markStructureContent(tagged.role));
    this.#opened = tagged.element;
  }

  /** In logical order, which is the order of reading, each where it is seen. */
  #placed(line: Line, { size }: TextStyle, x: number): Placed[] {
    let at = x;
    const place = (piece: Piece): Placed => {
      const placed = { piece: this.#isFaithful(piece) ? piece : { ...piece, actual: piece.shown }, x: at };
      at += (piece.width * size) / 1_000;
      return placed;
    };
    if (line.every(({ level }) => level === 0)) return line.map(place);
    const placed: Placed[] = [];
    for (const { piece, index } of inVisualOrder(line.map((each, number) => ({ level: each.level, piece: each, index: number }))))
      placed[index] = place(piece);
    return placed;
  }

  /** The finished file. */
  async bytes(): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    this.pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    const ended = new Promise<void>((resolve, reject) => {
      this.pdf.once('end', resolve);
      this.pdf.once('error', reject);
    });
    this.pdf.end();
    await ended;
    return Buffer.concat(chunks);
  }

  #drawPiece({ piece: { face, shown, width }, x }: Placed, { size }: TextStyle, baseline: number): void {
    if (!this.#registered.has(face)) {
      this.pdf.registerFont(face.name, face.font);
      this.#registered.add(face);
    }
    const options = { lineBreak: false, baseline: 'alphabetic', textWidth: (width * size) / 1_000, wordCount: 1 } as const;
    this.pdf.font(face.name).fontSize(size).text(shown, x, baseline, options);
  }

  /**
   * Whether a reader gets the characters back from the glyphs. A font may draw two characters by one glyph (a no-break space, a
   * compatibility ideograph); a file says of each glyph only once what it stands for.
   */
  #isFaithful({ face, shown, actual }: Piece): boolean {
    let known = this.#faithful.get(face);
    if (!known) this.#faithful.set(face, (known = new Map<string, boolean>()));
    let faithful = known.get(shown);
    if (faithful === undefined) known.set(shown, (faithful = this.#meansWhatItShows(face, shown)));
    return actual !== null || faithful;
  }

  #meansWhatItShows(face: Face, shown: string): boolean {
    let meanings = this.#meanings.get(face);
    if (!meanings) this.#meanings.set(face, (meanings = new Map<number, string>()));
    let said = '';
    for (const [id, characters] of face.shape(shown).glyphs) {
      const meaning = meanings.get(id) ?? characters;
      meanings.set(id, meaning);
      said += meaning;
    }
    // Shaping may also drop a character, or draw a vowel before the consonant that it is said after.
    return said === shown;
  }
}

/** What a right-to-left run says: its brackets are turned round for drawing only. */
const logical = (run: readonly Placed[]): string =>
  run.map(({ piece }) => piece.actual ?? (piece.level % 2 === 1 ? mirrored(piece.shown) : piece.shown)).join('');

const kindOf = ({ level, actual }: Piece): 'turned' | 'replaced' | 'plain' =>
  level > 0 ? 'turned' : actual === null ? 'plain' : 'replaced';

/** Neighbours of one kind, to be marked together; plain ones in one font are drawn at once. */
function runsOf(line: readonly Placed[]): [Placed, ...Placed[]][] {
  const runs: [Placed, ...Placed[]][] = [];
  for (let start = 0; start < line.length;) {
    const first = line[start]!;
    const kind = kindOf(first.piece);
    let end = start + 1;
    while (
      end < line.length &&
      kindOf(line[end]!.piece) === kind &&
      (kind !== 'plain' || line[end]!.piece.face === first.piece.face)
    )
      end += 1;
    const run = line.slice(start, end);
    if (kind === 'plain') {
      const shown = run.map(({ piece }) => piece.shown).join('');
      const width = run.reduce((sum, { piece }) => sum + piece.width, 0);
      runs.push([{ piece: { ...first.piece, shown, width }, x: first.x }]);
    } else runs.push([first, ...run.slice(1)]);
    start = end;
  }
  return runs;
}
