import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.js';
import { algorithmOf, detached, signingInput, toPublicJwk, type PublicJwk, type SignatureType } from '../verify/index.js';

/**
 * The key by which the platform signs: a port. What stands behind it may be a file or a key management service that never gives the
 * private half away; it only has to sign bytes (Ed25519: the message; ES256: r and s of its SHA-256, 64 bytes).
 */
export interface PlatformKey {
  readonly jwk: PublicJwk;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** A detached JWS over the text. */
export async function signDetached(key: PlatformKey, type: SignatureType, payload: string): Promise<string> {
  const header = { alg: algorithmOf(key.jwk), kid: key.jwk.kid, typ: type, iat: Math.floor(Date.now() / 1_000) };
  return detached(header, await key.sign(Buffer.from(signingInput(header, payload))));
}

export interface PlatformKeySource {
  readonly production: boolean;
  readonly dataDir: string;
  /** PEM (PKCS 8) or JWK. */
  readonly platformKey: string | undefined;
  /** Path of a file with such. */
  readonly platformKeyFile: string | undefined;
}

const KEY_FILE = 'platform-key.pem';

/** From the environment, a file, or (outside production only) one that the first start makes in the data folder. */
export async function openPlatformKey(source: PlatformKeySource): Promise<PlatformKey> {
  if (source.platformKey !== undefined) return privateKey(source.platformKey, 'PLATFORM_KEY');
  if (source.platformKeyFile !== undefined) {
    const { platformKeyFile: file } = source;
    return privateKey(
      await readFile(file, 'utf8').catch(() => unusable('PLATFORM_KEY_FILE', 'cannot be read')),
      'PLATFORM_KEY_FILE',
    );
  }
  if (source.production) return unusable('PLATFORM_KEY', 'must be set in production, or PLATFORM_KEY_FILE');
  return privateKey(await keptKey(source.dataDir), KEY_FILE);
}

/** The text itself is in no message: it is the secret. */
function privateKey(text: string, from: string): PlatformKey {
  const key = parsed(text, from);
  const jwk = toPublicJwk(createPublicKey(key).export({ format: 'jwk' }));
  if (!jwk) return unusable(from, 'must be a key for Ed25519 or P-256');
  const ed25519 = algorithmOf(jwk) === 'EdDSA';
  return {
    jwk,
    sign: async (data) => (ed25519 ? sign(null, data, key) : sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })),
  };
}

function parsed(text: string, from: string): KeyObject {
  try {
    // Environment variables of containers often hold a PEM with its line feeds written out.
    const trimmed = text.trim().replaceAll('\\n', '\n');
    return trimmed.startsWith('{')
      ? createPrivateKey({ key: JSON.parse(trimmed) as Record<string, string>, format: 'jwk' })
      : createPrivateKey(trimmed);
  } catch {
    return unusable(from, 'must be a private key, as PEM (PKCS 8, without a passphrase) or as JWK');
  }
}

function unusable(variable: string, why: string): never {
  throw new ConfigurationError(`The key of the platform is not usable: ${variable} ${why}.`, 'See docs/operations.md, Keys.');
}

async function keptKey(dataDir: string): Promise<string> {
  const file = join(dataDir, KEY_FILE);
  const there = await readFile(file, 'utf8').catch(() => undefined);
  if (there !== undefined) return there;
  const { privateKey: made } = generateKeyPairSync('ed25519');
  await mkdir(dataDir, { recursive: true });
  // Written whole, then linked: two processes that start at once agree on one key, and a crash leaves no half of one.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, made.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await link(draft, file).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return readFile(file, 'utf8');
}
