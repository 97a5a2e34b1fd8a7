import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/viewer-context.js';
import { encodeGlobalId } from '../schema/index.js';
import { actHash } from '../verify/chain.js';
import { ActConsentType, ActOriginType, ActType } from './act.type.js';

interface ActRow {
  readonly instance_id: string;
  readonly seq: number;
  readonly actor_id: string;
  readonly body: string;
  readonly details_hash: string;
  readonly erased_at: Date | null;
  readonly details: string | null;
}

/** What `actOf` of the engine writes. */
interface Body {
  readonly operation: string;
  readonly authentication?: { issuer: string; method: string; amr?: string[]; acr?: string; authTime?: string };
  readonly consent?: { textId: string; version: number; locale: string; sha256: string };
  readonly shown?: { sha256: string };
  readonly signature?: { level: string; method: string };
  readonly bulk?: { operationId: string; item: number };
}

interface Details {
  readonly subject?: string;
  readonly address?: string;
  readonly agent?: string | null;
  readonly requestId?: string;
  readonly credentialId?: string;
}

export interface ActKey {
  readonly instanceId: string;
  readonly seq: number;
}

const keyOf = ({ instanceId, seq }: ActKey): string => `${instanceId} ${String(seq)}`;

/** Records of acts by entry of the history; undefined for what no person did. Of the personal half what the viewer may see. */
export const actLoader = (context: ViewerContext) =>
  new DataLoader<ActKey, ActType | undefined, string>(
    async (keys) => {
      const tx = await context.viewer();
      const rows = await tx.query<ActRow>(
        `select a.instance_id, a.seq, h.actor_id, a.body, a.details_hash, a.erased_at, d.details
         from unnest($1::uuid[], $2::int[]) as q (instance_id, seq)
         join guildhall.act a on a.instance_id = q.instance_id and a.seq = q.seq
         join guildhall.history h on h.instance_id = a.instance_id and h.seq = a.seq
         left join guildhall.act_details($1, $2) d on d.instance_id = a.instance_id and d.seq = a.seq`,
        [keys.map(({ instanceId }) => instanceId), keys.map(({ seq }) => seq)],
      );
      const found = new Map(rows.map((row) => [keyOf({ instanceId: row.instance_id, seq: row.seq }), toAct(row)]));
      return keys.map((key) => found.get(keyOf(key)));
    },
    { cacheKeyFn: keyOf },
  );

function toAct(row: ActRow): ActType {
  const body = JSON.parse(row.body) as Body;
  const { authentication, consent, shown, signature, bulk } = body;
  const authTime = authentication?.authTime;
  return Object.assign(new ActType(), {
    actorId: encodeGlobalId('Principal', row.actor_id),
    operation: body.operation,
    issuer: authentication?.issuer ?? null,
    method: authentication?.method ?? null,
    amr: authentication?.amr ?? [],
    acr: authentication?.acr ?? null,
    authenticatedAt: authTime === undefined ? null : new Date(authTime),
    consent: consent ? Object.assign(new ActConsentType(), consent) : null,
    shownSha256: shown?.sha256 ?? null,
    signatureLevel: signature?.level ?? null,
    signatureMethod: signature?.method ?? null,
    bulkOperationId: bulk ? encodeGlobalId('BulkOperation', bulk.operationId) : null,
    origin: row.details === null ? null : toOrigin(JSON.parse(row.details) as Details),
    erasedAt: row.erased_at,
    sha256: actHash(row.body, row.details_hash),
  });
}

const toOrigin = ({ subject, address, agent, requestId, credentialId }: Details) =>
  Object.assign(new ActOriginType(), {
    subject: subject ?? null,
    address: address ?? null,
    agent: agent ?? null,
    requestId: requestId ?? null,
    credentialId: credentialId ?? null,
  });
