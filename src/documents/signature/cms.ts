import { createHash } from 'node:crypto';
import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  ContentInfo,
  DigestAlgorithmIdentifier,
  DigestAlgorithmIdentifiers,
  EncapsulatedContentInfo,
  id_data,
  id_signedData,
  IssuerAndSerialNumber,
  SignatureAlgorithmIdentifier,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
} from '@peculiar/asn1-cms';
import { AsnConvert, AsnObjectIdentifierConverter, OctetString } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { octets, sequence, setOf } from './der.js';
import type { DocumentSigner } from './signer.js';

export const OID = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  'RSA-SHA256': '1.2.840.113549.1.1.11',
  'ECDSA-SHA256': '1.2.840.10045.4.3.2',
} as const;

export const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();

const oid = (id: string): ArrayBuffer => AsnObjectIdentifierConverter.toASN(id).toBER();

/** `ESSCertIDv2`: SHA-256 is its default, so only the hash stands in it. It binds the signature to this certificate and no other of the key. */
export const signingCertificate = (certificate: Uint8Array): Buffer => sequence(sequence(sequence(octets(sha256(certificate)))));

/**
 * A detached CMS signature as PAdES (EN 319 142-1, level B-B) has it: content type, digest and signing certificate are signed; the
 * time is not an attribute but stands in the signature's dictionary.
 */
export async function cmsOf(digest: Buffer, signer: DocumentSigner): Promise<Buffer> {
  const [own] = signer.certificates;
  const certificates = signer.certificates.map((der) => AsnConvert.parse(der, Certificate));
  const { tbsCertificate } = certificates[0]!;
  const attributes = [
    attribute(OID.contentType, oid(id_data)),
    attribute(OID.messageDigest, octets(digest)),
    attribute(OID.signingCertificateV2, signingCertificate(own)),
  ].sort((one, other) => Buffer.compare(encoded(one), encoded(other)));
  const signature = await signer.sign(setOf(attributes.map(encoded)));
  const sha256Identifier = new DigestAlgorithmIdentifier({ algorithm: OID.sha256 });
  const signed = new SignedData({
    version: CMSVersion.v1,
    digestAlgorithms: new DigestAlgorithmIdentifiers([sha256Identifier]),
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: id_data }),
    certificates: new CertificateSet(certificates.map((certificate) => new CertificateChoices({ certificate }))),
    signerInfos: new SignerInfos([
      new SignerInfo({
        version: CMSVersion.v1,
        sid: new SignerIdentifier({
          issuerAndSerialNumber: new IssuerAndSerialNumber({
            issuer: tbsCertificate.issuer,
            serialNumber: tbsCertificate.serialNumber,
          }),
        }),
        digestAlgorithm: sha256Identifier,
        signedAttrs: attributes,
        signatureAlgorithm: signatureAlgorithm(signer.algorithm),
        signature: new OctetString(signature),
      }),
    ]),
  });
  return Buffer.from(
    AsnConvert.serialize(new ContentInfo({ contentType: id_signedData, content: AsnConvert.serialize(signed) })),
  );
}

/** RSA's identifier has a NULL as its parameters, that of ECDSA has none. */
const signatureAlgorithm = (algorithm: DocumentSigner['algorithm']): SignatureAlgorithmIdentifier =>
  new SignatureAlgorithmIdentifier({ algorithm: OID[algorithm], ...(algorithm === 'RSA-SHA256' && { parameters: null }) });

const attribute = (attrType: string, value: ArrayBuffer | Buffer): Attribute =>
  new Attribute({ attrType, attrValues: [Uint8Array.from(Buffer.from(value as ArrayBuffer)).buffer] });

export const encoded = (one: Attribute): Buffer => Buffer.from(AsnConvert.serialize(one));
