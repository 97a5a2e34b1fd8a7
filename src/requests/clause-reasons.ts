import { currentVersion, definitionOf } from '../../workflows/registry.js';
import type { ViewerTransaction } from '../database/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import type { Reason } from '../schema/index.js';
import { templateInForceSql, readAssembly, type Read } from '../templates/template.service.js';
import type { OpeningInput } from './subject.js';

/** What a command was about: a request that there is, or one that was to be opened. */
export type About = { readonly requestId: string } | { readonly kind: string; readonly input: OpeningInput };

/** `terms.guildSharePercent` in the input is the term `guildSharePercent`. */
const termOf = ({ field }: Reason): string | undefined => /^(?:terms\.|offer\.)?([a-zA-Z]{1,40})$/.exec(field ?? '')?.[1];

/**
 * Says of each reason about a term which clause states it: of the text that the viewer was shown, or of the template that the text
 * would be made from. Costs nothing where no reason is about a term.
 */
export async function withClauses(context: ViewerContext, reasons: readonly Reason[], about: About): Promise<readonly Reason[]> {
  if (!reasons.some((reason) => termOf(reason) !== undefined)) return reasons;
  const tx = await context.viewer();
  const clauses = await statingClauses(tx, about);
  return reasons.map((reason) => {
    const term = termOf(reason);
    const clause = term === undefined ? undefined : clauses.find(({ terms }) => terms.includes(term));
    return clause ? Object.assign({}, reason, { clause: clause.key }) : reason;
  });
}

interface Stating {
  readonly key: string;
  readonly terms: readonly string[];
}

async function statingClauses(tx: ViewerTransaction, about: About): Promise<readonly Stating[]> {
  const read: Read = (sql, values) => tx.query(sql, values);
  const templateId = 'requestId' in about ? undefined : await templateFor(tx, about.kind, about.input);
  if (!('requestId' in about)) return templateId === undefined ? [] : ((await readAssembly(read, templateId))?.clauses ?? []);
  const [row] = await tx.query<{ document: string | null; template_version_id: string | null }>(
    `select r.template_version_id, (select a.document from guildhall.agreement_version a where a.request_id = r.id
       order by a.version desc, a.audience desc limit 1) as document from guildhall.request r where r.id = $1`,
    [about.requestId],
  );
  const shown = row?.document == null ? [] : (JSON.parse(row.document) as { clauses: Stating[] }).clauses;
  const pinned = row?.template_version_id == null ? undefined : await readAssembly(read, row.template_version_id);
  return [...shown, ...(pinned?.clauses ?? [])];
}

async function templateFor(tx: ViewerTransaction, kind: string, input: OpeningInput): Promise<string | undefined> {
  const version = currentVersion(kind);
  const name = version === undefined ? null : definitionOf(kind, version).opening.template;
  if (name === null) return undefined;
  const [region] = await tx.query<{ code: string }>(
    `select g.region_code as code from guildhall.guild g where g.id = coalesce($1, (select m.guild_id from guildhall.membership m
       where (m.id = $2 or ($2::uuid is null and m.broadcaster_id = $3)) and m.annulled_at is null order by m.starts_at desc limit 1), $4)`,
    [input.guildId ?? null, input.membershipId ?? null, input.broadcasterId ?? null, input.gainingGuildId ?? null],
  );
  const [template] = await tx.query<{ id: string }>(templateInForceSql('id', 'guildhall.now()'), [name, region?.code ?? null]);
  return template?.id;
}
