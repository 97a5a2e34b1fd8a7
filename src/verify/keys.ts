import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { canonicalText } from './chain.js';

/** A public key as JWK (RFC 7517, 8037): Ed25519, or P-256. */
export interface PublicJwk {
  readonly kty: 'OKP' | 'EC';
  readonly crv: 'Ed25519' | 'P-256';
  readonly x: string;
  readonly y?: string;
  /** RFC 7638: the name of a key follows from the key, so that nobody can give another one its name. */
  readonly kid: string;
}

export interface Jwks {
  readonly keys: readonly PublicJwk[];
}

export type Algorithm = 'EdDSA' | 'ES256';

export const algorithmOf = ({ crv }: Pick<PublicJwk, 'crv'>): Algorithm => (crv === 'Ed25519' ? 'EdDSA' : 'ES256');

/** RFC 7638, base64url of SHA-256. */
export function thumbprint({ kty, crv, x, y }: Omit<PublicJwk, 'kid'>): string {
  const members = kty === 'OKP' ? { crv, kty, x } : { crv, kty, x, y };
  return createHash('sha256').update(canonicalText(members)).digest('base64url');
}

/** What of a JWK is public and known here, under the name that it must have; undefined: it is no key of a kind that is used. */
export function toPublicJwk(jwk: unknown): PublicJwk | undefined {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const { kty, crv, x, y } = jwk as Readonly<Record<string, unknown>>;
  if (typeof x !== 'string') return undefined;
  if (kty === 'OKP' && crv === 'Ed25519') return { kty, crv, x, kid: thumbprint({ kty, crv, x }) };
  if (kty === 'EC' && crv === 'P-256' && typeof y === 'string') return { kty, crv, x, y, kid: thumbprint({ kty, crv, x, y }) };
  return undefined;
}

/** Keys by the names that they must have. */
export class KeySet {
  private readonly found = new Map<string, { readonly jwk: PublicJwk; key?: KeyObject }>();

  /** `only`: those of them that have one of these names. */
  constructor(keys: readonly unknown[], only?: readonly string[]) {
    for (const candidate of keys) {
      const jwk = toPublicJwk(candidate);
      if (jwk && (only?.includes(jwk.kid) ?? true)) this.found.set(jwk.kid, { jwk });
    }
  }

  get kids(): readonly string[] {
    return [...this.found.keys()];
  }

  get(kid: string): { readonly alg: Algorithm; readonly key: KeyObject } | undefined {
    const found = this.found.get(kid);
    if (!found) return undefined;
    try {
      found.key ??= createPublicKey({ key: found.jwk as unknown as Record<string, string>, format: 'jwk' });
    } catch {
      // A point that is on no curve.
      return undefined;
    }
    return { alg: algorithmOf(found.jwk), key: found.key };
  }
}
