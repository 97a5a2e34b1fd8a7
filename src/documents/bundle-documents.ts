import type { ViewerTransaction } from '../database/index.js';
import { agreementHtml } from './html/agreement-html.js';
import { soundAgreementFiles } from './read-agreements.js';

/**
 * The agreements of a request as pages, by the paths that they have in a bundle of evidence: every version that the viewer may read. Pages and not
 * PDFs: the same text gives the same bytes, and nothing has to be waited for while a transaction is open.
 */
export async function bundleDocuments(tx: ViewerTransaction, requestId: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = await soundAgreementFiles(tx, requestId);
  return new Map(
    files.map((file) => [
      `documents/agreement-${String(file.version)}-${file.audience.toLowerCase()}.html`,
      Buffer.from(agreementHtml(file)),
    ]),
  );
}
