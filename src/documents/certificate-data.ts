import { partiesIn } from '../../workflows/phases/index.js';
import { registry } from '../../workflows/registry.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { apiState } from '../requests/request.type.js';
import { isSample } from './agreement-source.js';
import type { ActEvidence, CertificateAct, CertificateData, CertificateParty } from './certificate.js';
import { agreementFiles, type AgreementFile } from './read-agreements.js';

/** By history entry, how its act was authenticated: of what keeps the evidence. */
export type EvidenceReader = (
  context: ViewerContext,
  requestId: string,
  seqs: readonly number[],
) => Promise<ReadonlyMap<number, ActEvidence>>;

interface RequestRow {
  readonly kind: string;
  readonly machine_version: number;
  readonly state: string;
  readonly snapshot: string;
  readonly version: number;
  readonly head_hash: string;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly now: Date;
  readonly region: string;
  readonly time_zone: string;
  readonly broadcaster: string;
  readonly guild: string;
  readonly gaining_guild: string | null;
}

interface ActRow {
  readonly seq: number;
  readonly at: Date;
  readonly source: string;
  readonly event_type: string;
  readonly event: string;
  readonly authority: string;
  readonly hash: string;
  readonly person: string | null;
}

/** Everything by the viewer's own row-level security: names that are not theirs to see are missing, texts and their hashes too. */
export async function certificateData(
  context: ViewerContext,
  requestId: string,
  evidenceOf: EvidenceReader,
): Promise<CertificateData | undefined> {
  const tx = await context.viewer();
  const [[row], acts, agreements] = await Promise.all([
    tx.query<RequestRow>({ name: 'documents.request', text: requestSql, values: [requestId] }),
    tx.query<ActRow>({ name: 'documents.acts', text: actsSql, values: [requestId] }),
    agreementFiles(tx, requestId),
  ]);
  if (!row) return undefined;
  const evidence = await evidenceOf(
    context,
    requestId,
    acts.map(({ seq }) => seq),
  );
  const definition = registry.find(({ kind, version }) => kind === row.kind && version === row.machine_version);
  const newest = agreements.at(-1);
  return {
    locale: newest?.document.locale ?? 'en',
    requestId,
    kind: definition?.title ?? row.kind,
    state: apiState(row.state),
    region: { name: row.region, timeZone: row.time_zone },
    openedAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    issuedAt: row.now.toISOString(),
    parties: partiesOf(row),
    agreements: agreements.map(({ version, document, sha256, createdAt }) => ({
      version,
      title: document.title,
      sha256,
      createdAt,
    })),
    acts: acts.map((act) => actOf(act, definition?.events[act.event_type]?.title, agreements, evidence)),
    head: { seq: row.version, hash: row.head_hash },
    sample: newest !== undefined && isSample(newest.document),
  };
}

const requestSql = `select r.kind, i.machine_version, i.state, i.snapshot, i.version, i.head_hash, r.created_at, i.ended_at, guildhall.now() as now,
    reg.name as region, reg.time_zone, b.handle as broadcaster, g.name as guild, gg.name as gaining_guild
  from guildhall.request r join guildhall.instance i on i.id = r.id join guildhall.region reg on reg.code = r.region_code
  join guildhall.broadcaster b on b.id = r.broadcaster_id join guildhall.guild g on g.id = r.guild_id
  left join guildhall.guild gg on gg.id = r.gaining_guild_id where r.id = $1`;

const actsSql = `select h.seq, h.at, h.source, h.event_type, h.event, h.authority, h.hash, p.display_name as person
  from guildhall.history h left join guildhall.principal p on p.id = h.actor_id
  where h.instance_id = $1 and h.source in ('start', 'outside') and h.authority <> 'SYSTEM' order by h.seq`;

function partiesOf({ snapshot, broadcaster, guild, gaining_guild }: RequestRow): CertificateParty[] {
  const { context } = JSON.parse(snapshot) as { readonly context: unknown };
  const names: Readonly<Record<string, string | null>> = { BROADCASTER: broadcaster, GUILD: guild, GAINING_GUILD: gaining_guild };
  // Who the guardian is stands nowhere but with the broadcaster.
  return partiesIn(context)
    .filter((party) => party !== 'PLATFORM')
    .map((party) => ({ party, name: names[party] ?? null }));
}

function actOf(
  row: ActRow,
  title: string | undefined,
  agreements: readonly AgreementFile[],
  evidence: ReadonlyMap<number, ActEvidence>,
): CertificateAct {
  const { sha256 } = JSON.parse(row.event) as { readonly sha256?: string };
  // A payload is shown to nobody (ADR 0017): of it only the hash, and only of a text that the reader may read.
  const signed = row.event_type === 'SIGN_AGREEMENT' ? agreements.find((agreement) => agreement.sha256 === sha256) : undefined;
  const started = row.source === 'start';
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    event: started ? 'START' : row.event_type,
    title: title ?? (started ? 'Open the request' : row.event_type),
    authority: row.authority,
    person: row.person,
    hash: row.hash,
    signed: signed ? { version: signed.version, sha256: signed.sha256 } : null,
    evidence: evidence.get(row.seq) ?? null,
  };
}
