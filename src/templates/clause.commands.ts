import { v7 as uuidv7 } from 'uuid';
import type { ViewerTransaction } from '../database/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { Refusal, type Reason, decodeGlobalId, refuse } from '../schema/index.js';
import { clauseProblems } from './check-clause.js';
import type { ClauseContent } from './content.js';
import { createdBefore } from '../policies/creation.js';
import { toReason } from './reasons.js';
import {
  CLAUSES,
  invalid,
  lockSeries,
  notAuthor,
  secondPerson,
  textViolations,
  type LockedVersion,
  type ReviewedWriter,
  type VersionStep,
} from './reviewed-version.js';

export interface NewClause {
  readonly key: string;
  readonly content: ClauseContent;
  readonly summary: string | undefined;
  /** Global id. */
  readonly basedOnId: string | undefined;
  readonly idempotencyKey: string | undefined;
}

const KEY = /^[a-z][a-z0-9-]{0,59}$/;
const violations = (key: string, content: ClauseContent, summary?: string): Reason[] => [
  ...clauseProblems(key, content).map((found) => toReason(found, null)),
  ...textViolations('summary', summary),
];
const stored = ({ key, content }: LockedVersion): Reason[] => violations(key, content as ClauseContent);

/** The versions of the library's clauses, from draft to publication. */
export class ClauseCommands {
  constructor(private readonly writer: ReviewedWriter) {}

  create(context: ViewerContext, draft: NewClause): Promise<string | Refusal> {
    return this.writer.write(context, async (tx) => {
      const { idempotencyKey, ...asked } = draft;
      const creation = await createdBefore(tx, CLAUSES.table, idempotencyKey, { ...asked, content: asked.content });
      if (typeof creation === 'string' || creation instanceof Refusal) return creation;
      const basedOn = await existing(tx, draft.basedOnId);
      if (basedOn instanceof Refusal) return basedOn;
      const objections = [...keyViolations(draft.key), ...violations(draft.key, draft.content, draft.summary)];
      if (objections.length > 0) return invalid(objections);
      await lockSeries(tx, CLAUSES, draft.key, null);
      const id = uuidv7();
      await tx.query(
        `insert into guildhall.clause_version (id, key, number, summary, content, based_on_id, author_id, creation_key, creation_sha256)
         select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8 from guildhall.clause_version where key = $2`,
        [
          id,
          draft.key,
          draft.summary ?? null,
          JSON.stringify(draft.content),
          basedOn,
          tx.viewer.principalId,
          creation.key,
          creation.sha256,
        ],
      );
      return id;
    });
  }

  update(context: ViewerContext, step: VersionStep, content: ClauseContent, summary?: string): Promise<string | Refusal> {
    return this.writer.step(context, CLAUSES, step, 'DRAFT', async (tx, version) => {
      if (version.author_id !== tx.viewer.principalId) return notAuthor(CLAUSES);
      const objections = violations(version.key, content, summary);
      if (objections.length > 0) return invalid(objections);
      await tx.query(
        'update guildhall.clause_version set content = $2, summary = coalesce($3, summary), remark = null where id = $1',
        [version.id, JSON.stringify(content), summary ?? null],
      );
      return undefined;
    });
  }

  submit(context: ViewerContext, step: VersionStep, comment: string | undefined): Promise<string | Refusal> {
    return this.writer.submit(context, CLAUSES, step, comment, (_tx, version) => Promise.resolve(stored(version)));
  }

  approve(context: ViewerContext, step: VersionStep, comment: string | undefined): Promise<string | Refusal> {
    return this.writer.step(context, CLAUSES, step, 'IN_REVIEW', async (tx, version) => {
      const objections = [...secondPerson(tx, CLAUSES, version), ...stored(version), ...textViolations('comment', comment)];
      if (objections.length > 0) return invalid(objections);
      await tx.query(
        `update guildhall.clause_version set status = 'PUBLISHED', published_at = guildhall.now(), reviewer_id = $2, remark = $3 where id = $1`,
        [version.id, tx.viewer.principalId, comment ?? null],
      );
      return undefined;
    });
  }

  reject(context: ViewerContext, step: VersionStep, comment: string | undefined): Promise<string | Refusal> {
    return this.writer.reject(context, CLAUSES, step, comment);
  }

  retire(context: ViewerContext, step: VersionStep, comment: string): Promise<string | Refusal> {
    return this.writer.step(context, CLAUSES, step, 'PUBLISHED', async (tx, version) => {
      const objections = textViolations('comment', comment);
      if (objections.length > 0) return invalid(objections);
      await tx.query(
        `update guildhall.clause_version set status = 'RETIRED', retired_at = guildhall.now(), remark = $2 where id = $1`,
        [version.id, comment],
      );
      return undefined;
    });
  }
}

const keyViolations = (key: string): Reason[] =>
  KEY.test(key)
    ? []
    : [
        {
          code: 'INVALID_INPUT',
          message: 'A key begins with a lower-case letter and has at most 60 lower-case letters, digits and hyphens.',
          field: 'key',
        },
      ];

async function existing(tx: ViewerTransaction, globalId: string | undefined): Promise<string | null | Refusal> {
  if (globalId === undefined) return null;
  const uuid = decodeGlobalId('ClauseVersion', globalId);
  const rows = await tx.query('select from guildhall.clause_version where id = $1', [uuid ?? null]);
  return rows.length > 0 ? uuid! : refuse('NOT_FOUND', 'There is no such clause version.', 'basedOnId');
}
