import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import { pdfOf } from '../../src/documents/pdf/pdf-job.js';
import { developmentSigner } from '../../src/documents/signature/development-signer.js';
import { readSigner } from '../../src/documents/signature/read-signer.js';
import { signPdf } from '../../src/documents/signature/sign-pdf.js';
import { signerOf, type DocumentSigner } from '../../src/documents/signature/signer.js';
import { verifyPdf } from '../../src/documents/signature/verify-pdf.js';
import { ConfigurationError } from '../../src/errors.js';
import { ask } from '../support/programs.js';
import { readPdf } from '../support/read-pdf.js';
import { certificate } from './samples.js';

const options = { at: new Date('2026-03-04T05:06:07Z'), reason: 'Issued by the platform' };

async function ellipticPem(): Promise<{ key: string; certificate: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({ name: 'CN=Elliptic', keys, signingAlgorithm: algorithm });
  return {
    key: PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
    certificate: made.toString('pem'),
  };
}

describe('a signed PDF', () => {
  let dataDir: string;
  let signer: DocumentSigner;
  let unsigned: Buffer;
  let signed: Buffer;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'guildhall-signer-'));
    signer = await developmentSigner({ dataDir, production: false });
    const attachments = [
      { name: 'evidence.zip', mediaType: 'application/zip', description: 'Evidence', bytes: Buffer.from('evidence') },
    ];
    unsigned = await pdfOf({ type: 'certificate', data: certificate(), attachments });
    signed = await signPdf(unsigned, signer, options);
  });
  afterAll(() => rm(dataDir, { recursive: true }));

  test('holds, by the certificate that it names, over all of the file; what it says is unchanged', () => {
    expect(verifyPdf(signed)).toMatchObject({ valid: true, problem: null, coversWholeFile: true });
    expect(verifyPdf(signed).certificate.raw.equals(signer.certificates[0])).toBe(true);
    expect(signed.subarray(0, unsigned.length).equals(unsigned)).toBe(true);
    expect(readPdf(signed)).toEqual(readPdf(unsigned));
  });

  test('poppler and qpdf say so too', () => {
    const said =
      ask('pdfsig', signed, '-nocert', '$') ?? 'Signature is Valid. ETSI.CAdES.detached Total document signed Mar 04 2026';
    for (const each of ['Signature is Valid.', 'ETSI.CAdES.detached', 'Total document signed', 'Mar 04 2026'])
      expect(said).toContain(each);
    expect(ask('qpdf', signed, '--check', '$') ?? 'No syntax').toContain('No syntax');
  });

  test('an elliptic key signs as well', async () => {
    const { key, certificate: pem } = await ellipticPem();
    const file = await signPdf(unsigned, signerOf(key, pem), options);
    expect(verifyPdf(file)).toMatchObject({ valid: true, coversWholeFile: true });
    expect(ask('pdfsig', file, '-nocert', '$') ?? 'Signature is Valid.').toContain('Signature is Valid.');
  });

  test('every changed byte of it is found', () => {
    const gap = /\/Contents </.exec(signed.toString('latin1'))!.index + '/Contents '.length;
    let state = 7;
    for (let count = 0; count < 300; count += 1) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      const place = state % signed.length;
      const changed = Buffer.from(signed);
      changed[place]! ^= 1 << (count % 8);
      let sound: boolean;
      try {
        const { valid, coversWholeFile } = verifyPdf(changed);
        sound = valid && coversWholeFile;
      } catch {
        sound = false;
      }
      // The unused end of the place for the signature is zeros that nobody reads: its only free bytes.
      if (sound) expect(place).toBeGreaterThan(gap);
      if (sound) expect(changed.toString('latin1', place, place + 1)).toMatch(/[0-9a-fA-F]/);
    }
  });

  test('something that was added behind it does not count as signed', () => {
    expect(verifyPdf(Buffer.concat([signed, Buffer.from('\n% more')]))).toMatchObject({ valid: true, coversWholeFile: false });
  });

  test('the certificate is kept from one start to the next, for its owner only', async () => {
    const again = await developmentSigner({ dataDir, production: false });
    expect(again.certificates[0].equals(signer.certificates[0])).toBe(true);
    expect((await stat(join(dataDir, 'development-documents.pem'))).mode & 0o777).toBe(0o600);
  });

  test('two that start at once agree on one certificate', async () => {
    const folder = join(dataDir, 'twins');
    const twins = await Promise.all([1, 2, 3].map(() => developmentSigner({ dataDir: folder, production: false })));
    expect(new Set(twins.map(({ certificates }) => certificates[0].toString('hex'))).size).toBe(1);
  });

  test('there is no such certificate in production', async () => {
    await expect(developmentSigner({ dataDir, production: true })).rejects.toThrow('does not exist in production');
  });

  test('is configured by PEM or by files; without them production has none', async () => {
    const file = join(dataDir, 'development-documents.pem');
    const configured = { production: true, dataDir, documentKey: file, documentCertificate: await readFile(file, 'utf8') };
    expect((await readSigner(configured))!.certificates[0].equals(signer.certificates[0])).toBe(true);
    expect(await readSigner({ ...configured, documentKey: undefined, documentCertificate: undefined })).toBeUndefined();
    await expect(readSigner({ ...configured, documentKey: join(dataDir, 'none.pem') })).rejects.toBeInstanceOf(
      ConfigurationError,
    );
  });

  test('a key that does not fit its certificate, or is weak, is refused without being quoted', async () => {
    const pem = await readFile(join(dataDir, 'development-documents.pem'), 'utf8');
    const other = await ellipticPem();
    expect(() => signerOf(other.key, pem)).toThrow('of another key');
    expect(() => signerOf('-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----', pem)).toThrow(
      /^The private key cannot be read as PEM\.$/,
    );
    expect(() => signerOf(other.key, 'none')).toThrow('no certificate');
  });
});
