import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AgreementType, TermChangeType, type AgreementAudience, type TermsType } from './agreement.type.js';

type Terms = Readonly<Record<string, unknown>>;

interface AgreementRow {
  readonly request_id: string;
  readonly version: number;
  readonly audience: AgreementAudience;
  readonly body: string;
  readonly sha256: string;
  readonly terms: Terms;
  readonly created_at: Date;
}

/** Every version of the agreement of each request, the newest last. */
export const agreementVersionsLoader = (context: ViewerContext) =>
  new DataLoader<string, AgreementType[]>(async (requestIds) => {
    const tx = await context.viewer();
    const rows = await tx.query<AgreementRow>(
      `select request_id, version, audience, body, sha256, terms, created_at from guildhall.agreement_version
       where request_id = any ($1::uuid[]) order by request_id, version, audience desc`,
      [requestIds],
    );
    const found = new Map<string, AgreementRow[]>();
    for (const row of rows) found.set(row.request_id, [...(found.get(row.request_id) ?? []), row]);
    return requestIds.map((id) =>
      (found.get(id) ?? []).map((row, index, all) => toAgreement(row, beforeIn(all.slice(0, index), row)?.terms)),
    );
  });

/** The version before it for the same readers. */
const beforeIn = (earlier: readonly AgreementRow[], { audience }: AgreementRow): AgreementRow | undefined =>
  earlier.filter((row) => row.audience === audience).at(-1);

/** The newest agreement of each request; where there are two texts of it, the one that says more, for who may read both. */
export const agreementLoader = (context: ViewerContext) =>
  new DataLoader<string, AgreementType | undefined>(async (requestIds) => {
    const versions = await context.loader(agreementVersionsLoader).loadMany(requestIds);
    return versions.map((each) => (each instanceof Error ? each : each.at(-1)));
  });

function toAgreement(row: AgreementRow, before: Terms | undefined): AgreementType {
  return Object.assign(new AgreementType(), {
    version: row.version,
    audience: row.audience,
    text: row.body,
    sha256: row.sha256,
    terms: membershipTerms(row.terms),
    allTerms: row.terms,
    changes: before ? termChanges(before, row.terms) : [],
    createdAt: row.created_at,
  });
}

/** The terms of a membership, where these are such. */
function membershipTerms(terms: Terms): TermsType | null {
  const { guildSharePercent, termMonths, startAt = null } = terms;
  if (typeof guildSharePercent !== 'number' || typeof termMonths !== 'number') return null;
  return { guildSharePercent, termMonths, startAt: startAt as string | null };
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
