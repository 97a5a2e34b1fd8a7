import { commonValues, sourcesSql, toSources, valuesOfTerms, type SourcesRow } from '../agreements/sources.js';
import type { AgreementDocument } from '../agreements/document.js';
import type { Viewer, ViewerTransaction } from '../database/index.js';
import { fill } from '../templates/fill.js';
import { consentedTo } from '../templates/option-labels.js';
import { localeOf, readAssembly, templateInForceSql } from '../templates/template.service.js';
import { definitionOfTemplate, type TemplateName } from '../templates/variable-catalogue.js';
import type { VariableValues } from '../templates/variable.js';
import type { RequestRow } from './request.type.js';

/** The parts of a snapshot that a notice may state. Never the reason that a broadcaster gives: a guild reads its notice. */
interface Context {
  readonly minor?: boolean;
  readonly switchAt?: string | null;
  readonly acceptsExitFee?: boolean;
  readonly alleged?: string;
  readonly curable?: boolean;
  readonly reasonCode?: string;
  readonly terms?: Readonly<Record<string, string | number | boolean>>;
  readonly offer?: Readonly<Record<string, string | number | boolean>> | null;
  readonly policy?: Readonly<Record<string, number>>;
}

const NOTICES: readonly string[] = [
  'LEAVE_PROBATION',
  'LEAVE_LOW_ACTIVITY',
  'LEAVE_NOTICE',
  'LEAVE_CAUSE',
  'LEAVE_MINOR',
  'REVERSAL',
] satisfies TemplateName[];

/** Which notices a request has, by the names of their templates. */
function noticesOf({ kind, guild_id: losing, ...row }: RequestRow, { minor = false }: Context, viewer: Viewer): TemplateName[] {
  const own = NOTICES.filter((name) => name === kind) as TemplateName[];
  // What a gaining guild offers is none of the losing one's business.
  const side = viewer.broadcasterId === row.broadcaster_id || viewer.wardIds.includes(row.broadcaster_id);
  const knows = !kind.startsWith('TRANSFER') || side || viewer.platformRole !== null || !viewer.guildIds.includes(losing);
  return minor && knows && Object.hasOwn(consentedTo, kind) ? [...own, 'GUARDIAN_CONSENT'] : own;
}

export interface Notice {
  readonly name: TemplateName;
  readonly document: AgreementDocument;
}

/**
 * What somebody declares by a request, as texts: made when they are looked at, from the template that was in force when the request was
 * opened and from the request as it is now. Nobody signs them, and nothing is stored.
 */
export async function noticesFor(tx: ViewerTransaction, row: RequestRow, asked: string | null): Promise<Notice[]> {
  const { context } = JSON.parse(row.snapshot) as { readonly context: Context };
  const names = noticesOf(row, context, tx.viewer);
  if (names.length === 0) return [];
  const [found] = await tx.query<SourcesRow>(sourcesSql, [row.id]);
  if (!found) return [];
  const source = toSources(found);
  const notices: Notice[] = [];
  for (const name of names) {
    const [template] = await tx.query<{ id: string }>(templateInForceSql('id'), [name, source.regionCode, source.openedAt]);
    const assembly = template && (await readAssembly((sql, values) => tx.query(sql, values), template.id));
    const locale = assembly && localeOf(assembly.locales, asked, source.locale ?? source.regionLocale);
    if (!assembly || locale === undefined) continue;
    const { variables } = definitionOfTemplate(name)!;
    const all: VariableValues = { ...commonValues(source, row.id, source.openedAt), ...valuesOf(row, context, source.openedAt) };
    const values = Object.fromEntries(Object.entries(all).filter(([variable]) => Object.hasOwn(variables, variable)));
    notices.push({ name, document: fill(assembly, variables, values, { locale, timeZone: source.timeZone }) });
  }
  return notices;
}

function valuesOf({ kind, parent_id: parentId }: RequestRow, context: Context, openedAt: string): VariableValues {
  const { switchAt, acceptsExitFee = false, alleged, curable = false, reasonCode, terms, offer, policy } = context;
  return {
    noticeGivenAt: openedAt,
    ...(switchAt != null && { endsAt: new Date(switchAt).toISOString() }),
    acceptsExitFee,
    ...(alleged !== undefined && { cause: alleged }),
    curable,
    ...(reasonCode !== undefined && { reversalReason: reasonCode }),
    ...(parentId !== null && { originalId: parentId }),
    request: kind,
    ...valuesOfTerms({ ...terms, ...offer }),
    ...(kind.startsWith('TRANSFER') && { coolingOffDays: policy?.['transferCoolingOffDays'] ?? 0 }),
  };
}
