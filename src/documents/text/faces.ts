import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font, type Glyph, type GlyphPosition, type GlyphRun } from 'fontkit';
import type { Piece } from './pieces.js';

export type Weight = 'regular' | 'bold';

/** A font of one weight, opened once in a process and used for every document. */
export interface Face {
  /** Unique, and the name under which a document registers it. */
  readonly name: string;
  readonly font: Font;
  covers(codePoint: number): boolean;
  shape(text: string): Shaped;
}

export interface Shaped {
  /** In thousandths of the font's size. */
  readonly width: number;
  /** Each glyph's number with the characters that it stands for. */
  readonly glyphs: readonly (readonly [id: number, characters: string])[];
}

const resolve = createRequire(import.meta.url).resolve;
const google = (packageName: string, folder: string, file: string) => `@expo-google-fonts/${packageName}/${folder}/${file}.ttf`;
const noto = (packageName: string, family: string): Record<Weight, string> => ({
  regular: google(packageName, '400Regular', `${family}_400Regular`),
  bold: google(packageName, '700Bold', `${family}_700Bold`),
});
const oneWeight = (path: string): Record<Weight, string> => ({ regular: path, bold: path });

/** From packages, under the SIL Open Font License; what none of them has is shown by number. */
const files = {
  latin: noto('noto-sans', 'NotoSans'),
  chinese: noto('noto-sans-sc', 'NotoSansSC'),
  arabic: noto('noto-sans-arabic', 'NotoSansArabic'),
  hebrew: noto('noto-sans-hebrew', 'NotoSansHebrew'),
  thai: noto('noto-sans-thai', 'NotoSansThai'),
  devanagari: noto('noto-sans-devanagari', 'NotoSansDevanagari'),
  korean: {
    regular: google('nanum-gothic', '400Regular', 'NanumGothic_400Regular'),
    bold: google('nanum-gothic', '700Bold', 'NanumGothic_700Bold'),
  },
  emoji: noto('noto-emoji', 'NotoEmoji'),
  symbols: oneWeight(google('noto-sans-symbols-2', '400Regular', 'NotoSansSymbols2_400Regular')),
  mathematics: oneWeight(google('noto-sans-math', '400Regular', 'NotoSansMath_400Regular')),
} as const;
type Family = keyof typeof files;

const others: readonly Family[] = ['arabic', 'hebrew', 'thai', 'devanagari', 'korean', 'emoji', 'symbols', 'mathematics'];
/** In a Chinese text quotes and dashes are full-width; in any other one they are not. */
const orderOf = (locale: string): readonly Family[] =>
  /^zh\b/i.test(locale) ? ['chinese', 'latin', ...others] : ['latin', 'chinese', ...others];

/** The scripts that the Chinese font draws one glyph a character, without shaping: most of a Chinese text, so they go a short way. */
const PLAIN_CJK = /^[\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]+$/;

class OpenFace implements Face {
  readonly font: Font;
  readonly #scale: number;
  readonly #covered = new Map<number, boolean>();
  readonly #shaped = new Map<string, Shaped>();

  constructor(
    readonly name: string,
    path: string,
  ) {
    const font = create(readFileSync(resolve(path)));
    if (font.type !== 'TTF') throw new Error(`${path} holds a collection of fonts.`);
    this.font = withShortWay(withMeanings(font));
    this.#scale = 1_000 / this.font.unitsPerEm;
  }

  covers(codePoint: number): boolean {
    let covered = this.#covered.get(codePoint);
    if (covered === undefined) this.#covered.set(codePoint, (covered = this.font.hasGlyphForCodePoint(codePoint)));
    return covered;
  }

