import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AgreementType, TermChangeType, type AgreementAudience, type AgreementRow, type TermsType } from './agreement.type.js';
import type { AgreementDocument } from './document.js';

type Terms = Readonly<Record<string, unknown>>;

interface StoredRow extends Omit<AgreementRow, 'document'> {
  readonly audience: AgreementAudience;
  readonly body: string;
  readonly sha256: string;
  readonly created_at: Date;
  readonly erased_at: Date | null;
  readonly document: string | null;
}

/** Every version of the agreement of each request, the newest last. */
export const agreementVersionsLoader = (context: ViewerContext) =>
  new DataLoader<string, AgreementType[]>(async (requestIds) => {
    const tx = await context.viewer();
    const rows = await tx.query<StoredRow>(
      `select a.id, a.request_id, a.version, a.audience, a.body, a.sha256, a.terms, a.created_at, a.erased_at, a.document, a.filled_with,
         reg.time_zone from guildhall.agreement_version a
       join guildhall.request r on r.id = a.request_id join guildhall.region reg on reg.code = r.region_code
       where a.request_id = any ($1::uuid[]) order by a.request_id, a.version, a.audience desc`,
      [requestIds],
    );
    const found = new Map<string, AgreementType[]>();
    for (const row of rows) {
      const earlier = (found.get(row.request_id) ?? []).filter(({ audience }) => audience === row.audience);
      found.set(row.request_id, [...(found.get(row.request_id) ?? []), toAgreement(row, earlier)]);
    }
    return requestIds.map((id) => found.get(id) ?? []);
  });

/** The newest agreement of each request; where there are two texts of it, the one that says more, for who may read both. */
export const agreementLoader = (context: ViewerContext) =>
  new DataLoader<string, AgreementType | undefined>(async (requestIds) => {
    const versions = await context.loader(agreementVersionsLoader).loadMany(requestIds);
    return versions.map((each) => (each instanceof Error ? each : each.at(-1)));
  });

/** `earlier`: the versions before it for the same readers, the newest last. */
function toAgreement(stored: StoredRow, earlier: readonly AgreementType[]): AgreementType {
  const document = stored.document === null ? null : (JSON.parse(stored.document) as AgreementDocument);
  const row: AgreementRow = { ...stored, document };
  const before = earlier.at(-1);
  return Object.assign(new AgreementType(), {
    version: row.version,
    audience: stored.audience,
    text: stored.body,
    sha256: stored.sha256,
    locale: document?.locale ?? null,
    title: document?.title ?? null,
    clauses: document?.clauses ?? [],
    terms: membershipTerms(row.terms),
    allTerms: row.terms,
    changes: before ? termChanges(before.row.terms, row.terms) : [],
    createdAt: stored.created_at,
    erasedAt: stored.erased_at,
    row,
    earlier,
  });
}

/** The terms of a membership, where these are such. */
function membershipTerms(terms: Terms): TermsType | null {
  const { guildSharePercent, termMonths, startAt = null, nonCompeteMonths = null } = terms;
  if (typeof guildSharePercent !== 'number' || typeof termMonths !== 'number') return null;
  return {
    guildSharePercent,
    termMonths,
    startAt: startAt as string | null,
    nonCompeteMonths: nonCompeteMonths as number | null,
  };
}

/** Term by term, in the order of their names. */
export function termChanges(before: Terms, after: Terms): TermChangeType[] {
  const text = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .map((term) => ({ term, before: text(before[term]), after: text(after[term]) }))
    .filter((change) => change.before !== change.after)
    .map((change) => Object.assign(new TermChangeType(), change));
}
