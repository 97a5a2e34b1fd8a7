import { createHash } from 'node:crypto';

export interface AgreementValues {
  /** A random id: also the salt that keeps the hash of a short, guessable text from being found by trial. */
  readonly agreementId: string;
  readonly version: string;
  readonly guild: string;
  readonly broadcaster: string;
  readonly region: string;
  readonly guildSharePercent: string;
  readonly broadcasterSharePercent: string;
  readonly termMonths: string;
  readonly start: string;
  readonly coolingOffDays: string;
  readonly policy: string;
  readonly date: string;
}

/**
 * Fills a template's `{{variables}}` once. A value is never read as template text, and a variable that does not exist is an
 * error: an agreement with a hole in it must not be shown to anybody.
 */
export function renderAgreement(template: string, values: AgreementValues): { readonly body: string; readonly sha256: string } {
  const body = template.replace(/\{\{\s*([a-zA-Z0-9]+)\s*\}\}/g, (_match, name: string) => {
    const value = (values as unknown as Readonly<Record<string, string | undefined>>)[name];
    if (value === undefined) throw new Error(`The agreement template uses the unknown variable "${name}".`);
    return value;
  });
  return { body, sha256: createHash('sha256').update(body, 'utf8').digest('hex') };
}
