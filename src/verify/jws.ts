import { verify } from 'node:crypto';
import { canonicalText } from './chain.js';
import type { Algorithm, KeySet } from './keys.js';

/** What a signature is for: it is part of what is signed, so that none can be passed off as another. */
export type SignatureType = 'guildhall-seal' | 'guildhall-checkpoint' | 'guildhall-manifest';

export interface JwsHeader {
  readonly alg: Algorithm;
  readonly kid: string;
  readonly typ: SignatureType;
  /** When it was signed, by the signer's clock: seconds since 1970. */
  readonly iat: number;
}

const base64url = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url');

/** What is signed: RFC 7515, the protected header and the payload. */
export const signingInput = (header: JwsHeader, payload: string): string =>
  `${base64url(canonicalText(header))}.${base64url(payload)}`;

/** RFC 7515, appendix F: compact, with the payload left out, because whoever verifies has it. */
export const detached = (header: JwsHeader, signature: Uint8Array): string =>
  `${base64url(canonicalText(header))}..${base64url(signature)}`;

export type Signed = { readonly ok: true; readonly header: JwsHeader } | { readonly ok: false; readonly why: string };

const no = (why: string): Signed => ({ ok: false, why });
const PARTS = /^([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)$/;

/**
 * Whether one of these keys has signed exactly this payload for exactly this purpose. A text that decodes to the same bytes as another,
 * but is not written the one way, is no signature: nothing in a record may be changed unseen.
 */
export function verifyDetached(jws: string, type: SignatureType, payload: string, keys: KeySet): Signed {
  const [, protectedPart, signaturePart] = PARTS.exec(jws) ?? [];
  if (protectedPart === undefined || signaturePart === undefined) return no('it is no detached JWS');
  const header = headerOf(protectedPart);
  if (!header) return no('its header is not one of ours');
  if (header.typ !== type) return no(`it was made for another purpose (${header.typ})`);
  const signature = Buffer.from(signaturePart, 'base64url');
  if (signature.toString('base64url') !== signaturePart) return no('it is not written as it was made');
  const found = keys.get(header.kid);
  if (!found) return no(`the key ${header.kid} is not among those that are trusted`);
  if (found.alg !== header.alg) return no(`the key ${header.kid} is not one for ${header.alg}`);
  const input = Buffer.from(`${protectedPart}.${base64url(payload)}`);
  const good =
    found.alg === 'EdDSA'
      ? verify(null, input, found.key, signature)
      : verify('sha256', input, { key: found.key, dsaEncoding: 'ieee-p1363' }, signature);
  return good ? { ok: true, header } : no('the signature does not fit');
}

function headerOf(part: string): JwsHeader | undefined {
  const text = Buffer.from(part, 'base64url').toString();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { alg, kid, typ, iat } = parsed as Readonly<Record<string, unknown>>;
  const known = typeof kid === 'string' && typeof iat === 'number' && (alg === 'EdDSA' || alg === 'ES256');
  const header = { alg, kid, typ, iat } as JwsHeader;
  // `crit`, `jwk` and whatever else somebody may think of: refused, with all that is not written the one way.
  return known && base64url(canonicalText(header)) === part ? header : undefined;
}
