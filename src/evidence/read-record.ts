import type { ViewerTransaction } from '../database/index.js';
import type { ActRecord, AgreementRecord, AnnexRecord, HistoryEntry, RequestRecord } from '../verify/index.js';
import { isDisclosed, nameOf, sideOf, type Side } from './disclosure.js';

interface HeadRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly version: number;
  readonly head_hash: string;
  readonly broadcaster_id: string;
  readonly guild_id: string;
  readonly gaining_guild_id: string | null;
}

interface EntryRow {
  readonly seq: number;
  readonly source: HistoryEntry['source'];
  readonly from_state: string | null;
  readonly state: string;
  readonly hash: string;
  readonly event: string;
  readonly actor_id: string;
  readonly authority: string;
  readonly at: Date;
  readonly event_type: string;
  readonly jws: string | null;
}

interface ActRow {
  readonly seq: number;
  readonly body: string;
  readonly details_hash: string;
  readonly salt: string | null;
  readonly details: string | null;
  readonly erased_at: Date | null;
}

interface AnnexRow {
  readonly id: string;
  readonly seq: number;
  readonly salt: string;
  readonly body: string | null;
  readonly erased_at: Date | null;
}

interface AgreementRow {
  readonly id: string;
  readonly version: number;
  readonly audience: string;
  readonly sha256: string;
  readonly created_at: Date;
  readonly body: string;
  readonly document: string | null;
  readonly erased_at: Date | null;
}

export interface ReadRecord {
  readonly record: RequestRecord;
  /** As what it was read, e.g. `GUILD`. */
  readonly madeFor: string;
}

/**
 * One request as this viewer may have it: row-level security decides which rows there are, `disclosure` which of their contents. What is
 * left out is named, so that nobody can take something away and say that it was never meant to be there.
 */
export async function readRecord(tx: ViewerTransaction, requestId: string): Promise<ReadRecord | undefined> {
  // Two rows tell the kind; where they differ, one was tampered with, and no seal is over both.
  const [head] = await tx.query<HeadRow>(
    `select r.id, case when i.kind = r.kind then r.kind else r.kind || ' or ' || i.kind end as kind, i.state, i.version, i.head_hash, r.broadcaster_id, r.guild_id, r.gaining_guild_id
     from guildhall.request r join guildhall.instance i on i.id = r.id where r.id = $1`,
    [requestId],
  );
  if (!head) return undefined;
  const side = sideOf(tx.viewer, head);
  const entries = await tx.query<EntryRow>(
    `select h.seq, h.source, h.from_state, h.state, h.hash, h.event, h.actor_id, h.authority, h.at, h.event_type, s.jws from guildhall.history h
     left join guildhall.seal s on s.instance_id = h.instance_id and s.seq = h.seq where h.instance_id = $1 order by h.seq`,
    [requestId],
  );
  const shown = new Map(entries.filter((entry) => isDisclosed(head.kind, entry, side)).map((entry) => [entry.seq, entry]));
  const acts = await readActs(tx, requestId);
  const annexes = await readAnnexes(tx, requestId, entries, side);
  const agreements = await readAgreements(tx, requestId);
  const record: RequestRecord = {
    head: {
      id: head.id,
      kind: head.kind,
      state: head.state,
      version: head.version,
      headHash: head.head_hash,
      withheld: {
        events: entries.filter(({ seq }) => !shown.has(seq)).map(({ seq }) => seq),
        details: acts.filter(({ details, erasedAt }) => details === undefined && erasedAt === undefined).map(({ seq }) => seq),
        agreements: renderedIds(shown.values()).filter((id) => !agreements.some((agreement) => agreement.id === id)),
        annexes: annexes.filter(({ kept }) => !kept).map(({ annex }) => annex.id),
      },
    },
    history: entries.map((entry) => ({
      seq: entry.seq,
      source: entry.source,
      fromState: entry.from_state,
      state: entry.state,
      hash: entry.hash,
      at: entry.at.toISOString(),
      type: entry.event_type,
      actorId: entry.actor_id,
      authority: entry.authority,
      ...(shown.has(entry.seq) && { event: entry.event }),
    })),
    acts,
    seals: entries.flatMap(({ seq, jws }) => (jws === null ? [] : [{ seq, jws }])),
    annexes: annexes.filter(({ kept }) => kept).map(({ annex }) => annex),
    agreements,
  };
  return { record, madeFor: nameOf(tx.viewer, side) };
}

async function readActs(tx: ViewerTransaction, requestId: string): Promise<ActRecord[]> {
  const rows = await tx.query<ActRow>(
    `with a as (select seq, body, details_hash, erased_at from guildhall.act where instance_id = $1)
     select a.seq, a.body, a.details_hash, a.erased_at, d.salt, d.details from a
     left join guildhall.act_details(array(select $1 from a), array(select seq from a)) d on d.seq = a.seq order by a.seq`,
    [requestId],
  );
  return rows.map((row) => ({
    seq: row.seq,
    body: row.body,
    detailsHash: row.details_hash,
    ...(row.salt !== null && row.details !== null && { salt: row.salt, details: row.details }),
    ...(row.erased_at && { erasedAt: row.erased_at.toISOString() }),
  }));
}

/** Words are for the platform and for whoever wrote them; that they are erased everybody may know. */
async function readAnnexes(
  tx: ViewerTransaction,
  requestId: string,
  entries: readonly EntryRow[],
  side: Side,
): Promise<{ readonly annex: AnnexRecord; readonly kept: boolean }[]> {
  const rows = await tx.query<AnnexRow>(
    'select id, seq, salt, body, erased_at from guildhall.annex where instance_id = $1 order by id',
    [requestId],
  );
  const platform = ['SUPPORT', 'AUDITOR'].includes(tx.viewer.platformRole ?? '');
  const authors = new Map(entries.map(({ seq, actor_id: actorId }) => [seq, actorId]));
  return rows.map(({ id, seq, salt, body, erased_at: erasedAt }) => ({
    kept: erasedAt !== null || platform || authors.get(seq) === side.principalId,
    annex: { id, seq, ...(body === null || erasedAt ? { erasedAt: erasedAt!.toISOString() } : { salt, body }) },
  }));
}

async function readAgreements(tx: ViewerTransaction, requestId: string): Promise<AgreementRecord[]> {
  const rows = await tx.query<AgreementRow>(
    `select a.id, a.version, a.audience, a.sha256, a.created_at, a.body, a.erased_at, a.document
     from guildhall.agreement_version a where a.request_id = $1 order by a.version, a.audience`,
    [requestId],
  );
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    audience: row.audience,
    sha256: row.sha256,
    createdAt: row.created_at.toISOString(),
    ...(row.erased_at
      ? { erasedAt: row.erased_at.toISOString() }
      : { text: row.body, ...(row.document !== null && { document: row.document }) }),
  }));
}

/** Ids of the texts that these events have drawn up. */
function renderedIds(entries: Iterable<EntryRow>): string[] {
  const parts = [...entries].flatMap(({ event }) => {
    const { type, agreement, release, ...rest } = JSON.parse(event) as Readonly<Record<string, unknown>>;
    return type === 'TRANSFER_RENDERED' ? [agreement, release] : type === 'AGREEMENT_RENDERED' ? [rest] : [];
  });
  return parts.flatMap((part) => {
    const { agreementId } = (part ?? {}) as { readonly agreementId?: unknown };
    return typeof agreementId === 'string' ? [agreementId] : [];
  });
}
