import type { DataSource } from 'typeorm';
import { UnknownViewerError, writeAsViewer, type ViewerTransaction } from '../database/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { PublicError, Refusal, decodeGlobalId, type Reason, refuse } from '../schema/index.js';

/** What is written by one person of the policy staff and published by another, as policies are. */

export interface Reviewed {
  readonly table: 'clause_version' | 'template_version';
  readonly node: 'ClauseVersion' | 'TemplateVersion';
  /** Name of the id in inputs. */
  readonly field: string;
  /** What its versions are counted under. */
  readonly series: string;
}

export const CLAUSES: Reviewed = {
  table: 'clause_version',
  node: 'ClauseVersion',
  field: 'clauseVersionId',
  series: 'v.key, null::text as region_code',
};
export const TEMPLATES: Reviewed = {
  table: 'template_version',
  node: 'TemplateVersion',
  field: 'templateVersionId',
  series: 'v.name as key, v.region_code',
};

export interface LockedVersion {
  readonly id: string;
  /** Key of a clause, name of a template. */
  readonly key: string;
  readonly region_code: string | null;
  readonly status: 'DRAFT' | 'IN_REVIEW' | 'PUBLISHED' | 'RETIRED';
  readonly revision: number;
  readonly content: unknown;
  readonly author_id: string | null;
  /** The command's time, to the millisecond and never before the transaction's: what it sets into force, it sets from here. */
  readonly now: Date;
}

export interface VersionStep {
  /** Global id. */
  readonly id: string;
  readonly expectedRevision: number;
}

type Work = (tx: ViewerTransaction, version: LockedVersion, undo: (refusal: Refusal) => never) => Promise<Refusal | undefined>;

/** Numbers and periods of one series are handed out one command at a time. Released with the transaction. */
export const lockSeries = (tx: ViewerTransaction, { table }: Reviewed, key: string, regionCode: string | null) =>
  tx.query(`select pg_advisory_xact_lock(hashtextextended($1::text || ':' || $2::text || coalesce(':' || $3::text, ''), 0))`, [
    table,
    key,
    regionCode,
  ]);

/**
 * Writes in the transaction of the viewer and as the role that serves viewers: row-level security and the triggers then know who
 * writes, and refuse what a check here might forget. Answers with the version's uuid, or a refusal.
 */
export class ReviewedWriter {
  constructor(private readonly dataSource: DataSource) {}

  async write(context: ViewerContext, work: (tx: ViewerTransaction) => Promise<string | Refusal>): Promise<string | Refusal> {
    let done: string | Refusal;
    try {
      done = await writeAsViewer(this.dataSource, context.identity, async (tx) =>
        tx.viewer.platformRole === 'POLICY'
          ? work(tx)
          : refuse('FORBIDDEN', 'Only policy staff may write clauses and templates.'),
      );
    } catch (error) {
      if (error instanceof Undone) return error.refusal;
      if (error instanceof UnknownViewerError) throw new PublicError('UNAUTHENTICATED', 'Nobody is known by this token.');
      throw error;
    }
    if (!(done instanceof Refusal)) await context.refresh();
    return done;
  }

  /** One step of a version that is there, in this status, at this revision. `work` answers with a refusal, or with nothing. */
  step(
    context: ViewerContext,
    of: Reviewed,
    step: VersionStep,
    status: LockedVersion['status'],
    work: Work,
  ): Promise<string | Refusal> {
    return this.write(context, async (tx) => {
      const found = await lockedAt(tx, of, step, status);
      if (found instanceof Refusal) return found;
      const refusal = await work(tx, found, (reason) => {
        throw new Undone(reason);
      });
      return refusal ?? found.id;
    });
  }

  submit(
    context: ViewerContext,
    of: Reviewed,
    step: VersionStep,
    comment: string | undefined,
    check: Check,
  ): Promise<string | Refusal> {
    return this.step(context, of, step, 'DRAFT', async (tx, version) => {
      if (version.author_id !== tx.viewer.principalId) return notAuthor(of);
      const objections = [...(await check(tx, version)), ...textViolations('comment', comment)];
      if (objections.length > 0) return invalid(objections);
      await tx.query(`update guildhall.${of.table} set status = 'IN_REVIEW', remark = $2 where id = $1`, [
        version.id,
        comment ?? null,
      ]);
      return undefined;
    });
  }

