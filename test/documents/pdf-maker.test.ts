import { afterEach, describe, expect, test } from '@jest/globals';
import { FileCache } from '../../src/documents/file-cache.js';
import { pdfOf, type PdfJob } from '../../src/documents/pdf/pdf-job.js';
import { PdfMaker } from '../../src/documents/pdf/pdf-maker.js';
import { certificate, clause, longAgreement, sourceOf } from './samples.js';

const job: PdfJob = { type: 'agreement', source: sourceOf({ clauses: [clause('1', 'Parties', 'Two.')] }), attachments: [] };
const bad = { type: 'certificate', data: { ...certificate(), issuedAt: 'never' }, attachments: [] } satisfies PdfJob;

describe('PDFs from another thread', () => {
  let maker = new PdfMaker();
  afterEach(() => maker.stop());

  test('are the same as from this one', async () => {
    expect((await maker.make(job)).equals(await pdfOf(job))).toBe(true);
  });

  test('a job that fails fails alone', async () => {
    maker = new PdfMaker();
    const results = await Promise.allSettled([maker.make(job), maker.make(bad), maker.make(job)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('this thread goes on while a long one is made', async () => {
    maker = new PdfMaker();
    await maker.make(job);
    let done = false;
    const long = maker.make({ type: 'agreement', source: longAgreement(150), attachments: [] }).finally(() => (done = true));
    let turns = 0;
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    expect((await long).length).toBeGreaterThan(100_000);
    expect(turns).toBeGreaterThan(100);
  });

  test('no more wait than it takes', async () => {
    maker = new PdfMaker({ maxJobs: 2 });
    const taken = [maker.make(job), maker.make(job)];
    await expect(maker.make(job)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await Promise.all(taken);
    await expect(maker.make(job)).resolves.toBeInstanceOf(Buffer);
  });

  test('a thread that gives no sign of life is given up, and the next job gets another', async () => {
    maker = new PdfMaker({ timeoutMs: 1 });
    await expect(maker.make({ type: 'agreement', source: longAgreement(150), attachments: [] })).rejects.toThrow('within 1 ms');
    await maker.stop();
    maker = new PdfMaker();
    await expect(maker.make(job)).resolves.toBeInstanceOf(Buffer);
  });
});

describe('files that were made lately', () => {
  test('are made once, also when two ask at once; a failure is not kept', async () => {
    const cache = new FileCache();
    let made = 0;
    const make = async () => Buffer.from(String((made += 1)));
    expect((await Promise.all([cache.get('a', make), cache.get('a', make)])).map(String)).toEqual(['1', '1']);
    await expect(cache.get('b', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(String(await cache.get('b', make))).toBe('2');
  });

  test('the longest unused is forgotten first', async () => {
    const cache = new FileCache(2);
    let made = 0;
    const make = async () => Buffer.from(String((made += 1)));
    for (const key of ['a', 'b', 'a', 'c']) await cache.get(key, make);
    expect(String(await cache.get('a', make))).toBe('1');
    expect(String(await cache.get('b', make))).toBe('4');
  });
});
