import { canonicalText, type Transaction } from '../engine/index.js';
import { fill } from '../templates/fill.js';
import { localeOf, readAssembly } from '../templates/template.service.js';
import { definitionOfTemplate } from '../templates/variable-catalogue.js';
import type { VariableValues } from '../templates/variable.js';
import { sha256 } from '../verify/chain.js';
import { textOf } from './document.js';
import { fillPlainText } from './plain-text.js';
import { commonValues, type Sources, valuesOfTerms } from './sources.js';

export interface Draft {
  readonly agreementId: string;
  readonly requestId: string;
  readonly version: number;
  readonly audience: 'ALL' | 'GUILD' | 'GAINING_GUILD';
  readonly terms: Readonly<Record<string, string | number | boolean>>;
  readonly at: string;
  /** Of a kind; what it does not give is as for every text. */
  readonly values?: VariableValues;
}

/** What was filled in, so that it can be read in another language. */
export interface FilledWith {
  readonly templateVersionId: string;
  readonly values: VariableValues;
}

/** Draws up the text of one version of the terms and stores it. The chain gets only hashes: of the text, and of the document. */
export async function drawUp(
  tx: Transaction,
  templateId: string,
  source: Sources,
  draft: Draft,
): Promise<{ readonly agreementId: string; readonly sha256: string; readonly documentSha256?: string }> {
  const { agreementId, requestId, version, audience, terms, at } = draft;
  const { body, document, filledWith } = await textFor(tx, templateId, source, draft);
  const hash = sha256(body);
  await tx.query({
    name: 'agreements.insert',
    text: `insert into guildhall.agreement_version (id, request_id, version, audience, terms, body, sha256, created_at, document, filled_with)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [agreementId, requestId, version, audience, JSON.stringify(terms), body, hash, at, document, filledWith],
  });
  return { agreementId, sha256: hash, ...(document !== null && { documentSha256: sha256(document) }) };
}

async function textFor(tx: Transaction, templateId: string, source: Sources, draft: Draft) {
  const read = async <Row extends object>(sql: string, values: readonly unknown[]) =>
    (await tx.query<Row>(sql, [...values])).rows;
  const assembly = await readAssembly(read, templateId);
  if (!assembly) return { body: await fillPlainText(tx, templateId, source, draft), document: null, filledWith: null };
  const { variables } = definitionOfTemplate(assembly.name)!;
  const all: VariableValues = {
    ...commonValues(source, draft.agreementId, draft.at),
    version: draft.version,
    ...valuesOfTerms(draft.terms),
    ...draft.values,
  };
  const values = Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(variables, name)));
  // The release of a transfer may be offered in fewer languages than its agreement.
  const locale =
    localeOf(assembly.locales, source.locale, source.regionLocale) ?? localeOf(assembly.locales, null, source.regionLocale)!;
  const document = fill(assembly, variables, values, { locale, timeZone: source.timeZone });
  const filledWith: FilledWith = { templateVersionId: templateId, values };
  return { body: textOf(document), document: canonicalText(document), filledWith: JSON.stringify(filledWith) };
}
