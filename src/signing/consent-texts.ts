import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { inTransaction } from '../engine/index.js';
import { sha256 } from '../verify/chain.js';
import { now, refused, type Refused } from './refused.js';

export interface ConsentTextRow {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly locale: string;
  readonly body: string;
  readonly sha256: string;
  readonly published_at: Date;
}

export const consentColumns = 'id, name, version, locale, body, sha256, published_at';

const MAX_CHARACTERS = 20_000;

/** What signers agree to, in versions that are never changed. */
export class ConsentTexts {
  constructor(private readonly pool: Pool) {}

  /** The next version of a text in a locale; the same words as the newest are the newest. By policy staff. */
  publish(principalId: string, name: string, locale: string, body: string): Promise<ConsentTextRow | Refused> {
    const invalid = (field: string, message: string) => Promise.resolve(refused('INVALID_INPUT', message, { field }));
    if (!/^[A-Z][A-Z_]{0,39}$/.test(name)) return invalid('name', 'A name is UPPER_SNAKE with at most 40 characters.');
    if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(locale)) return invalid('locale', 'A locale looks like `en` or `zh-CN`.');
    if (body.trim() === '' || body.length > MAX_CHARACTERS || body.includes('\0'))
      return invalid('body', `A text has 1 to ${String(MAX_CHARACTERS)} characters.`);
    return inTransaction(this.pool, async (tx) => {
      const { rowCount } = await tx.query({
        name: 'signing.policyStaff',
        text: `select from guildhall.principal where id = $1 and platform_role = 'POLICY' and disabled_at is null`,
        values: [principalId],
      });
      if (rowCount === 0) return refused('FORBIDDEN', 'Only policy staff publish consent texts.');
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('consent-text:' || $1::text, 0))`, [`${name}/${locale}`]);
      const { rows } = await tx.query<ConsentTextRow>({
        name: 'signing.newestConsent',
        text: `select ${consentColumns} from guildhall.consent_text where name = $1 and locale = $2 order by version desc limit 1`,
        values: [name, locale],
      });
      const [newest] = rows;
      if (newest?.body === body) return newest;
      const published = await tx.query<ConsentTextRow>({
        name: 'signing.publishConsent',
        text: `insert into guildhall.consent_text (${consentColumns}) values ($1, $2, $3, $4, $5, $6, $7) returning ${consentColumns}`,
        values: [uuidv7(), name, (newest?.version ?? 0) + 1, locale, body, sha256(body), await now(tx)],
      });
      return published.rows[0]!;
    });
  }
}
