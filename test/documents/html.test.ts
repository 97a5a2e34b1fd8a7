import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { agreementHtml } from '../../src/documents/html/agreement-html.js';
import { certificateHtml } from '../../src/documents/html/certificate-html.js';
import { PAGE_POLICY } from '../../src/documents/html/page.js';
import { certificate, clause, sourceOf } from './samples.js';

const TAG = /<(\/?)([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*)>/g;
const VOID = new Set(['meta', 'br']);
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
const unescaped = (text: string): string => text.replace(/&(lt|gt|quot|#39|amp);/g, (_match, name: string) => ENTITIES[name]!);

/** What a browser would show of one element, and that its tags are well nested: fails on anything that is neither. */
function read(page: string): { tags: string[]; text: string; texts: (role: string) => string[] } {
  const body = page.replace(/^<!doctype html>/, '').replace(/<style>[\s\S]*<\/style>/, '');
  const open: string[] = [];
  const tags: string[] = [];
  const found: { role: string; text: string }[] = [];
  let end = 0;
  let text = '';
  const say = (raw: string) => {
    expect(raw).not.toMatch(/[<>]/);
    text += unescaped(raw);
  };
  const starts: { role: string; from: number }[] = [];
  for (const match of body.matchAll(TAG)) {
    say(body.slice(end, match.index));
    end = match.index + match[0].length;
    const [, closing = '', name = ''] = match;
    tags.push(name);
    if (closing) {
      expect(open.pop()).toBe(name);
      found.push({ role: name, text: text.slice(starts.pop()!.from) });
    } else if (!VOID.has(name)) {
      open.push(name);
      starts.push({ role: name, from: text.length });
    }
  }
  say(body.slice(end));
  expect(open).toEqual([]);
  return { tags, text, texts: (role) => found.filter((entry) => entry.role === role).map((entry) => entry.text) };
}

const OURS = new Set(
  'html head meta title style body main header h1 h2 p section footer span bdi time dl dt dd table thead tbody tr th td ol li br'.split(
    ' ',
  ),
);
/** Written by number here too, without the code under test. */
const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu,
    (one) => `[U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`,
  );

describe('an agreement as a page', () => {
  test('has a language, one first heading, landmarks, numbered headings and paragraphs', () => {
    const page = agreementHtml(
      sourceOf({ locale: 'zh-CN', title: '协议', clauses: [clause('1', '当事人', '甲方。', '乙方。')] }),
    );
    expect(page).toContain('<html lang="zh-CN" dir="ltr">');
    const { tags, texts } = read(page);
    expect(tags.filter((tag) => tag === 'main')).toHaveLength(2);
    expect(texts('h1')).toEqual(['协议']);
    expect(texts('h2')).toEqual(['1. 当事人']);
    expect(texts('p')).toEqual(expect.arrayContaining(['甲方。', '乙方。']));
    expect(texts('title')).toEqual(['协议']);
  });

  test('nothing of it runs, loads or is sent anywhere', () => {
    const page = agreementHtml(sourceOf({}));
    expect(read(page).tags.filter((tag) => !OURS.has(tag))).toEqual([]);
    expect(page).not.toMatch(/javascript:|<script|<link|src=|href=|style="/);
    expect(PAGE_POLICY).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    const style = /<style>([\s\S]*)<\/style>/.exec(page)![1]!;
    expect(PAGE_POLICY).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(page).toContain('content="default-src &#39;none&#39;; style-src &#39;sha256-');
  });

  test('whatever people write is shown as text: markup, templates, controls, any script', () => {
    const nasty = fc.constantFrom(
      '<script>alert(1)</script>',
      '</p></main>',
      '"><img src=x>',
      '{{terms}}',
      '${1}',
      '&lt;',
      "' onclick='x",
      '\u202e',
      'שלום',
      '<!--',
      ']]>',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.tuple(nasty, fc.string(), nasty).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, text, text, (title, heading, paragraph) => {
        const page = agreementHtml(sourceOf({ title, preamble: [paragraph], clauses: [clause('1', `h${heading}`, paragraph)] }));
        const { tags, texts } = read(page);
        expect(tags.filter((tag) => !OURS.has(tag))).toEqual([]);
        expect(texts('h1')).toEqual([visible(title)]);
        expect(texts('title')).toEqual([visible(title)]);
        expect(texts('h2')).toEqual([`1. h${visible(heading)}`]);
        expect(texts('p').filter((each) => each === visible(paragraph)).length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  test('a right-to-left name is isolated, so that a number behind it stays behind it', () => {
    expect(agreementHtml(sourceOf({ clauses: [clause('1', 'Share', '"שלום עולם" 15 %, "محمد"')] }))).toContain(
      '<p>&quot;<bdi>שלום עולם</bdi>&quot; 15 %, &quot;<bdi>محمد</bdi>&quot;</p>',
    );
  });

  test('a sample says so above its title', () => {
    const mark = (title: string, locale = 'en') => read(agreementHtml(sourceOf({ title, locale }))).texts('p')[0];
    expect(mark('Agreement (SAMPLE)')).toBe('SAMPLE');
    expect(mark('协议（样本）', 'zh-CN')).toBe('样本');
    expect(mark('Sampled music: agreement')).toBe('Drawn up 2026-03-01');
  });
});

describe('a certificate as a page', () => {
  test('tells parties, agreement, acts in both times, the head of the chain and how to verify', () => {
    const { tags, texts, text } = read(certificateHtml(certificate()));
    expect(tags.filter((tag) => !OURS.has(tag))).toEqual([]);
    expect(texts('h2')).toEqual(['Parties', 'Agreement', 'Acts', 'History', 'How to verify this']);
    expect(texts('th')).toEqual(['Party', 'Name', 'No.', 'When', 'Who, acting as', 'What', 'How']);
    for (const each of [
      'cd'.repeat(32),
      '12'.repeat(32),
      '2026-07-03 22:15:09 UTC',
      '2026-07-04 00:15:09 +02:00',
      'PASSKEY',
      'npm run verify',
    ])
      expect(text).toContain(each);
  });

  test('a name of a party is text', () => {
    const page = certificateHtml(certificate({ parties: [{ party: 'GUILD', name: '</td><script>x</script>\u202e' }] }));
    expect(read(page).texts('td')).toContain('</td><script>x</script>[U+202E]');
  });
});
