import { createHash } from 'node:crypto';

/**
 * What a template may name: `agreementId` (a random id, also the salt that keeps the hash of a short, guessable text from being found by
 * trial), `version`, `guild`, `gainingGuild`, `broadcaster`, `region`, `coolingOffDays`, `policy`, `date`, `start`, `chosen` (the instant that the parties chose, or `none`), and the kind's terms.
 */
export type AgreementValues = Readonly<Record<string, string>> & { readonly agreementId: string };

/**
 * Fills a template's `{{variables}}` once. A value is never read as template text, and a variable that does not exist is an
 * error: an agreement with a hole in it must not be shown to anybody.
 */
export function renderAgreement(template: string, values: AgreementValues): { readonly body: string; readonly sha256: string } {
  const body = template.replace(/\{\{\s*([a-zA-Z0-9]+)\s*\}\}/g, (_match, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`The agreement template uses the unknown variable "${name}".`);
    return value;
  });
  return { body, sha256: createHash('sha256').update(body, 'utf8').digest('hex') };
}
