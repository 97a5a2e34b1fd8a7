import type { AgreementDocument } from '../../src/agreements/document.js';
import type { AgreementSource } from '../../src/documents/agreement-source.js';
import type { CertificateData } from '../../src/documents/certificate.js';

export const clause = (
  number: string,
  heading: string,
  ...paragraphs: readonly string[]
): AgreementDocument['clauses'][number] => ({
  key: `clause-${number}`,
  number,
  heading,
  paragraphs,
  terms: [],
});

export const sourceOf = (document: Partial<AgreementDocument>): AgreementSource => ({
  document: { locale: 'en', title: 'Membership agreement', preamble: ['Drawn up 2026-03-01'], clauses: [], ...document },
  version: 2,
  sha256: 'ab'.repeat(32),
  createdAt: '2026-03-01T10:00:00.000Z',
  reference: '01990000-0000-7000-8000-000000000001',
});

/** Pseudo-random, the same at each run. */
export function chineseText(characters: number, seed: number): string {
  let state = seed;
  let text = '';
  for (let index = 0; index < characters; index += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += index % 23 === 22 ? '，' : String.fromCodePoint(0x4e00 + (state % 3_500));
  }
  return `${text}。`;
}

export const longAgreement = (clauses: number, locale = 'zh-CN'): AgreementSource =>
  sourceOf({
    locale,
    title: '公会成员协议',
    clauses: Array.from({ length: clauses }, (_, index) =>
      clause(String(index + 1), chineseText(6, index + 1), ...[1, 2, 3].map((part) => chineseText(300, index * 3 + part))),
    ),
  });

export const certificate = (changes: Partial<CertificateData> = {}): CertificateData => ({
  locale: 'en',
  requestId: '01990000-0000-7000-8000-000000000001',
  kind: 'Join a guild',
  state: 'COMPLETED',
  region: { name: 'European Union', timeZone: 'Europe/Berlin' },
  openedAt: '2026-03-01T10:00:00.000Z',
  endedAt: '2026-07-20T23:30:00.000Z',
  issuedAt: '2026-11-25T18:00:00.000Z',
  parties: [
    { party: 'BROADCASTER', name: 'bela-sings' },
    { party: 'GUILD', name: 'Lantern House' },
    { party: 'GUARDIAN', name: null },
  ],
  agreements: [{ version: 2, title: 'Membership agreement', sha256: 'cd'.repeat(32), createdAt: '2026-03-01T10:00:00.000Z' }],
  acts: [
    {
      seq: 1,
      at: '2026-03-01T10:00:00.000Z',
      event: 'START',
      title: 'Open the request',
      authority: 'BROADCASTER',
      person: 'Bela B.',
      hash: 'ef'.repeat(32),
      signed: null,
      evidence: null,
    },
    {
      seq: 4,
      at: '2026-07-03T22:15:09.000Z',
      event: 'SIGN_AGREEMENT',
      title: 'Sign the agreement',
      authority: 'GUILD_OWNER',
      person: null,
      hash: 'ee'.repeat(32),
      signed: { version: 2, sha256: 'cd'.repeat(32) },
      evidence: { level: 'PASSKEY', method: 'otp', consent: 'consent 3', sealedBy: 'key-1' },
    },
  ],
  head: { seq: 7, hash: '12'.repeat(32) },
  sample: false,
  ...changes,
});