  reject(context: ViewerContext, of: Reviewed, step: VersionStep, comment: string | undefined): Promise<string | Refusal> {
    return this.step(context, of, step, 'IN_REVIEW', async (tx, version) => {
      const objections = [...secondPerson(tx, of, version), ...textViolations('comment', comment ?? '')];
      if (objections.length > 0) return invalid(objections);
      await tx.query(`update guildhall.${of.table} set status = 'DRAFT', remark = $2 where id = $1`, [version.id, comment]);
      return undefined;
    });
  }
}

export type Check = (tx: ViewerTransaction, version: LockedVersion) => Promise<readonly Reason[]>;

/** The lock of the series first, so that all commands take their locks in one order. */
async function lockedAt(
  tx: ViewerTransaction,
  of: Reviewed,
  { id, expectedRevision }: VersionStep,
  status: LockedVersion['status'],
): Promise<LockedVersion | Refusal> {
  const uuid = decodeGlobalId(of.node, id);
  const [found] = await tx.query<Pick<LockedVersion, 'key' | 'region_code'>>(
    `select ${of.series} from guildhall.${of.table} v where v.id = $1`,
    [uuid ?? null],
  );
  if (!found) return refuse('NOT_FOUND', 'There is no such version.', of.field);
  await lockSeries(tx, of, found.key, found.region_code);
  const [version] = await tx.query<LockedVersion>(
    `select v.id, ${of.series}, v.status, v.revision, v.content, v.author_id,
       date_trunc('milliseconds', guildhall.now() + interval '999 microseconds') as now
     from guildhall.${of.table} v where v.id = $1 for update`,
    [uuid],
  );
  const { revision } = version!;
  const at = { currentState: version!.status, currentVersion: revision };
  if (version!.status !== status) {
    const message = `The version is ${version!.status}; this needs it to be ${status}.`;
    return new Refusal({ code: 'WRONG_STATE', reasons: [{ code: 'WRONG_STATE', message, field: of.field }], ...at });
  }
  if (revision !== expectedRevision) {
    const message = `The version is at revision ${String(revision)}: look at it again.`;
    return new Refusal({
      code: 'STALE_VERSION',
      reasons: [{ code: 'STALE_VERSION', message, field: 'expectedRevision' }],
      ...at,
    });
  }
  return version!;
}

/** Carries a refusal out of a transaction that has already written, and thereby rolls it back. */
class Undone extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

export const secondPerson = (tx: ViewerTransaction, { field }: Reviewed, { author_id: author }: LockedVersion): Reason[] =>
  author === tx.viewer.principalId
    ? [{ code: 'SECOND_PERSON_NEEDED', message: 'Somebody else has to review what you have written.', field }]
    : [];

export const notAuthor = ({ field }: Reviewed): Refusal =>
  refuse('NOT_AUTHOR', 'Only its author writes in a draft: begin a draft of your own with it, or ask them.', field);

const MAX_REMARK = 2_000;

/** Undefined is no text at all; an empty one says nothing, where something has to be said. */
export function textViolations(field: string, text: string | undefined): Reason[] {
  if (text === undefined) return [];
  if (text.trim() === '') return [{ code: 'INVALID_INPUT', message: 'Say something here.', field }];
  if (text.length > MAX_REMARK) return [{ code: 'INVALID_INPUT', message: `At most ${String(MAX_REMARK)} characters.`, field }];
  // NUL and lone surrogates are what PostgreSQL's text cannot hold.
  return /[\0\p{Cs}]/u.test(text) ? [{ code: 'INVALID_INPUT', message: 'This holds what is no character.', field }] : [];
}

/** Several objections have no code in common; a single one speaks for itself. */
export const invalid = (reasons: readonly Reason[]): Refusal =>
  new Refusal({ code: reasons.length === 1 ? reasons[0]!.code : 'INVALID_TEMPLATE', reasons });
