import { inflateSync } from 'node:zlib';

/**
 * Reads a PDF of ours as a screen reader does: by its structure, in its order, with what its elements and glyphs say that they stand for.
 * It shares no code with what writes them, and needs no program outside.
 */
export interface ReadPdf {
  readonly pages: number;
  /** Of the catalog. */
  readonly language: string;
  readonly title: string;
  readonly bookmarks: readonly string[];
  readonly elements: readonly ReadElement[];
  /** Everything that is not an artifact, with a line break after each block. */
  readonly text: string;
  readonly attachments: readonly { readonly name: string; readonly relationship: string; readonly bytes: Buffer }[];
  /** What the glyphs of each marked piece of content mean, whatever the structure says that they stand for. */
  readonly drawn: readonly string[];
  /** Content that belongs neither to the structure nor to an artifact; has to be none. */
  readonly untagged: number;
}

export interface ReadElement {
  readonly role: string;
  readonly text: string;
  readonly children: readonly ReadElement[];
  readonly scope: string | undefined;
}

export function readPdf(bytes: Buffer): ReadPdf {
  const file = new ObjectFile(bytes);
  const catalog = file.dictionary(file.reference(file.trailer, 'Root'));
  const pages = file.references(file.dictionary(file.reference(catalog, 'Pages')), 'Kids');
  const contents = new Map(pages.map((page) => [page, contentOf(file, page)]));
  const root = file.dictionary(file.reference(catalog, 'StructTreeRoot'));
  const elements = file.references(root, 'K').map((id) => elementOf(file, id, contents));
  const info = file.dictionary(file.reference(file.trailer, 'Info'));
  return {
    pages: pages.length,
    language: stringIn(catalog, 'Lang') ?? '',
    title: literal(file.raw(file.reference(info, 'Title'))),
    bookmarks: [...file.all()]
      .filter((text) => /\/Parent \d+ 0 R/.test(text) && text.includes('/Dest '))
      .map((text) => stringIn(text, 'Title') ?? ''),
    elements,
    text: elements.map(textWithBreaks).join('').replace(/\n+/g, '\n'),
    attachments: catalog.includes('/AF ')
      ? file.references(catalog, 'AF').map((id) => attachmentOf(file, file.dictionary(id)))
      : [],
    drawn: [...contents.values()].flatMap(({ byMcid }) => [...byMcid.values()]),
    untagged: [...contents.values()].reduce((sum, { untagged }) => sum + untagged, 0),
  };
}

const BLOCKS = new Set(['H1', 'H2', 'P', 'Lbl', 'LBody', 'TH', 'TD']);
const textWithBreaks = (element: ReadElement): string =>
  BLOCKS.has(element.role) ? `${element.text}\n` : element.children.map(textWithBreaks).join('');

class ObjectFile {
  readonly #bytes: Buffer;
  readonly #objects = new Map<number, { readonly text: string; readonly start: number }>();
  readonly trailer: string;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const latin = bytes.toString('latin1');
    // A later object of the same number takes the place of an earlier one, as an incremental update has it.
    for (const match of latin.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)) {
      const start = match.index + match[0].length;
      const stream = latin.indexOf('stream\n', start);
      const end = latin.indexOf('\nendobj', start);
      this.#objects.set(Number(match[1]), { text: latin.slice(start, stream >= 0 && stream < end ? stream : end), start });
    }
    this.trailer = latin.slice(latin.lastIndexOf('trailer'));
  }

  raw(id: number): string {
    const found = this.#objects.get(id);
    if (!found) throw new Error(`There is no object ${String(id)}.`);
    return found.text;
  }
  dictionary(id: number): string {
    return this.raw(id);
  }
  *all(): Iterable<string> {
    for (const { text } of this.#objects.values()) yield text;
  }
  reference(text: string, name: string): number {
    const found = new RegExp(`/${name} (\\d+) 0 R`).exec(text);
    if (!found) throw new Error(`There is no /${name}.`);
    return Number(found[1]);
  }
  references(text: string, name: string): number[] {
    const list = new RegExp(`/${name} \\[([^\\]]*)\\]`).exec(text)?.[1] ?? '';
    return [...list.matchAll(/(\d+) 0 R/g)].map((match) => Number(match[1]));
  }
  stream(id: number): Buffer {
    const { text, start } = this.#objects.get(id)!;
    const length = Number(/\/Length (\d+)/.exec(text)?.[1]);
    const from = start + text.length + 'stream\n'.length;
    const data = this.#bytes.subarray(from, from + length);
    return text.includes('/Filter /FlateDecode') ? inflateSync(data) : data;
  }
}

interface PageContent {
  readonly byMcid: ReadonlyMap<number, string>;
  readonly untagged: number;
}

