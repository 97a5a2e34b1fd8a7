import { verify, X509Certificate } from 'node:crypto';
import { ContentInfo, id_signedData, SignedData, type SignerInfo } from '@peculiar/asn1-cms';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { encoded, OID, sha256, signingCertificate } from './cms.js';
import { setOf } from './der.js';

export interface PdfSignature {
  /** The signature holds for the bytes that it covers, by the certificate that it names. Whether that one is to be trusted is the reader's. */
  readonly valid: boolean;
  /** Why not. */
  readonly problem: string | null;
  /** Nothing was added behind what was signed. */
  readonly coversWholeFile: boolean;
  readonly certificate: X509Certificate;
}

const SIGNATURE = /\/SubFilter \/ETSI\.CAdES\.detached[\s\S]*?\/ByteRange \[0+ (\d+) (\d+) (\d+)\]\s*\/Contents <([0-9a-f]+)>/g;

/**
 * Checks the last signature of a file that was signed here, without any program outside.
 * @throws Error when there is none
 */
export function verifyPdf(pdf: Buffer): PdfSignature {
  const found = [...pdf.toString('latin1').matchAll(SIGNATURE)].at(-1);
  if (!found) throw new Error('The file holds no signature.');
  const [, end = '', start = '', length = '', contents = ''] = found;
  const [gapStart, gapEnd, rest] = [Number(end), Number(start), Number(length)];
  const content = AsnConvert.parse(Buffer.from(contents, 'hex'), ContentInfo);
  if (content.contentType !== id_signedData) throw new Error('The signature is no CMS signature.');
  const signed = AsnConvert.parse(content.content, SignedData);
  const info = signed.signerInfos[0];
  const certificates = (signed.certificates ?? []).flatMap(({ certificate }) => (certificate ? [certificate] : []));
  const serial = info?.sid.issuerAndSerialNumber?.serialNumber;
  const own = certificates.find(
    ({ tbsCertificate }) => serial && Buffer.from(tbsCertificate.serialNumber).equals(Buffer.from(serial)),
  );
  if (!info || !own) throw new Error('The signature does not hold the certificate that it names.');
  const certificate = new X509Certificate(Buffer.from(AsnConvert.serialize(own)));
  const signedBytes = Buffer.concat([pdf.subarray(0, gapStart), pdf.subarray(gapEnd, gapEnd + rest)]);
  const problem = problemOf(info, certificate, signedBytes);
  return {
    valid: problem === null,
    problem,
    // The gap is exactly the value between its brackets: nothing else can hide in it.
    coversWholeFile: gapEnd + rest === pdf.length && gapEnd - gapStart === contents.length + 2 && pdf[gapStart] === 0x3c,
    certificate,
  };
}

function problemOf(info: SignerInfo, certificate: X509Certificate, bytes: Buffer): string | null {
  const attributes = new Map((info.signedAttrs ?? []).map(({ attrType, attrValues }) => [attrType, attrValues[0]]));
  const digest = attributes.get(OID.messageDigest);
  if (!digest || !Buffer.from(AsnConvert.parse(digest, OctetString).buffer).equals(sha256(bytes)))
    return 'The bytes are not those that were signed.';
  const named = attributes.get(OID.signingCertificateV2);
  if (!named || !Buffer.from(named).equals(signingCertificate(certificate.raw))) return 'Another certificate was meant.';
  const set = setOf((info.signedAttrs ?? []).map(encoded));
  const holds = verify('sha256', set, certificate.publicKey, Buffer.from(info.signature.buffer));
  return holds ? null : 'The signature is not of this certificate’s key.';
}
