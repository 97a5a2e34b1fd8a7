import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AgreementType } from './agreement.type.js';

interface AgreementRow {
  readonly request_id: string;
  readonly version: number;
  readonly body: string;
  readonly sha256: string;
  readonly terms: { guildSharePercent: number; termMonths: number; startAt?: string };
  readonly created_at: Date;
}

/** The newest agreement of each request. */
export const agreementLoader = (context: ViewerContext) =>
  new DataLoader<string, AgreementType | undefined>(async (requestIds) => {
    const tx = await context.viewer();
    const rows = await tx.query<AgreementRow>(
      `select distinct on (request_id) request_id, version, body, sha256, terms, created_at from guildhall.agreement_version
       where request_id = any ($1::uuid[]) order by request_id, version desc`,
      [requestIds],
    );
    const found = new Map(
      rows.map((row) => [
        row.request_id,
        Object.assign(new AgreementType(), {
          version: row.version,
          text: row.body,
          sha256: row.sha256,
          terms: { ...row.terms, startAt: row.terms.startAt ?? null },
          createdAt: row.created_at,
        }),
      ]),
    );
    return requestIds.map((id) => found.get(id));
  });
