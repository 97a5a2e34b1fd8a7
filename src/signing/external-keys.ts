import { compactVerify, importJWK, type JWK } from 'jose';

/** Keys of people's own, by which they sign a hash outside of any browser: in a smart card, a key service, a guild's own backend. */

const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'PS256', 'RS256'];
/** How far the signer's clock may be off, and how long a signature may be on its way. */
const MAX_AGE_MS = 10 * 60_000;
const MIN_RSA_BYTES = 256;

/** The public key alone, in one spelling; a code for why it is none. */
export async function publicKeyOf(jwk: Readonly<Record<string, unknown>>): Promise<JWK | 'PRIVATE_KEY' | 'KEY_NOT_USABLE'> {
  // What was sent over a wire to us is nobody's own any more.
  if ('d' in jwk || 'k' in jwk) return 'PRIVATE_KEY';
  const { kty, crv, x, y, n, e } = jwk as JWK;
  const key = { kty, ...(kty === 'RSA' ? { n, e } : { crv, x, ...(kty === 'EC' && { y }) }) } as JWK;
  const usable =
    (kty === 'OKP' && crv === 'Ed25519') ||
    (kty === 'EC' && (crv === 'P-256' || crv === 'P-384')) ||
    (kty === 'RSA' && Buffer.from(n ?? '', 'base64url').length >= MIN_RSA_BYTES);
  if (!usable) return 'KEY_NOT_USABLE';
  try {
    await importJWK(key, algorithmsOf(key)[0]);
    return key;
  } catch {
    return 'KEY_NOT_USABLE';
  }
}

const algorithmsOf = ({ kty, crv }: JWK): string[] => {
  if (kty === 'RSA') return ['PS256', 'RS256'];
  return kty === 'OKP' ? ['EdDSA', 'Ed25519'] : [crv === 'P-384' ? 'ES384' : 'ES256'];
};

/**
 * Whether a detached JWS (`header..signature`) is by this key over this text, and fresh: its protected header says when it was made, so
 * that yesterday's cannot be sent again after it was taken back.
 */
export async function holds(jws: string, payload: string, key: JWK, atMs: number): Promise<boolean> {
  const [header = '', empty, signature = '', ...rest] = jws.split('.');
  if (empty !== '' || rest.length > 0) return false;
  try {
    const algorithms = algorithmsOf(key).filter((algorithm) => ALGORITHMS.includes(algorithm));
    const whole = `${header}.${Buffer.from(payload).toString('base64url')}.${signature}`;
    const { protectedHeader } = await compactVerify(whole, await importJWK(key, algorithms[0]), { algorithms });
    const { iat } = protectedHeader as { readonly iat?: unknown };
    return typeof iat === 'number' && Math.abs(iat * 1_000 - atMs) <= MAX_AGE_MS;
  } catch {
    return false;
  }
}
