import { cmsOf, sha256 } from './cms.js';
import { readPdfFile, referenceIn, withEntries } from './pdf-file.js';
import type { DocumentSigner } from './signer.js';

export interface SigningOptions {
  /** As told by the database, and only claimed: no timestamp authority says so. */
  readonly at: Date;
  /** ASCII. */
  readonly reason: string;
}

/** A signature with its attributes, beside the certificates. */
const SIGNATURE_BYTES = 2_048;
const RANGE_DIGITS = 10;

/**
 * Signs a finished file by an incremental update: what was there stays byte for byte, behind it come an invisible signature field
 * and the signature over everything but its own value.
 */
export async function signPdf(pdf: Buffer, signer: DocumentSigner, { at, reason }: SigningOptions): Promise<Buffer> {
  const file = readPdfFile(pdf);
  const root = referenceIn(file.trailer, 'Root');
  const catalog = file.object(root);
  const firstPage = referenceIn(file.object(referenceIn(catalog, 'Pages')), 'Kids');
  const [signature, field, form] = [file.size, file.size + 1, file.size + 2];
  const contentsBytes = SIGNATURE_BYTES + signer.certificates.reduce((sum, { length }) => sum + length, 0);
  const emptyRange = `[0 ${Array.from({ length: 3 }, () => '0'.repeat(RANGE_DIGITS)).join(' ')}]`;
  const emptyContents = `<${'0'.repeat(contentsBytes * 2)}>`;

  const objects = new Map<number, string>([
    [root, withEntries(catalog, `/AcroForm ${form} 0 R`)],
    [firstPage, withEntries(file.object(firstPage), `/Annots [${field} 0 R]`)],
    [
      signature,
      `<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n/M (${pdfDate(at)})\n/Reason (${reason})\n/ByteRange ${emptyRange}\n/Contents ${emptyContents}\n>>`,
    ],
    // Hidden from sight, printed and locked (132): there is nothing to see, and nothing that anybody should move.
    [
      field,
      `<<\n/Type /Annot\n/Subtype /Widget\n/FT /Sig\n/T (Signature1)\n/F 132\n/Rect [0 0 0 0]\n/P ${firstPage} 0 R\n/V ${signature} 0 R\n>>`,
    ],
    [form, `<<\n/Fields [${field} 0 R]\n/SigFlags 3\n>>`],
  ]);
  const unsigned = Buffer.concat([pdf, Buffer.from(update(objects, file), 'latin1')]);

  const contentsStart = unsigned.indexOf(emptyContents, pdf.length);
  const contentsEnd = contentsStart + emptyContents.length;
  const range = [contentsStart, contentsEnd, unsigned.length - contentsEnd];
  const filledRange = `[0 ${range.map((value) => String(value).padStart(RANGE_DIGITS, '0')).join(' ')}]`;
  unsigned.write(filledRange, unsigned.indexOf(emptyRange, pdf.length), 'latin1');
  const digest = sha256(Buffer.concat([unsigned.subarray(0, contentsStart), unsigned.subarray(contentsEnd)]));
  const cms = await cmsOf(digest, signer);
  if (cms.length > contentsBytes) throw new Error('The signature is larger than the place that was left for it.');
  unsigned.write(cms.toString('hex'), contentsStart + 1, 'latin1');
  return unsigned;
}

/** New and changed objects with a cross-reference table that points back at the one before. */
function update(
  objects: ReadonlyMap<number, string>,
  { bytes, trailer, size, startXref }: ReturnType<typeof readPdfFile>,
): string {
  let text = '\n';
  const sections: string[] = [];
  for (const number of [...objects.keys()].sort((one, other) => one - other)) {
    sections.push(`${number} 1\n${String(bytes.length + text.length).padStart(10, '0')} 00000 n \n`);
    text += `${number} 0 obj\n${objects.get(number)!}\nendobj\n`;
  }
  const last = trailer.replace(/\/Size \d+/, `/Size ${size + 3}`);
  const xref = bytes.length + text.length;
  return `${text}xref\n${sections.join('')}trailer\n${withEntries(last, `/Prev ${startXref}`)}\nstartxref\n${xref}\n%%EOF\n`;
}

const pdfDate = (at: Date): string => `D:${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
