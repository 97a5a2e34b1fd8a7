import { createHash } from 'node:crypto';
import { canonicalText } from '../engine/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeGlobalId, PublicError } from '../schema/index.js';
import { certificateData, type EvidenceReader } from './certificate-data.js';
import { FileCache } from './file-cache.js';
import { agreementHtml } from './html/agreement-html.js';
import { certificateHtml } from './html/certificate-html.js';
import { PAGE_POLICY } from './html/page.js';
import type { Attachment, PdfJob } from './pdf/pdf-job.js';
import { PdfMaker } from './pdf/pdf-maker.js';
import { agreementFiles, type AgreementFile } from './read-agreements.js';
import { signPdf } from './signature/sign-pdf.js';
import type { DocumentSigner } from './signature/signer.js';

export interface DocumentsOptions {
  /** Undefined: no PDF is given out, since an unsigned one would pass for what it is not. */
  readonly signer: DocumentSigner | undefined;
  readonly evidenceOf?: EvidenceReader;
  /** What is embedded into a certificate, e.g. the bundle of evidence, as its reader may see it; takes the global id. */
  readonly attachmentsOf?: (context: ViewerContext, id: string) => Promise<readonly Attachment[]>;
}

export interface Chosen {
  readonly version?: number | undefined;
  readonly audience?: string | undefined;
}

interface Asked extends Chosen {
  readonly id: string;
}

/** A file that the reader may have; what it is made of has been read, so that no transaction is open while it is made. */
export interface PreparedFile {
  readonly fileName: string;
  readonly mediaType: string;
  /** Changes with what the file says. Weak for a PDF: two signatures over the same are not the same bytes. */
  readonly etag: string;
  readonly policy: string;
  readonly body: () => Promise<string | Buffer>;
}

/** Part of every ETag: what a file looks like may change with a release. */
const LAYOUT = 1;
const MAX_CHARACTERS = 2_000_000;
const PDF_POLICY = "default-src 'none'; frame-ancestors 'none'";

const noEvidence: EvidenceReader = async () => new Map();

/** Agreements and certificates as files, for whoever may see the request. */
export class Documents {
  readonly #options: DocumentsOptions;
  readonly #maker = new PdfMaker();
  readonly #cache = new FileCache();

  constructor(options: DocumentsOptions) {
    this.#options = options;
  }

  /** @param id global id of a request */
  async agreementHtml(context: ViewerContext, id: string, chosen: Chosen): Promise<PreparedFile | undefined> {
    const source = await this.#agreement(context, id, chosen);
    if (!source) return undefined;
    return page(`agreement-${source.reference}.html`, agreementHtml(source));
  }

  async agreementPdf(context: ViewerContext, id: string, chosen: Chosen): Promise<PreparedFile | undefined> {
    const source = await this.#agreement(context, id, chosen);
    if (!source) return undefined;
    const at = await databaseTime(context);
    return this.#pdf(`agreement-${source.reference}.pdf`, { type: 'agreement', source, attachments: [] }, source, at);
  }

  async certificateHtml(context: ViewerContext, id: string): Promise<PreparedFile | undefined> {
    const data = await this.#certificate(context, id);
    return data && page(`certificate-${data.requestId}.html`, certificateHtml(data));
  }

  async certificatePdf(context: ViewerContext, id: string): Promise<PreparedFile | undefined> {
    const { attachmentsOf } = this.#options;
    // First, since reading them may begin another snapshot: the certificate then tells of the same moment.
    const attachments = (await attachmentsOf?.(context, id)) ?? [];
    const data = await this.#certificate(context, id);
    if (!data) return undefined;
    const { issuedAt, ...said } = data;
    const { viewer } = await context.viewer();
    // What is attached says when it was made, so that it is never the same twice; but it is for this viewer only.
    const says = attachmentsOf ? { said, viewer: viewer.principalId } : said;
    return this.#pdf(`certificate-${data.requestId}.pdf`, { type: 'certificate', data, attachments }, says, new Date(issuedAt));
  }

  /** By the end of their path. */
  readonly files = {
    'agreement.html': (context: ViewerContext, { id, ...chosen }: Asked) => this.agreementHtml(context, id, chosen),
    'agreement.pdf': (context: ViewerContext, { id, ...chosen }: Asked) => this.agreementPdf(context, id, chosen),
    'certificate.html': (context: ViewerContext, { id }: Asked) => this.certificateHtml(context, id),
    'certificate.pdf': (context: ViewerContext, { id }: Asked) => this.certificatePdf(context, id),
  };

  async stop(): Promise<void> {
    await this.#maker.stop();
  }

  async #agreement(context: ViewerContext, id: string, { version, audience }: Chosen): Promise<AgreementFile | undefined> {
    const requestId = decodeGlobalId('Request', id);
    const files = requestId === undefined ? [] : await agreementFiles(await context.viewer(), requestId);
    return files
      .filter(
        (file) => (version === undefined || file.version === version) && (audience === undefined || file.audience === audience),
      )
      .at(-1);
  }

  async #certificate(context: ViewerContext, id: string) {
    const requestId = decodeGlobalId('Request', id);
    return requestId === undefined ? undefined : certificateData(context, requestId, this.#options.evidenceOf ?? noEvidence);
  }

  /** @param says what the file says, by which it is known again */
  #pdf(fileName: string, job: PdfJob, says: object, at: Date): PreparedFile {
    const { signer } = this.#options;
    if (!signer) throw new PublicError('UNAVAILABLE', 'This installation has no key to sign PDFs with; ask for the HTML.');
    const text = canonicalText(says);
    if (text.length > MAX_CHARACTERS)
      throw new PublicError('OPERATION_TOO_LARGE', 'This is too long for a PDF; ask for the HTML.');
    const hash = createHash('sha256')
      .update(`${String(LAYOUT)}\n${fileName}\n${text}\n`)
      .update(signer.certificates[0]);
    const key = hash.digest('hex');
    const make = async () => signPdf(await this.#maker.make(job), signer, { at, reason: 'Issued by the platform' });
    return {
      fileName,
      mediaType: 'application/pdf',
      etag: `W/"${key}"`,
      policy: PDF_POLICY,
      body: () => this.#cache.get(key, make),
    };
  }
}

const page = (fileName: string, html: string): PreparedFile => ({
  fileName,
  mediaType: 'text/html; charset=utf-8',
  etag: `"${createHash('sha256').update(html).digest('hex')}"`,
  policy: PAGE_POLICY,
  body: async () => html,
});

async function databaseTime(context: ViewerContext): Promise<Date> {
  const tx = await context.viewer();
  const [row] = await tx.query<{ now: Date }>('select guildhall.now() as now');
  return row!.now;
}
