import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { JWK, JWTPayload } from 'jose';
import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import type { TrustedIssuer } from './issuers.js';

export interface DevelopmentIssuerOptions {
  /** The key is kept here, so that a token outlives a restart. */
  readonly dataDir: string;
  readonly audience: string;
  readonly production: boolean;
}

export const DEVELOPMENT_ISSUER = 'urn:guildhall:development';
const ALGORITHM = 'ES256';
const KEY_FILE = 'development-issuer.json';
const MAX_TTL_SECONDS = 30 * 24 * 3_600;

/** Signs tokens for anybody who asks, which is why it cannot exist in production. */
export class DevelopmentIssuer {
  readonly issuer = DEVELOPMENT_ISSUER;
  readonly #privateJwk: JWK;
  readonly #audience: string;

  private constructor(privateJwk: JWK, options: DevelopmentIssuerOptions) {
    this.#privateJwk = privateJwk;
    this.#audience = options.audience;
  }

  /** @throws Error in production mode, before a key is read or made. */
  static async open(options: DevelopmentIssuerOptions): Promise<DevelopmentIssuer> {
    if (options.production) {
      throw new Error('The development issuer does not exist in production: configure an OpenID Connect issuer instead.');
    }
    return new DevelopmentIssuer(await keptKey(options.dataDir), options);
  }

  /** A token for this subject; its principal has to exist for the token to open anything. */
  async mint(subject: string, ttlSeconds: number, claims: JWTPayload = {}): Promise<string> {
    const issuedAt = Math.floor(Date.now() / 1_000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#privateJwk.kid ?? '' })
      .setIssuer(this.issuer)
      .setAudience(this.#audience)
      .setSubject(subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + Math.min(ttlSeconds, MAX_TTL_SECONDS))
      .sign(await importJWK(this.#privateJwk, ALGORITHM));
  }

  trusted(): TrustedIssuer {
    const { d: _private, ...publicJwk } = this.#privateJwk;
    return { issuer: this.issuer, algorithms: [ALGORITHM], keys: createLocalJWKSet({ keys: [publicJwk] }) };
  }
}

const keptKey = async (dataDir: string): Promise<JWK> => {
  const file = join(dataDir, KEY_FILE);
  const read = async (): Promise<JWK> => JSON.parse(await readFile(file, 'utf8')) as JWK;
  try {
    return await read();
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  await mkdir(dataDir, { recursive: true });
  // Written whole, then linked: two processes that start at once agree on one key, and a crash leaves no half of one.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM }), { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  return read();
};

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
