import { createHash, verify, X509Certificate } from 'node:crypto';
import { element, elements, NotDer, oid, parts, type Element } from './der.js';

const SHA256 = element(0x30, element(0x06, Buffer.from('608648016503040201', 'hex')), element(0x05));

/** An RFC 3161 request for a timestamp over a SHA-256 (hex); the answer is to bring its certificate along. */
export const timestampRequest = (sha256: string, nonce: Uint8Array): Buffer =>
  element(
    0x30,
    element(0x02, Buffer.from([1])),
    element(0x30, SHA256, element(0x04, Buffer.from(sha256, 'hex'))),
    // A leading zero keeps it positive.
    element(0x02, Buffer.from([0x01]), nonce),
    element(0x01, Buffer.from([0xff])),
  );

/** The token in an authority's answer. @throws NotDer with the reason of a refusal */
export function tokenIn(response: Buffer): Buffer {
  const [status, token] = parts(only(elements(response)));
  const granted = status && parts(status)[0]?.content[0];
  if (granted !== 0 && granted !== 1) throw new NotDer(`the authority has refused, with status ${String(granted)}`);
  if (!token) throw new NotDer('the authority has granted it and sent none');
  return token.whole;
}

export type Stamped =
  | { readonly ok: true; readonly at: string; readonly authority: string; readonly trusted: boolean }
  | { readonly ok: false; readonly why: string };

const no = (why: string): Stamped => ({ ok: false, why });

const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const OIDS = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  messageDigest: '1.2.840.113549.1.9.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

/** Whether an authority has said at some time that it was shown this hash. `roots`: certificates that are trusted; none: the token's own is. */
export function verifyTimestamp(token: Uint8Array, sha256: string, roots: readonly X509Certificate[] = []): Stamped {
  try {
    return check(Buffer.from(token), sha256, roots);
  } catch (error) {
    // Also what OpenSSL says of a certificate that is none.
    return no(error instanceof Error ? error.message : 'it cannot be read');
  }
}

function check(token: Buffer, sha256: string, roots: readonly X509Certificate[]): Stamped {
  const [type, wrapped] = parts(only(elements(token)));
  if (!type || !wrapped || oid(type) !== OIDS.signedData) return no('it is no signed data');
  const [, , encapsulated, ...others] = parts(only(parts(wrapped)));
  const [contentType, octets] = parts(given(encapsulated));
  if (oid(given(contentType)) !== OIDS.tstInfo) return no('it is no timestamp');
  const info = only(parts(given(octets))).content;
  const [, , imprint, , genTime] = parts(only(elements(info)));
  const [algorithm, hashed] = parts(given(imprint));
  if (HASHES[oid(given(parts(given(algorithm))[0]))] !== 'sha256' || given(hashed).content.toString('hex') !== sha256)
    return no('it is over something else');
  const at = instantOf(given(genTime).content.toString('latin1'));
  if (at === undefined) return no('its time cannot be read');
  const certificates = others
    .filter(({ tag }) => tag === 0xa0)
    .flatMap((set) => parts(set).map(({ whole }) => new X509Certificate(whole)));
  const [signer] = parts(given(others.at(-1)));
  const signed = signerOf(given(signer), info, certificates);
  if (!signed) return no('its signature does not fit');
  if (!signed.keyUsage.includes(OIDS.timeStamping)) return no('its certificate is not one for timestamps');
  if (new Date(signed.validFrom) > new Date(at) || new Date(signed.validTo) < new Date(at))
    return no('its certificate was not valid then');
  const trusted = roots.length > 0;
  if (trusted && !leadsTo(signed, certificates, roots)) return no('its certificate does not lead to one that is trusted');
  return { ok: true, at, authority: signed.subject.replaceAll('\n', ', '), trusted };
}

/** The certificate by which the signed attributes were signed, which name the hash of the content; undefined: they were not. */
function signerOf(signer: Element, info: Buffer, certificates: readonly X509Certificate[]): X509Certificate | undefined {
  const [, , digest, attributes, , signature] = parts(signer);
  const hash = HASHES[oid(given(parts(given(digest))[0]))];
  if (hash === undefined || attributes?.tag !== 0xa0 || !signature) return undefined;
  const named = parts(attributes).find((attribute) => oid(given(parts(attribute)[0])) === OIDS.messageDigest);
  const [, values] = named ? parts(named) : [];
  if (!values || !only(parts(values)).content.equals(createHash(hash).update(info).digest())) return undefined;
  // Signed is the set of them, under its own tag.
  const input = Buffer.from(attributes.whole);
  input[0] = 0x31;
  return certificates.find(({ publicKey }) => verify(hash, input, publicKey, signature.content));
}

function leadsTo(from: X509Certificate, between: readonly X509Certificate[], roots: readonly X509Certificate[]): boolean {
  let current = from;
  for (let steps = 0; steps < 10; steps += 1) {
    const last = current;
    if (
      roots.some((root) => root.fingerprint256 === last.fingerprint256 || (last.checkIssued(root) && last.verify(root.publicKey)))
    )
      return true;
    const next = between.find(
      (candidate) =>
        candidate.ca &&
        candidate.fingerprint256 !== last.fingerprint256 &&
        last.checkIssued(candidate) &&
        last.verify(candidate.publicKey),
    );
    if (!next) return false;
    current = next;
  }
  return false;
}

/** GeneralizedTime as RFC 3161 has it: UTC, with or without a fraction. */
function instantOf(text: string): string | undefined {
  const [, y, mo, d, h, mi, s, fraction = ''] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text) ?? [];
  if (y === undefined) return undefined;
  const date = new Date(`${y}-${mo!}-${d!}T${h!}:${mi!}:${s!}${fraction.slice(0, 4)}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function only(found: readonly Element[]): Element {
  if (found.length !== 1) throw new NotDer('it is not one element');
  return found[0]!;
}

function given(found: Element | undefined): Element {
  if (!found) throw new NotDer('a part is missing');
  return found;
}
