import { createPrivateKey, sign, X509Certificate, type KeyObject } from 'node:crypto';

/** Who signs files: a key in this process, or one that never leaves its module and answers over a network. */
export interface DocumentSigner {
  /** DER; the signer's own first, then what it was issued by. */
  readonly certificates: readonly [Buffer, ...Buffer[]];
  readonly algorithm: 'RSA-SHA256' | 'ECDSA-SHA256';
  /** Over these bytes, hashed with SHA-256; an ECDSA signature as DER. */
  sign(data: Uint8Array): Promise<Buffer>;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * A signer of PEM texts: a private key (PKCS #8) and its certificate, followed by those that it was issued by.
 * @throws Error that says what is wrong, without any of the key
 */
export function signerOf(keyPem: string, certificatesPem: string): DocumentSigner {
  const key = privateKeyOf(keyPem);
  const [own, ...issuers] = (certificatesPem.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
  if (!own) throw new Error('There is no certificate in the PEM text.');
  if (!own.checkPrivateKey(key)) throw new Error('The certificate is of another key.');
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'RSA-SHA256' : 'ECDSA-SHA256';
  return {
    certificates: [own.raw, ...issuers.map(({ raw }) => raw)],
    algorithm,
    sign: async (data) => sign('sha256', data, key),
  };
}

function privateKeyOf(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The reason may quote the text.
    throw new Error('The private key cannot be read as PEM.');
  }
  if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048) return key;
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new Error('The private key must be RSA with 2048 bits or more, or EC on P-256.');
}
