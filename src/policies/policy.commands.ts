import type { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Reason } from '../../workflows/kernel/index.js';
import { UnknownViewerError, writeAsViewer, type ViewerTransaction } from '../database/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { PublicError, Refusal, decodeGlobalId, refuse } from '../schema/index.js';
import { createdBefore } from './creation.js';
import { readParameters } from './parameters.js';
import {
  baseOf,
  invalid,
  storedViolations,
  textViolations,
  violations,
  type DraftChanges,
  type NewDraft,
} from './policy-drafts.js';
import { policyVersionLoader } from './policy.loader.js';
import { lockPolicy, lockVersion, policyPeriods, type LockedVersion } from './policy-sql.js';
import type { PolicyVersionType } from './policy.type.js';
import { readRules } from './rules.js';

type Result = Promise<PolicyVersionType | Refusal>;

export interface VersionStep {
  /** Global id. */
  readonly id: string;
  readonly expectedRevision: number;
}

/**
 * Writes policy versions, in the transaction of the viewer and as the role that serves viewers: row-level security and the
 * triggers then know who writes, and refuse what a check here might forget. The engine's role was rejected: it knows no viewer, and no
 * workflow is involved. Whoever repeats a step after a lost answer meets the revision that the first attempt left.
 */
export class PolicyCommands {
  constructor(private readonly dataSource: DataSource) {}

  createDraft(context: ViewerContext, draft: NewDraft): Result {
    return this.write(context, async (tx) => {
      const { idempotencyKey, ...asked } = draft;
      const creation = await createdBefore(tx, 'policy_version', idempotencyKey, asked);
      if (typeof creation === 'string' || creation instanceof Refusal) return creation;
      const base = await baseOf(tx, draft);
      if (base instanceof Refusal) return base;
      const parameters = { ...base.parameters, ...draft.parameters };
      const rules = { ...base.rules, ...draft.rules };
      const objections = [...base.objections, ...violations(parameters, rules, draft.summary)];
      if (objections.length > 0) return invalid(objections);
      await lockPolicy(tx, base.name, base.region);
      const id = uuidv7();
      await tx.query(
        `insert into guildhall.policy_version (id, name, region_code, number, summary, parameters, rules, based_on_id, author_id, creation_key, creation_sha256)
         select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8, $9, $10 from guildhall.policy_version
         where name = $2 and region_code is not distinct from $3`,
        [
          id,
          base.name,
          base.region,
          draft.summary ?? null,
          JSON.stringify(parameters),
          JSON.stringify(rules),
          base.id,
          tx.viewer.principalId,
          creation.key,
          creation.sha256,
        ],
      );
      return id;
    });
  }

  updateDraft(context: ViewerContext, step: VersionStep, changes: DraftChanges): Result {
    return this.step(context, step, 'DRAFT', async (tx, version) => {
      if (version.author_id !== tx.viewer.principalId) return notAuthor();
      const parameters = { ...readParameters(version.region_code, version.parameters), ...changes.parameters };
      const rules = { ...readRules(version.region_code, version.rules), ...changes.rules };
      const objections = violations(parameters, rules, changes.summary);
      if (objections.length > 0) return invalid(objections);
      await tx.query(
        `update guildhall.policy_version set parameters = $2, rules = $3, summary = coalesce($4, summary), remark = null where id = $1`,
        [version.id, JSON.stringify(parameters), JSON.stringify(rules), changes.summary ?? null],
      );
      return undefined;
    });
  }

  submit(context: ViewerContext, step: VersionStep, comment: string | undefined): Result {
    return this.step(context, step, 'DRAFT', async (tx, version) => {
      if (version.author_id !== tx.viewer.principalId) return notAuthor();
      const objections = [...storedViolations(version), ...textViolations('comment', comment)];
      if (objections.length > 0) return invalid(objections);
      await tx.query(`update guildhall.policy_version set status = 'IN_REVIEW', remark = $2 where id = $1`, [
        version.id,
        comment ?? null,
      ]);
      return undefined;
    });
  }

