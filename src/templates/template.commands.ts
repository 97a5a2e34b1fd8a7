import { v7 as uuidv7 } from 'uuid';
import { registry } from '../../workflows/registry.js';
import type { ViewerTransaction } from '../database/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { createdBefore } from '../policies/creation.js';
import { EffectivePeriods } from '../policies/effective-periods.js';
import { Refusal, type Reason, decodeGlobalId, refuse } from '../schema/index.js';
import { templateProblems } from './check-template.js';
import type { ClauseContent, TemplateContent } from './content.js';
import { limits } from './limits.js';
import { problem, type TemplateProblem } from './problem.js';
import { toReason } from './reasons.js';
import {
  invalid,
  lockSeries,
  notAuthor,
  secondPerson,
  TEMPLATES,
  textViolations,
  type LockedVersion,
  type ReviewedWriter,
  type VersionStep,
} from './reviewed-version.js';
import { assemble } from './template.service.js';
import { definitionOfTemplate } from './variable-catalogue.js';

export interface TemplateDraft {
  readonly texts: TemplateContent['texts'];
  readonly locales: readonly string[];
  /** Global ids. */
  readonly clauses: readonly string[];
}

export interface NewTemplate extends TemplateDraft {
  readonly name: string;
  readonly region: string | null;
  readonly summary: string | undefined;
  /** Global id. */
  readonly basedOnId: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/** What requests cannot be opened without. */
const NEEDED: ReadonlySet<string> = new Set(['TRANSFER_RELEASE', ...registry.flatMap(({ opening }) => opening.template ?? [])]);

/** Only another one of its name has the text that its kinds ask for. */
const periods = new EffectivePeriods({ table: 'template_version', standsIn: 'o.name = v.name' });

/** The versions of templates, from draft to publication. */
export class TemplateCommands {
  constructor(private readonly writer: ReviewedWriter) {}

  create(context: ViewerContext, draft: NewTemplate): Promise<string | Refusal> {
    return this.writer.write(context, async (tx) => {
      const { idempotencyKey, ...asked } = draft;
      const creation = await createdBefore(tx, TEMPLATES.table, idempotencyKey, asked);
      if (typeof creation === 'string' || creation instanceof Refusal) return creation;
      const basedOn = draft.basedOnId === undefined ? null : decodeGlobalId('TemplateVersion', draft.basedOnId);
      const [base] = await tx.query('select from guildhall.template_version where id = $1', [basedOn ?? null]);
      if (draft.basedOnId !== undefined && !base) return refuse('NOT_FOUND', 'There is no such template version.', 'basedOnId');
      const content = contentOf(draft);
      const objections = [
        ...(await regionViolations(tx, draft.region)),
        ...(await violations(tx, draft.name, content)),
        ...textViolations('summary', draft.summary),
      ];
      if (objections.length > 0) return invalid(objections);
      await lockSeries(tx, TEMPLATES, draft.name, draft.region);
      const id = uuidv7();
      await tx.query(
        `insert into guildhall.template_version (id, name, region_code, number, summary, content, based_on_id, author_id, creation_key, creation_sha256)
         select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8, $9 from guildhall.template_version
         where name = $2 and region_code is not distinct from $3`,
        [
          id,
          draft.name,
          draft.region,
          draft.summary ?? null,
          JSON.stringify(content),
          basedOn,
          tx.viewer.principalId,
          creation.key,
          creation.sha256,
        ],
      );
      return id;
    });
  }

  update(context: ViewerContext, step: VersionStep, draft: TemplateDraft, summary?: string): Promise<string | Refusal> {
    return this.writer.step(context, TEMPLATES, step, 'DRAFT', async (tx, version) => {
      if (version.author_id !== tx.viewer.principalId) return notAuthor(TEMPLATES);
      const content = contentOf(draft);
      const objections = [...(await violations(tx, version.key, content)), ...textViolations('summary', summary)];
      if (objections.length > 0) return invalid(objections);
      await tx.query(
        'update guildhall.template_version set content = $2, summary = coalesce($3, summary), remark = null where id = $1',
        [version.id, JSON.stringify(content), summary ?? null],
      );
      return undefined;
    });
  }

  submit(context: ViewerContext, step: VersionStep, comment: string | undefined): Promise<string | Refusal> {
    return this.writer.submit(context, TEMPLATES, step, comment, stored);
  }

