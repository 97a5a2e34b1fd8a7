import type { Attachment, EvidenceReader } from './documents/index.js';
import type { Evidence } from './evidence/index.js';
import type { ViewerContext } from './identity/viewer-context.js';

/** Evidence as documents show and carry it: the two features know nothing of each other. */

interface Row {
  readonly seq: number;
  readonly body: string;
  readonly kid: string | null;
}

/** The part of an act's record that everybody reads who reads the request. */
interface Body {
  readonly authentication?: { readonly method: string; readonly amr?: readonly string[] };
  readonly consent?: { readonly textId: string; readonly version: number; readonly locale: string };
  readonly signature?: { readonly level: string; readonly method: string };
}

export const evidenceOf: EvidenceReader = async (context, requestId, seqs) => {
  const tx = await context.viewer();
  const rows = await tx.query<Row>({
    name: 'documents.evidence',
    text: `select a.seq, a.body, s.kid from guildhall.act a left join guildhall.seal s on s.instance_id = a.instance_id and s.seq = a.seq
      where a.instance_id = $1 and a.seq = any ($2::int[])`,
    values: [requestId, seqs],
  });
  return new Map(rows.map(({ seq, body, kid }) => [seq, shown(JSON.parse(body) as Body, kid)]));
};

function shown({ authentication, consent, signature }: Body, kid: string | null) {
  const login = authentication?.amr?.join(', ') ?? authentication?.method ?? null;
  return {
    level: signature?.level ?? null,
    method: signature?.method ?? login,
    consent: consent ? `${consent.textId} ${String(consent.version)} (${consent.locale})` : null,
    sealedBy: kid,
  };
}

/** The bundle as this reader may have it; none where the platform has no key to sign it with. */
export async function attachedBundle(bundles: Evidence['bundles'], context: ViewerContext, id: string): Promise<Attachment[]> {
  const file = await bundles?.ofRequest(context, id);
  if (!file) return [];
  return [
    {
      name: 'evidence.zip',
      mediaType: file.mediaType,
      description: 'Bundle of evidence, to be verified offline',
      bytes: file.body,
    },
  ];
}