  shape(text: string): Shaped {
    let shaped = this.#shaped.get(text);
    if (!shaped) {
      const { glyphs, advanceWidth } = this.font.layout(text);
      shaped = {
        width: advanceWidth * this.#scale,
        glyphs: glyphs.map(({ id, codePoints }) => [id, String.fromCodePoint(...codePoints)]),
      };
      // Words repeat, and so do characters; what people enter over years does not, and must not be kept for ever.
      if (this.#shaped.size >= MAX_SHAPED) this.#shaped.clear();
      this.#shaped.set(text, shaped);
    }
    return shaped;
  }
}
const MAX_SHAPED = 50_000;

/**
 * fontkit keeps a glyph with the characters of its first use in the process: whoever wrote a no-break space first would turn the spaces of
 * everybody's texts into such. Here a glyph stands for what it was asked for.
 */
function withMeanings(font: Font): Font {
  const kept = font.getGlyph.bind(font);
  return Object.assign(font, {
    getGlyph: (id: number, codePoints: number[] = []): Glyph => {
      const glyph = kept(id, codePoints);
      if (codePoints.length === 0 || String(glyph.codePoints) === String(codePoints)) return glyph;
      return Object.create(glyph, { codePoints: { value: codePoints } }) as Glyph;
    },
  });
}

/**
 * Shaping costs fontkit 10 µs a character: two and a half seconds of 200 Chinese pages. Where a character is a glyph and nothing else,
 * the glyph is looked up instead; and a word is shaped once. The positions are new ones each time, since pdfkit scales them in place.
 */
function withShortWay(font: Font): Font {
  const shape = font.layout.bind(font);
  /** Some marks have no anchor in their font, and fontkit fails on them (U+0760 of Noto Sans Arabic): then they stand where they would without. */
  const shapeOrPlain = (text: string): GlyphRun => {
    try {
      return shape(text);
    } catch {
      return shape(text, { mark: false, mkmk: false });
    }
  };
  const glyphs = new Map<number, Glyph>();
  const words = new Map<string, GlyphRun>();
  const glyphOf = (codePoint: number): Glyph => {
    let glyph = glyphs.get(codePoint);
    if (!glyph) glyphs.set(codePoint, (glyph = font.glyphForCodePoint(codePoint)));
    return glyph;
  };
  const wordOf = (text: string): GlyphRun => {
    let word = words.get(text);
    if (!word) {
      if (words.size >= MAX_SHAPED) words.clear();
      words.set(text, (word = shapeOrPlain(text)));
    }
    return word;
  };
  const lookedUp = (text: string): GlyphRun => {
    const run = { glyphs: [] as Glyph[], positions: [] as GlyphPosition[], advanceWidth: 0 };
    for (let index = 0; index < text.length; index += 1) {
      const glyph = glyphOf(text.charCodeAt(index));
      run.glyphs.push(glyph);
      run.positions.push({ xAdvance: glyph.advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 });
      run.advanceWidth += glyph.advanceWidth;
    }
    return run as GlyphRun;
  };
  return Object.assign(font, {
    layout: (text: string, ...rest: Parameters<typeof shape> extends [string, ...infer R] ? R : never): GlyphRun => {
      if (rest[0] !== undefined) return shape(text, ...rest);
      if (PLAIN_CJK.test(text)) return lookedUp(text);
      const word = wordOf(text);
      const { advanceWidth } = word;
      return { glyphs: word.glyphs, positions: word.positions.map((position) => ({ ...position })), advanceWidth } as GlyphRun;
    },
  });
}

const opened = new Map<string, Face>();
const openFace = (family: Family, weight: Weight): Face => {
  const path = files[family][weight];
  let face = opened.get(path);
  if (!face) opened.set(path, (face = new OpenFace(`${family}-${weight}`, path)));
  return face;
};

/** Joiners and selectors have no glyph of their own, and take the font of what they join. */
const INVISIBLE = /^\p{Default_Ignorable_Code_Point}$/u;

/** Finds the font for a character and what is combined with it; ten megabytes of Chinese are read only when something needs them. */
export class FaceFinder {
  readonly #families: readonly Family[];
  readonly #found = new Map<string, Face | null>();
  /** What was set with these fonts before, for one document. */
  readonly pieces = { breakable: new Map<string, Piece>(), firm: new Map<string, Piece>() };

  constructor(
    locale: string,
    readonly weight: Weight,
  ) {
    this.#families = orderOf(locale);
  }

  /** For what is shown by number, and for spaces beside it. */
  get plain(): Face {
    return openFace('latin', this.weight);
  }

  /** Null: no font has it. */
  faceFor(cluster: string): Face | null {
    let face = this.#found.get(cluster);
    if (face === undefined) this.#found.set(cluster, (face = this.#find(cluster)));
    return face;
  }

  #find(cluster: string): Face | null {
    const codePoints = Array.from(cluster)
      .filter((one) => !INVISIBLE.test(one))
      .map((one) => one.codePointAt(0)!);
    for (const family of this.#families) {
      if (family === 'chinese' && codePoints.every((one) => one < MIN_CHINESE)) continue;
      const face = openFace(family, this.weight);
      if (codePoints.every((one) => face.covers(one))) return face;
    }
    return null;
  }
}
/** Nothing below is in the Chinese font alone; not asking it saves opening it. But in Chinese text it has the quotes, U+2014 and on. */
const MIN_CHINESE = 0x2010;