/** What each marked piece of a page's content says by its glyphs, and how many glyphs are in none. */
function contentOf(file: ObjectFile, page: number): PageContent {
  const dictionary = file.dictionary(page);
  const resources = file.dictionary(file.reference(dictionary, 'Resources'));
  const fonts = new Map<string, ReadonlyMap<number, string>>();
  for (const [, name = '', id = ''] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) fonts.set(name, unicodeOf(file, Number(id)));
  const byMcid = new Map<number, string>();
  const stack: (number | 'artifact' | 'span')[] = [];
  let font: ReadonlyMap<number, string> = new Map();
  let untagged = 0;
  const tokens = /\/(\w+) (?:BMC|<<([\s\S]*?)>>\s*BDC)|\bEMC\b|\/(F\d+) [\d.]+ Tf|\[((?:\s*<[0-9a-f]*>\s*-?[\d.]*)*)\s*\] TJ/g;
  for (const [token, tag, properties = '', fontName, shown] of file
    .stream(file.reference(dictionary, 'Contents'))
    .toString('latin1')
    .matchAll(tokens)) {
    if (tag !== undefined) {
      const mcid = /\/MCID (\d+)/.exec(properties)?.[1];
      stack.push(mcid !== undefined ? Number(mcid) : tag === 'Artifact' ? 'artifact' : 'span');
    } else if (token === 'EMC') stack.pop();
    else if (fontName !== undefined) font = fonts.get(fontName) ?? new Map();
    else if (shown !== undefined) {
      const text = [...shown.matchAll(/<([0-9a-f]*)>/g)]
        .flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
        .map((glyph) => font.get(parseInt(glyph, 16)) ?? '\ufffd')
        .join('');
      const mcid = stack.findLast((entry) => typeof entry === 'number');
      if (mcid !== undefined) byMcid.set(mcid, (byMcid.get(mcid) ?? '') + text);
      else if (!stack.includes('artifact')) untagged += text.length;
    }
  }
  return { byMcid, untagged };
}

function unicodeOf(file: ObjectFile, font: number): ReadonlyMap<number, string> {
  const map = file.stream(file.reference(file.dictionary(font), 'ToUnicode')).toString('latin1');
  const meanings = new Map<number, string>();
  for (const [, from = '', list = ''] of map.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/g))
    [...list.matchAll(/<([0-9a-f ]*)>/g)].forEach(([, hex = ''], index) => {
      meanings.set(parseInt(from, 16) + index, utf16(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
    });
  return meanings;
}

function elementOf(file: ObjectFile, id: number, contents: ReadonlyMap<number, PageContent>): ReadElement {
  const dictionary = file.dictionary(id);
  const ownPage = /\/Pg (\d+) 0 R/.exec(dictionary.replace(/<<\s*\/Type \/MCR[\s\S]*?>>/g, ''))?.[1];
  const kids = /\/K \[([\s\S]*)\]/.exec(dictionary)?.[1] ?? '';
  const children: ReadElement[] = [];
  let text = '';
  for (const [token, reference, page, mcid, plain] of kids.matchAll(
    /(\d+) 0 R|<<\s*\/Type \/MCR\s*\/Pg (\d+) 0 R\s*\/MCID (\d+)\s*>>|(\d+)/g,
  )) {
    if (reference !== undefined) {
      const child = elementOf(file, Number(reference), contents);
      children.push(child);
      text += child.text;
    } else text += contents.get(Number(page ?? ownPage))?.byMcid.get(Number(mcid ?? plain)) ?? `[${token}?]`;
  }
  const role = /\/S \/(\w+)/.exec(dictionary)?.[1] ?? '';
  return { role, text: stringIn(dictionary, 'ActualText') ?? text, children, scope: /\/Scope \/(\w+)/.exec(dictionary)?.[1] };
}

function attachmentOf(file: ObjectFile, specification: string): ReadPdf['attachments'][number] {
  const embedded = Number(/\/EF <<\s*\/F (\d+) 0 R/.exec(specification)?.[1]);
  return {
    name: stringIn(specification, 'UF') ?? '',
    relationship: /\/AFRelationship \/(\w+)/.exec(specification)?.[1] ?? '',
    bytes: file.stream(embedded),
  };
}

/** The value of a name that is a literal string. */
function stringIn(dictionary: string, name: string): string | undefined {
  const found = new RegExp(`/${name} (\\((?:[^\\\\()]|\\\\[\\s\\S])*\\))`).exec(dictionary);
  return found ? literal(found[1]!) : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function literal(text: string): string {
  const inner = text
    .trim()
    .slice(1, -1)
    .replace(/\\([\s\S])/g, (_match, character: string) => ESCAPES[character] ?? character);
  const bytes = Buffer.from(inner, 'latin1');
  return bytes[0] === 0xfe && bytes[1] === 0xff ? utf16(bytes.subarray(2)) : inner;
}

const utf16 = (bigEndian: Buffer): string => Buffer.from(bigEndian).swap16().toString('utf16le');