  approve(context: ViewerContext, step: VersionStep, effectiveFrom: Date | undefined, comment: string | undefined): Result {
    return this.step(context, step, 'IN_REVIEW', async (tx, version) => {
      const from = effectiveFrom ?? version.now;
      const objections: Reason[] = [
        ...secondPerson(tx, version),
        ...storedViolations(version),
        ...textViolations('comment', comment),
      ];
      if (from < version.now) {
        const message = 'A version cannot come into force in the past.';
        objections.push({ code: 'EFFECTIVE_IN_PAST', message, field: 'effectiveFrom' });
      } else if (await policyPeriods.beginsAt(tx, version.id, from)) {
        const message = 'Another version comes into force at this very instant: take another one, or retire it first.';
        objections.push({ code: 'INSTANT_TAKEN', message, field: 'effectiveFrom' });
      }
      if (objections.length > 0) return invalid(objections);
      await policyPeriods.publish(tx, { id: version.id, from, reviewerId: tx.viewer.principalId, remark: comment ?? null });
      return undefined;
    });
  }

  reject(context: ViewerContext, step: VersionStep, comment: string | undefined): Result {
    return this.step(context, step, 'IN_REVIEW', async (tx, version) => {
      const objections = [...secondPerson(tx, version), ...textViolations('comment', comment ?? '')];
      if (objections.length > 0) return invalid(objections);
      await tx.query(`update guildhall.policy_version set status = 'DRAFT', remark = $2 where id = $1`, [version.id, comment]);
      return undefined;
    });
  }

  retire(context: ViewerContext, step: VersionStep, comment: string): Result {
    return this.step(context, step, 'PUBLISHED', async (tx, version, undo) => {
      const objections = textViolations('comment', comment);
      if (objections.length > 0) return invalid(objections);
      const region = await policyPeriods.retire(tx, version.id, version.now, comment);
      if (region === undefined) return undefined;
      const message = `No policy would be in force in ${region}: publish a successor instead.`;
      return undo(refuse('NO_POLICY_LEFT', message, 'policyVersionId'));
    });
  }

  /** One step of a version that is there, in this status, at this revision. `work` answers with a refusal, or with nothing. */
  private step(
    context: ViewerContext,
    { id, expectedRevision }: VersionStep,
    status: LockedVersion['status'],
    work: (tx: ViewerTransaction, version: LockedVersion, undo: (refusal: Refusal) => never) => Promise<Refusal | undefined>,
  ): Result {
    return this.write(context, async (tx) => {
      const uuid = decodeGlobalId('PolicyVersion', id);
      const version = uuid === undefined ? undefined : await lockVersion(tx, uuid);
      if (!version) return refuse('NOT_FOUND', 'There is no such policy version.', 'policyVersionId');
      const found = { currentState: version.status, currentVersion: version.revision };
      if (version.status !== status) {
        const message = `The version is ${version.status}; this needs it to be ${status}.`;
        return new Refusal({
          code: 'WRONG_STATE',
          reasons: [{ code: 'WRONG_STATE', message, field: 'policyVersionId' }],
          ...found,
        });
      }
      if (version.revision !== expectedRevision) {
        const message = `The version is at revision ${String(version.revision)}: look at it again.`;
        return new Refusal({
          code: 'STALE_VERSION',
          reasons: [{ code: 'STALE_VERSION', message, field: 'expectedRevision' }],
          ...found,
        });
      }
      const refusal = await work(tx, version, (reason) => {
        throw new Undone(reason);
      });
      return refusal ?? version.id;
    });
  }

  private async write(context: ViewerContext, work: (tx: ViewerTransaction) => Promise<string | Refusal>): Result {
    let done: string | Refusal;
    try {
      done = await writeAsViewer(this.dataSource, context.identity, async (tx) =>
        tx.viewer.platformRole === 'POLICY' ? work(tx) : refuse('FORBIDDEN', 'Only policy staff may write policies.'),
      );
    } catch (error) {
      if (error instanceof Undone) return error.refusal;
      if (error instanceof UnknownViewerError) throw new PublicError('UNAUTHENTICATED', 'Nobody is known by this token.');
      throw error;
    }
    if (done instanceof Refusal) return done;
    await context.refresh();
    return (await context.loader(policyVersionLoader).load(done))!;
  }
}

/** Carries a refusal out of a transaction that has already written, and thereby rolls it back. */
class Undone extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

const secondPerson = (tx: ViewerTransaction, { author_id: author }: LockedVersion): Reason[] =>
  author === tx.viewer.principalId
    ? [{ code: 'SECOND_PERSON_NEEDED', message: 'Somebody else has to review what you have written.', field: 'policyVersionId' }]
    : [];

const notAuthor = (): Refusal =>
  refuse('NOT_AUTHOR', 'Only its author writes in a draft: begin a draft of your own with it, or ask them.', 'policyVersionId');
