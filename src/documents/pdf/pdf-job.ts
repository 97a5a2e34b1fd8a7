import type { AgreementSource } from '../agreement-source.js';
import type { CertificateData } from '../certificate.js';
import { drawAgreement } from './agreement-pdf.js';
import { drawCertificate } from './certificate-pdf.js';

export interface Attachment {
  /** ASCII, e.g. `evidence.zip`. */
  readonly name: string;
  readonly mediaType: string;
  readonly description: string;
  readonly bytes: Uint8Array;
}

/** What a PDF is to be made of; goes to another thread, so it is plain data. */
export type PdfJob = { readonly attachments: readonly Attachment[] } & (
  | { readonly type: 'agreement'; readonly source: AgreementSource }
  | { readonly type: 'certificate'; readonly data: CertificateData }
);

/** Not signed yet. The same job gives the same bytes. */
export async function pdfOf(job: PdfJob): Promise<Buffer> {
  const canvas = job.type === 'agreement' ? drawAgreement(job.source) : drawCertificate(job.data);
  const creationDate = new Date(job.type === 'agreement' ? job.source.createdAt : job.data.issuedAt);
  for (const { name, mediaType, description, bytes } of job.attachments)
    // Associated with the document (/AF), as PDF/A-3 has it: a reader of archives finds it, and knows that it is data.
    canvas.pdf.file(Buffer.from(bytes), {
      name,
      type: mediaType,
      description,
      relationship: 'Data',
      creationDate,
      modifiedDate: creationDate,
    });
  return canvas.bytes();
}