  approve(
    context: ViewerContext,
    step: VersionStep,
    effectiveFrom: Date | undefined,
    comment?: string,
  ): Promise<string | Refusal> {
    return this.writer.step(context, TEMPLATES, step, 'IN_REVIEW', async (tx, version) => {
      const from = effectiveFrom ?? version.now;
      const objections: Reason[] = [
        ...secondPerson(tx, TEMPLATES, version),
        ...(await stored(tx, version)),
        ...(await unpublished(tx, version)),
        ...textViolations('comment', comment),
      ];
      if (from < version.now) {
        const message = 'A version cannot come into force in the past.';
        objections.push({ code: 'EFFECTIVE_IN_PAST', message, field: 'effectiveFrom' });
      } else if (await periods.beginsAt(tx, version.id, from)) {
        const message = 'Another version comes into force at this very instant: take another one, or retire it first.';
        objections.push({ code: 'INSTANT_TAKEN', message, field: 'effectiveFrom' });
      }
      if (objections.length > 0) return invalid(objections);
      await periods.publish(tx, { id: version.id, from, reviewerId: tx.viewer.principalId, remark: comment ?? null });
      return undefined;
    });
  }

  reject(context: ViewerContext, step: VersionStep, comment: string | undefined): Promise<string | Refusal> {
    return this.writer.reject(context, TEMPLATES, step, comment);
  }

  retire(context: ViewerContext, step: VersionStep, comment: string): Promise<string | Refusal> {
    return this.writer.step(context, TEMPLATES, step, 'PUBLISHED', async (tx, version, undo) => {
      const objections = textViolations('comment', comment);
      if (objections.length > 0) return invalid(objections);
      const region = await periods.retire(tx, version.id, version.now, comment);
      if (region === undefined || !NEEDED.has(version.key)) return undefined;
      const message = `No ${version.key} would be in force in ${region}: publish a successor instead.`;
      return undo(refuse('NO_TEMPLATE_LEFT', message, 'templateVersionId'));
    });
  }
}

/** An id that is no clause's stands for none. */
const contentOf = ({ texts, locales, clauses }: TemplateDraft): TemplateContent => ({
  texts,
  locales,
  clauses: clauses.map((id) => decodeGlobalId('ClauseVersion', id) ?? '00000000-0000-0000-0000-000000000000'),
});

const stored = (tx: ViewerTransaction, { key, content }: LockedVersion): Promise<Reason[]> =>
  violations(tx, key, content as TemplateContent);

async function violations(tx: ViewerTransaction, name: string, content: TemplateContent): Promise<Reason[]> {
  const definition = definitionOfTemplate(name);
  if (!definition) return [{ code: 'UNKNOWN_TEMPLATE', message: 'No request asks for a template of this name.', field: 'name' }];
  if (content.clauses.length > limits.clauses) return tooMany(name);
  const found = await readClauses(tx, content.clauses);
  const missing = content.clauses.flatMap((id, index): TemplateProblem[] => {
    const known = found.get(id);
    const at = { part: 'CLAUSES', line: index + 1 } as const;
    if (!known) return [problem(at, 'UNKNOWN_CLAUSE', 'There is no such clause version.')];
    return known.status === 'RETIRED'
      ? [problem({ ...at, clause: known.key }, 'CLAUSE_RETIRED', 'This version of the clause is retired.')]
      : [];
  });
  const clauses = content.clauses.map((id) => found.get(id)!);
  const problems = missing.length > 0 ? missing : templateProblems(assemble(name, content, clauses), definition);
  return problems.map((each) => toReason(each, name));
}

const tooMany = (name: string): Reason[] => [
  toReason(problem({ part: 'CLAUSES' }, 'TOO_MUCH', `A template has at most ${String(limits.clauses)} clauses.`), name),
];

interface ClauseRow {
  readonly id: string;
  readonly key: string;
  readonly status: LockedVersion['status'];
  readonly content: ClauseContent;
}

/** Drafts among them may still change: a template is checked again when it is published, with clauses that no longer can. */
async function readClauses(tx: ViewerTransaction, ids: readonly string[]): Promise<ReadonlyMap<string, ClauseRow>> {
  const rows = await tx.query<ClauseRow>(
    'select id, key, status, content from guildhall.clause_version where id = any ($1::uuid[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

async function unpublished(tx: ViewerTransaction, { key: name, content }: LockedVersion): Promise<Reason[]> {
  const { clauses } = content as TemplateContent;
  const found = await readClauses(tx, clauses);
  return clauses.flatMap((id, index) => {
    const clause = found.get(id);
    if (clause?.status === 'PUBLISHED') return [];
    const at = { part: 'CLAUSES', line: index + 1, clause: clause?.key ?? null } as const;
    return [toReason(problem(at, 'CLAUSE_NOT_PUBLISHED', 'A template is published after its clauses.'), name)];
  });
}

async function regionViolations(tx: ViewerTransaction, code: string | null): Promise<Reason[]> {
  if (code === null) return [];
  const known = !code.includes('\0') && (await tx.query('select from guildhall.region where code = $1', [code])).length > 0;
  return known ? [] : [{ code: 'INVALID_INPUT', message: 'There is no such region.', field: 'region' }];
}
