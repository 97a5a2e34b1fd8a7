import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pdfOf } from '../../src/documents/pdf/pdf-job.js';
import { ask } from '../support/programs.js';
import { readPdf, type ReadElement } from '../support/read-pdf.js';
import { certificate, clause, longAgreement, sourceOf } from './samples.js';

const agreementPdf = (document: Parameters<typeof sourceOf>[0]) =>
  pdfOf({ type: 'agreement', source: sourceOf(document), attachments: [] });

const rolesIn = (elements: readonly ReadElement[]): string[] =>
  elements.flatMap(({ role, children }) => (role === 'Span' ? [] : [role, ...rolesIn(children)]));

describe('an agreement as a PDF', () => {
  test('is tagged: language, title, bookmarks, headings and paragraphs, and nothing outside of the structure', async () => {
    const pdf = await agreementPdf({
      clauses: [
        clause('1', 'Parties', 'The guild and the broadcaster.', 'Nobody else.'),
        clause('2', '', 'A paragraph with a number.'),
      ],
    });
    const read = readPdf(pdf);
    expect(read).toMatchObject({ language: 'en', title: 'Membership agreement', bookmarks: ['1. Parties'], untagged: 0 });
    expect(rolesIn(read.elements)).toEqual(['Document', 'H1', 'P', 'Sect', 'H2', 'P', 'P', 'Sect', 'P']);
    expect(read.text).toBe(
      'Membership agreement\nDrawn up 2026-03-01\n1. Parties\nThe guild and the broadcaster.\nNobody else.\n2. A paragraph with a number.\n',
    );
    expect(ask('qpdf', pdf, '--check', '$') ?? 'No syntax').toContain('No syntax');
    expect(ask('pdfinfo', pdf, '-struct-text', '$') ?? '"1. Parties"').toContain('"1. Parties"');
  });

  test('the same input gives the same bytes', async () => {
    const document = { clauses: [clause('1', 'Parties', 'שלום and 可爱的主播')] };
    expect((await agreementPdf(document)).equals(await agreementPdf(document))).toBe(true);
  });

  test('whatever is written in it can be read from it, in any script, whole and in order', async () => {
    const anything = fc.string({ unit: 'binary', maxLength: 60 });
    const scripts = fc.string({
      unit: fc.constantFrom(
        ...'שלום محمد عَلِيّ 可爱的主播 สวัสดี नमस्ते क्षत्रिय 홍길동 Zoë ß ﬁ 👍🏽👩‍👩‍👧 𝓕𝓪𝓷 می‌خواهم {{x}} <b> ܐ \u202e \u200f \u00ad %'.split(
          /(?=[ ])|(?<=[ ])/u,
        ),
      ),
      maxLength: 12,
    });
    const text = fc.oneof(
      anything,
      scripts,
      fc.tuple(scripts, anything).map(([one, other]) => one + other),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (heading, paragraph, title) => {
        const pdf = await agreementPdf({ title, preamble: [], clauses: [clause('1', heading, paragraph, 'Last.')] });
        const { elements, untagged } = readPdf(pdf);
        const said = elements[0]!.children.map((element) => element.text).join('');
        // An empty title or heading is no element; the number then stands before the paragraph.
        expect(squeezed(said)).toBe(squeezed(`${title}1. ${heading}${paragraph}Last.`));
        expect(untagged).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('poppler extracts it too', async () => {
    const names = [
      'Lantern House',
      '可爱的主播',
      'שלום',
      'محمد',
      'Zoë',
      'Привет',
      'สวัสดี',
      '{{terms}}',
      '<script>alert(1)</script>',
    ];
    const pdf = await agreementPdf({ clauses: [clause('1', 'Parties', ...names)] });
    const text = ask('pdftotext', pdf, '-raw', '$', '-')?.replace(/[\u200e\u200f\u202a-\u202e]/g, '');
    for (const name of names) expect(text ?? name).toContain(name);
  });

  test('what no font has, and what nobody could see, is there by number', async () => {
    const pdf = await agreementPdf({ clauses: [clause('1', 'Names', 'evil\u202eeman', 'ܐܒ', 'a\u0007b')] });
    const spans = readPdf(pdf)
      .elements[0]!.children.at(-1)!
      .children.flatMap(({ children }) => children);
    expect(spans.map(({ text }) => text)).toEqual(['\u202e', 'ܐܒ', '\u0007']);
    // Drawn are the numbers: as many glyphs as they have characters.
    expect(drawnIn(pdf)).toEqual(expect.arrayContaining(['[U+202E]', '[U+0710]', '[U+0712]', '[U+0007]']));
  });

  test('two characters that a font draws by one glyph stay two', async () => {
    // A no-break space, an ohm, a micro sign, and ideographs that are there for compatibility, each beside what looks like it.
    const twins = 'a b\u00a0c \u03a9\u2126 \u03bc\u00b5 \u91d1\uf90a \u8c48\uf900';
    const read = readPdf(await agreementPdf({ clauses: [clause('1', 'Twins', twins, twins)] }));
    expect(read.text.split(twins)).toHaveLength(3);
    // What one text was the first to use says nothing about the next one: there the other twin has the glyph, and needs no element.
    for (const text of ['\uf900\u2126', '\u8c48\u03a9']) {
      const { elements } = readPdf(await agreementPdf({ clauses: [clause('1', 'Twins', text)] }));
      expect(allIn(elements).filter(({ role }) => role === 'Span')).toEqual([]);
    }
  });

  test('a sample says so on every page, and does not read it out', async () => {
    const long = {
      title: 'Agreement (SAMPLE)',
      clauses: Array.from({ length: 60 }, (_, index) => clause(String(index), 'Heading', 'Text.')),
    };
    const read = readPdf(await agreementPdf(long));
    expect(read.pages).toBeGreaterThan(2);
    expect(read.text.match(/SAMPLE/g)).toHaveLength(1);
    const marks = ask('pdftotext', await agreementPdf(long), '-raw', '$', '-')
      ?.replace(/\s/g, '')
      .match(/SAMPLE(?!\))/g);
    expect(marks?.length ?? read.pages).toBe(read.pages);
  });

  test('a paragraph longer than a page, and a word longer than a line, are there to the last letter', async () => {
    const paragraph = `${'word '.repeat(1_500)}${'x'.repeat(2_000)}`;
    const read = readPdf(await agreementPdf({ clauses: [clause('1', 'Long', paragraph)] }));
    expect(read.pages).toBeGreaterThan(1);
    expect(read.text).toContain(paragraph);
  });

  test('200 pages of Chinese take less than three seconds of work', async () => {
    const source = longAgreement(290);
    const work: number[] = [];
    let pdf: Buffer = Buffer.alloc(0);
    for (let run = 0; run < 2; run += 1) {
      // Of the processor and not of the wall: other tests run beside this one. `npm run bench -- documents` measures time.
      const before = process.cpuUsage();
      pdf = await pdfOf({ type: 'agreement', source, attachments: [] });
      work.push(process.cpuUsage(before).user / 1_000);
    }
    const read = readPdf(pdf);
    expect(read.pages).toBeGreaterThanOrEqual(200);
    expect(read.untagged).toBe(0);
    for (const { heading, paragraphs } of source.document.clauses)
      for (const text of [heading, ...paragraphs]) expect(read.text.includes(text)).toBe(true);
    expect(Math.min(...work)).toBeLessThan(3_000);
  });
});

describe('a certificate as a PDF', () => {
  test('has its facts as lists, its acts as a table with headers, and its steps as a list', async () => {
    const read = readPdf(await pdfOf({ type: 'certificate', data: certificate(), attachments: [] }));
    expect(read).toMatchObject({ language: 'en', title: 'Certificate of completion', untagged: 0 });
    const roles = rolesIn(read.elements);
    expect(new Set(roles)).toEqual(
      new Set(['Document', 'H1', 'P', 'L', 'LI', 'Lbl', 'LBody', 'Sect', 'H2', 'Table', 'THead', 'TBody', 'TR', 'TH', 'TD']),
    );
    const heads = allIn(read.elements).filter(({ role }) => role === 'TH');
    expect(heads.map(({ text, scope }) => [text, scope])).toEqual(
      ['Party', 'Name', 'No.', 'When', 'Who, acting as', 'What', 'How'].map((text) => [text, 'Column']),
    );
    for (const text of [
      'bela-sings',
      'Lantern House',
      'ab'.slice(2) + 'cd'.repeat(32),
      '12'.repeat(32),
      'PASSKEY',
      'npm run verify',
    ])
      expect(read.text).toContain(text);
    // Summer time of the region, and the next day there.
    expect(read.text).toContain('2026-07-03 22:15:09 UTC2026-07-04 00:15:09 +02:00');
  });

  test('a table that goes on over pages reads each head and each act once', async () => {
    const [first] = certificate().acts;
    const acts = Array.from({ length: 80 }, (_, index) => ({
      ...first!,
      seq: index + 1,
      person: `Person ${String(index + 1)}.`,
    }));
    const read = readPdf(await pdfOf({ type: 'certificate', data: certificate({ acts }), attachments: [] }));
    expect(read.pages).toBeGreaterThan(3);
    expect(allIn(read.elements).filter(({ role }) => role === 'TH')).toHaveLength(7);
    for (const { person } of acts) expect(read.text.split(person)).toHaveLength(2);
    expect(read.untagged).toBe(0);
  });

  test('speaks Chinese with a Chinese agreement', async () => {
    const read = readPdf(await pdfOf({ type: 'certificate', data: certificate({ locale: 'zh-CN' }), attachments: [] }));
    expect(read).toMatchObject({ language: 'zh-CN', title: '完成证明' });
    expect(read.text).toContain('公会会长');
  });

  test('carries its evidence as an associated file, byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256));
    const attachment = { name: 'evidence.zip', mediaType: 'application/zip', description: 'Evidence', bytes };
    const pdf = await pdfOf({ type: 'certificate', data: certificate(), attachments: [attachment] });
    const [found] = readPdf(pdf).attachments;
    expect(found).toMatchObject({ name: 'evidence.zip', relationship: 'Data' });
    expect(found!.bytes.equals(bytes)).toBe(true);
    expect(ask('qpdf', pdf, '--list-attachments', '$') ?? 'evidence.zip').toContain('evidence.zip');
  });
});

const allIn = (elements: readonly ReadElement[]): ReadElement[] => elements.flatMap((each) => [each, ...allIn(each.children)]);

/** White space at the ends of lines, and half a surrogate pair, which is no character. */
const squeezed = (text: string): string =>
  text
    .replace(/[\ud800-\udfff]/gu, '\ufffd')
    .replace(/[ \u3000]+/g, ' ')
    .trim();

/** What the glyphs of spans say, whatever they stand for. */
const drawnIn = (pdf: Buffer): string[] => readPdf(pdf).drawn.flatMap((text) => text.match(/\[U\+[0-9A-F]+\]/g) ?? []);
