import 'reflect-metadata';
import { randomBytes, randomUUID, webcrypto } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { signerOf, type DocumentSigner } from './signer.js';

export interface DevelopmentSignerOptions {
  /** Key and certificate are kept here, so that what was signed yesterday is signed by the same one. */
  readonly dataDir: string;
  readonly production: boolean;
}

const FILE = 'development-documents.pem';
const DAYS = 3_650;
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2_048 };

/** Signs with a certificate of its own making, which nobody has a reason to trust: it does not exist in production. */
export async function developmentSigner({ dataDir, production }: DevelopmentSignerOptions): Promise<DocumentSigner> {
  if (production)
    throw new Error(
      'The development certificate does not exist in production: set DOCUMENT_KEY and DOCUMENT_CERTIFICATE instead.',
    );
  const pem = await keptPem(join(dataDir, FILE), dataDir);
  return signerOf(pem, pem);
}

async function keptPem(file: string, dataDir: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
  await mkdir(dataDir, { recursive: true });
  // Written whole, then linked: two processes that start at once agree on one key, and a crash leaves no half of one.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, await selfSigned(), { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  return readFile(file, 'utf8');
}

async function selfSigned(): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const notBefore = new Date();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // A positive number: its first bit is no sign.
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    name: 'CN=Guildhall development, O=Not to be trusted',
    notBefore,
    notAfter: new Date(notBefore.getTime() + DAYS * 86_400_000),
    signingAlgorithm: RSA,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation, true),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return `${PemConverter.encode(key, 'PRIVATE KEY')}\n${certificate.toString('pem')}\n`;
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
