import type { Transaction } from '../engine/index.js';
import type { Draft } from './draw-up.js';
import type { Sources } from './sources.js';

/**
 * Templates of before there were clauses: one text with `{{variables}}`. Requests that have pinned one go on with it; new ones are
 * drawn up from clauses.
 */
export async function fillPlainText(tx: Transaction, templateId: string, source: Sources, draft: Draft): Promise<string> {
  const { rows } = await tx.query<{ body: string }>('select body from guildhall.template_version where id = $1', [templateId]);
  const { terms, at, values } = draft;
  const { guildSharePercent, startAt, leaveAt, transferAt } = terms;
  const days = values?.['coolingOffDays'];
  const isTransfer = draft.audience !== 'ALL';
  return fillOnce(rows[0]!.body, {
    agreementId: draft.agreementId,
    version: String(draft.version),
    guild: source.guild,
    gainingGuild: source.gainingGuild ?? '',
    broadcaster: source.broadcaster,
    region: source.region,
    policy: source.policy,
    ...Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, String(value)])),
    ...(typeof guildSharePercent === 'number' && { broadcasterSharePercent: String(100 - guildSharePercent) }),
    chosen: String(startAt ?? leaveAt ?? 'none'),
    start: isTransfer
      ? transferAt === undefined
        ? 'when the cooling-off is over'
        : `at ${String(transferAt)}`
      : typeof startAt === 'string'
        ? startAt
        : 'at the end of the cooling-off period',
    coolingOffDays: String(typeof days === 'number' ? days : source.parameters.joinCoolingOffDays),
    date: at.slice(0, 10),
  });
}

/**
 * Fills the variables once. A value is never read as template text, and a variable that does not exist is an error: an agreement with
 * a hole in it must not be shown to anybody.
 */
function fillOnce(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{\s*([a-zA-Z0-9]+)\s*\}\}/g, (_match, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`The agreement template uses the unknown variable "${name}".`);
    return value;
  });
}
