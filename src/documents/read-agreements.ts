import { textOf, type AgreementDocument } from '../agreements/document.js';
import type { ViewerTransaction } from '../database/index.js';
import type { AgreementSource } from './agreement-source.js';
import { documentOfText } from './agreement-text.js';

export interface AgreementFile extends AgreementSource {
  readonly audience: string;
}

interface Row {
  readonly id: string;
  readonly version: number;
  readonly audience: string;
  readonly body: string;
  readonly sha256: string;
  readonly created_at: Date;
  readonly document: string | null;
}

/** Language of the templates of before texts were data. */
const PLAIN_TEXT_LOCALE = 'en';

/** The texts of a request that the viewer may read and that are not erased: row-level security shows each side of a transfer its own. The newest is the last. */
export async function agreementFiles(tx: ViewerTransaction, requestId: string): Promise<AgreementFile[]> {
  return (await read(tx, requestId)).map(fileOf);
}

/** The same for a bundle of evidence, whose business it is to show what was changed: without pages of what does not fit its text. */
export async function soundAgreementFiles(tx: ViewerTransaction, requestId: string): Promise<AgreementFile[]> {
  return (await read(tx, requestId)).filter(isSound).map(fileOf);
}

async function read(tx: ViewerTransaction, requestId: string): Promise<Row[]> {
  return tx.query<Row>({
    name: 'documents.agreements',
    text: `select a.id, a.version, a.audience, a.body, a.sha256, a.created_at, a.document
      from guildhall.agreement_version a where a.request_id = $1 and a.erased_at is null order by a.version, a.audience desc`,
    values: [requestId],
  });
}

const fileOf = (row: Row): AgreementFile => ({
  document: documentOf(row),
  version: row.version,
  audience: row.audience,
  sha256: row.sha256,
  createdAt: row.created_at.toISOString(),
  reference: row.id,
});

const isSound = ({ document, body }: Pick<Row, 'document' | 'body'>): boolean =>
  document === null || textOf(JSON.parse(document) as AgreementDocument) === body;

/** A page that said something else than what was signed would be worse than none. */
export function documentOf({ id, document, body }: Pick<Row, 'id' | 'document' | 'body'>): AgreementDocument {
  if (document === null) return documentOfText(body, PLAIN_TEXT_LOCALE);
  if (!isSound({ document, body })) throw new Error(`The document of agreement ${id} does not say what its text says.`);
  return JSON.parse(document) as AgreementDocument;
}
