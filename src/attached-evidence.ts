import type { Attachment, EvidenceReader } from './documents/index.js';
import { actLoader, type ActType, type Evidence } from './evidence/index.js';
import type { ViewerContext } from './identity/viewer-context.js';

/** Evidence as documents show and carry it: the two features know nothing of each other. */

export const evidenceOf: EvidenceReader = async (context, requestId, seqs) => {
  const tx = await context.viewer();
  const acts = context.loader(actLoader);
  const [seals, ...found] = await Promise.all([
    tx.query<{ seq: number; kid: string }>({
      name: 'documents.seals',
      text: 'select seq, kid from guildhall.seal where instance_id = $1 and seq = any ($2::int[])',
      values: [requestId, seqs],
    }),
    ...seqs.map((seq) => acts.load({ instanceId: requestId, seq })),
  ]);
  const sealedBy = new Map(seals.map(({ seq, kid }) => [seq, kid]));
  return new Map(seqs.flatMap((seq, index) => (found[index] ? [[seq, shown(found[index], sealedBy.get(seq))]] : [])));
};

function shown({ signatureLevel, signatureMethod, method, amr, consent }: ActType, sealedBy: string | undefined) {
  return {
    level: signatureLevel,
    method: signatureMethod ?? (amr.length > 0 ? amr.join(', ') : method),
    consent: consent && `${consent.textId} ${String(consent.version)} (${consent.locale})`,
    sealedBy: sealedBy ?? null,
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
