import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgreementSource } from '../src/documents/agreement-source.js';
import { agreementHtml } from '../src/documents/html/agreement-html.js';
import { pdfOf, type PdfJob } from '../src/documents/pdf/pdf-job.js';
import { PdfMaker } from '../src/documents/pdf/pdf-maker.js';
import { developmentSigner } from '../src/documents/signature/development-signer.js';
import { signPdf } from '../src/documents/signature/sign-pdf.js';
import { report, say, spreadOf } from './report.js';

const RUNS = 5;
const LIMIT_MS = 3_000;
const BEAT_MS = 5;

/** 200 pages and more, in Chinese and in English, made and signed; the first one of each also opens its fonts. */
export async function documents(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-bench-'));
  const maker = new PdfMaker();
  try {
    const signer = await developmentSigner({ dataDir, production: false });
    const options = { at: new Date(), reason: 'Issued by the platform' };
    for (const [name, source, pages] of [
      ['chinese', agreementOf('zh-CN', 290, chinese), 200],
      ['english', agreementOf('en', 370, english), 200],
      ['short', agreementOf('en', 8, english), 4],
    ] as const) {
      const job: PdfJob = { type: 'agreement', source, attachments: [] };
      const times: number[] = [];
      const work: number[] = [];
      let file: Buffer = Buffer.alloc(0);
      for (let run = 0; run < RUNS; run += 1) {
        const [started, before] = [performance.now(), process.cpuUsage()];
        file = await signPdf(await pdfOf(job), signer, options);
        times.push(performance.now() - started);
        const { user, system } = process.cpuUsage(before);
        work.push((user + system) / 1_000);
      }
      const found = file.toString('latin1').match(/\/Type \/Page\n/g)?.length ?? 0;
      if (found < pages) throw new Error(`The ${name} agreement has ${String(found)} pages, and should have ${String(pages)}.`);
      const [first = 0, ...others] = times;
      say(`${name}: ${String(found)} pages, ${String(Math.round(file.length / 1024))} KB`);
      result(`${name}-pdf-first`, [first]);
      result(`${name}-pdf`, others);
      // Tells what a time means on a machine that does other things too.
      result(`${name}-pdf-first-processor`, work.slice(0, 1));
      result(`${name}-pdf-processor`, work.slice(1));
      if (pages >= 200 && Math.max(...times) > LIMIT_MS) say(`  over ${String(LIMIT_MS)} ms`);
    }
    const source = agreementOf('zh-CN', 290, chinese);
    const started = performance.now();
    agreementHtml(source);
    result('chinese-html', [performance.now() - started]);
    await stall('event-loop-in-process', () => pdfOf({ type: 'agreement', source, attachments: [] }));
    await maker.make({ type: 'agreement', source: agreementOf('zh-CN', 1, chinese), attachments: [] });
    await stall('event-loop-in-thread', () => maker.make({ type: 'agreement', source, attachments: [] }));
  } finally {
    await maker.stop();
    await rm(dataDir, { recursive: true });
  }
}

function result(name: string, times: readonly number[]): void {
  const value = times.reduce((sum, time) => sum + time, 0) / times.length;
  report({ bench: 'documents', name, value, unit: 'ms', of: null, ratio: null, n: times.length, spread: spreadOf(times) });
}

/** The longest that anything else of this process had to wait while it was made. */
async function stall(name: string, make: () => Promise<unknown>): Promise<void> {
  let longest = 0;
  let last = performance.now();
  const beat = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - BEAT_MS);
    last = performance.now();
  }, BEAT_MS);
  await make();
  await new Promise((resolve) => setTimeout(resolve, 2 * BEAT_MS));
  clearInterval(beat);
  result(name, [longest]);
}

const agreementOf = (locale: string, clauses: number, text: (length: number, seed: number) => string): AgreementSource => ({
  document: {
    locale,
    title: locale === 'en' ? 'Membership agreement' : '公会成员协议',
    preamble: [],
    clauses: Array.from({ length: clauses }, (_, index) => ({
      key: `clause-${String(index)}`,
      number: String(index + 1),
      heading: text(6, index + 1),
      paragraphs: [1, 2, 3].map((part) => text(300, index * 3 + part)),
      terms: [],
    })),
  },
  version: 1,
  sha256: '0'.repeat(64),
  createdAt: '2026-01-01T00:00:00.000Z',
  reference: '01990000-0000-7000-8000-000000000001',
});

/** The same at each run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; yield state) state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
}

function chinese(length: number, seed: number): string {
  const random = numbers(seed);
  return Array.from({ length }, (_, index) =>
    index % 23 === 22 ? '，' : String.fromCodePoint(0x4e00 + (random.next().value % 3_500)),
  ).join('');
}

const vocabulary =
  'the guild and broadcaster agree that a share of gross revenue shall within thirty days after notice be settled by statement unless either party objects in writing on grounds which these rules list'.split(
    ' ',
  );

function english(length: number, seed: number): string {
  const random = numbers(seed);
  let text = '';
  while (text.length < length * 1.9) text += `${vocabulary[random.next().value % vocabulary.length]!} `;
  return `${text.trim()}.`;
}
