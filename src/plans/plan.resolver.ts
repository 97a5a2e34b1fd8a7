import type { Pool } from 'pg';
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Query, Resolver, registerEnumType } from 'type-graphql';
import { INTERVENTION_CODES } from '../../workflows/kernel/index.js';
import { currentVersion, registry } from '../../workflows/registry.js';
import { bulkOperationLoader } from '../bulk/bulk.loader.js';
import { BulkOperationResult } from '../bulk/bulk.resolver.js';
import type { BulkOperationType } from '../bulk/bulk.type.js';
import type { BulkSignal } from '../bulk/index.js';
import type { ViewerContext } from '../identity/index.js';
import { policyVersion } from '../policies/policy.service.js';
import { COMMENT, commentProblem, enumOf } from '../requests/command-inputs.js';
import { apiState, RequestKind } from '../requests/request-enums.js';
import { decodeGlobalId, encodeGlobalId, IdempotencyKey, PublicError, refuse, type Refusal } from '../schema/index.js';
import { createPlanned, type PlannedBulk } from './create-planned.js';
import { machinePlan, versionCounts } from './machine-plan.js';
import {
  MachineMigrationPlanType,
  MachineStatePlanType,
  MachineVersionCountType,
  PlannedChangeType,
  PlannedRequestType,
  PolicyMigrationPlanType,
} from './plan.type.js';
import { affected, policyPlanner, type PlannedRequest } from './policy-plan.js';

const MigrationReason = enumOf(INTERVENTION_CODES);
registerEnumType(MigrationReason, { name: 'MigrationReason', description: 'Why running requests are moved to other rules.' });

/** More than a person reads; the counts are over all. */
const SHOWN = 100;
const WITH_POLICY =
  'Only instances that run by this policy version, with its parameters: needed where the new machine pins more of them than the old one.';
const TO = 'Global id of the policy version to move to; a published one.';

@InputType()
abstract class MigrationInput {
  @Field(() => MigrationReason, { description: 'The coded reason; it goes into the history of every request.' })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;

  @Field(() => IdempotencyKey, {
    nullable: true,
    description: 'Send it again with the same key after a lost answer: it is done once.',
  })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Moving running requests to another policy version, as the plan shows.' })
class MigratePolicyInput extends MigrationInput {
  @Field(() => ID, { description: TO })
  readonly toPolicyVersionId!: string;

  @Field(() => ID, { nullable: true, description: 'Only requests that have pinned this version.' })
  readonly fromPolicyVersionId?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Also those for which it is not better. Only because the law or a court asks for it, and with a comment.',
  })
  readonly evenIfWorse: boolean = false;
}

@InputType({ description: 'Moving running instances to another machine version, as the plan shows.' })
class MigrateMachineInput extends MigrationInput {
  @Field(() => RequestKind, { description: 'The kind.' })
  readonly kind!: string;

  @Field(() => Int, { description: 'The version that they have.' })
  readonly fromVersion!: number;

  @Field(() => Int, { description: 'The version that they get.' })
  readonly toVersion!: number;

  @Field(() => ID, { nullable: true, description: WITH_POLICY })
  readonly policyVersionId?: string | null;
}

type Result = Promise<BulkOperationType | Refusal>;

const definitions = (kind: string, version: number) =>
  registry.find((candidate) => candidate.kind === kind && candidate.version === version);

/** Plans are shown before they are carried out; carried out, they are bulk work, and each step is a row of its request's history. */
@Resolver()
export class PlanResolver {
  constructor(
    private readonly pool: Pool,
    private readonly signal: BulkSignal,
  ) {}

  @Query(() => PolicyMigrationPlanType, {
    nullable: true,
    description:
      'Who would be moved to this policy version, which deadlines would move, and who stays and why. For platform staff.',
  })
  async policyMigrationPlan(
    @Arg('toPolicyVersionId', () => ID, { description: TO }) toId: string,
    @Ctx() context: ViewerContext,
    @Arg('fromPolicyVersionId', () => ID, { nullable: true, description: 'Only requests that have pinned this version.' })
    fromId: string | null,
  ): Promise<PolicyMigrationPlanType | undefined> {
    await assertPlanner(context);
    const to = await this.publishedVersion(toId);
    if (!to) return undefined;
    const plans = await this.plans(to, fromId);
    return Object.assign(new PolicyMigrationPlanType(), {
      toPolicyVersionId: toId,
      affected: plans.length,
      wouldMove: plans.filter(({ reasons }) => reasons.length === 0).length,
      notBetter: plans.filter(({ reasons }) => reasons.some(({ code }) => code === 'NOT_BETTER')).length,
      requests: plans.slice(0, SHOWN).map(toPlannedRequest),
    });
  }

  @Query(() => MachineMigrationPlanType, {
    nullable: true,
    description:
      'What moving running instances to another machine version would do; null when one of them, or the policy version, is not there.',
  })
  async machineMigrationPlan(
    @Arg('kind', () => RequestKind, { description: 'The kind.' }) kind: string,
    @Arg('fromVersion', () => Int, { description: 'The version that they have.' }) fromVersion: number,
    @Arg('toVersion', () => Int, { description: 'The version that they would get.' }) toVersion: number,
    @Ctx() context: ViewerContext,
    @Arg('policyVersionId', () => ID, { nullable: true, description: WITH_POLICY }) policyVersionId: string | null,
  ): Promise<MachineMigrationPlanType | undefined> {
    await assertPlanner(context);
    const policy = await this.namedPolicy(policyVersionId);
    const plan =
      policy === 'UNKNOWN' ? undefined : await machinePlan(this.pool, definitions, kind, fromVersion, toVersion, policy);
    return (
      plan &&
      Object.assign(new MachineMigrationPlanType(), {
        affected: plan.states.reduce((sum, { count }) => sum + count, 0),
        wouldMove: plan.requestIds.length,
        states: plan.states.map((state) => Object.assign(new MachineStatePlanType(), state)),
      })
    );
  }

  @Query(() => [MachineVersionCountType], {
    description: 'Running instances by machine version and state, and those whose machine is missing. For platform staff.',
  })
  async machineVersions(@Ctx() context: ViewerContext): Promise<MachineVersionCountType[]> {
    await assertPlanner(context);
    return (await versionCounts(this.pool)).map((count) =>
      Object.assign(new MachineVersionCountType(), {
        ...count,
        isCurrent: currentVersion(count.kind) === count.version,
        stranded: definitions(count.kind, count.version) === undefined,
        migratesTo: registry
          .filter(({ kind, migratesFrom }) => kind === count.kind && migratesFrom?.[count.version] !== undefined)
          .map(({ version }) => version),
      }),
    );
  }

  @Mutation(() => BulkOperationResult, {
    description:
      'Moves running requests to another policy version: those for which it is better, or all when the law asks for it.',
  })
  async migratePolicy(@Arg('input', () => MigratePolicyInput) input: MigratePolicyInput, @Ctx() context: ViewerContext): Result {
    const problem = commentProblem(input.comment) ?? forceProblem(input);
    if (problem) return problem;
    const to = await this.publishedVersion(input.toPolicyVersionId);
    if (!to) return refuse('NOT_FOUND', 'There is no published policy version of this id.', 'toPolicyVersionId');
    const plans = await this.plans(to, input.fromPolicyVersionId);
    const moved = plans.filter(({ reasons }) => reasons.every(({ code }) => input.evenIfWorse && code === 'NOT_BETTER'));
    const { event } = policyPlanner(this.pool, to, definitions);
    const { type: _type, reasonCode: _reason, ...params } = event(input.reasonCode);
    return this.carryOut(context, input, { type: 'MIGRATE_POLICY', params, targets: moved.map(({ id }) => id) });
  }

  @Mutation(() => BulkOperationResult, {
    description: 'Moves running instances to another machine version, where it says what becomes of them. Deadlines are kept.',
  })
  async migrateMachine(
    @Arg('input', () => MigrateMachineInput) input: MigrateMachineInput,
    @Ctx() context: ViewerContext,
  ): Result {
    const { kind, fromVersion, toVersion } = input;
    const problem = commentProblem(input.comment);
    if (problem) return problem;
    const policy = await this.namedPolicy(input.policyVersionId);
    if (policy === 'UNKNOWN') return refuse('NOT_FOUND', 'There is no policy version of this id.', 'policyVersionId');
    const plan = await machinePlan(this.pool, definitions, kind, fromVersion, toVersion, policy);
    if (!plan) return refuse('UNKNOWN_VERSION', 'One of these versions is not deployed.', 'toVersion');
    return this.carryOut(context, input, {
      type: 'MIGRATE_MACHINE',
      params: { fromVersion, toVersion, ...(plan.policy !== undefined && { policy: plan.policy }) },
      targets: plan.requestIds,
    });
  }

  private async carryOut(
    context: ViewerContext,
    input: MigrationInput,
    bulk: Pick<PlannedBulk, 'type' | 'params' | 'targets'>,
  ): Result {
    const { viewer } = await context.viewer();
    const { reasonCode, comment, idempotencyKey } = input;
    if (bulk.targets.length === 0) return refuse('NOTHING_TO_MOVE', 'By the plan no running request is moved.');
    await context.refresh();
    const created = await createPlanned(this.pool, viewer.principalId, {
      ...bulk,
      reasonCode,
      comment: comment ?? undefined,
      idempotencyKey: idempotencyKey ?? undefined,
    });
    if (created === 'FORBIDDEN') return refuse('FORBIDDEN', 'Only policy staff and support move running requests.');
    if (created.outcome === 'keyReused')
      return refuse('KEY_REUSED', 'This idempotency key was used with another body.', 'idempotencyKey');
    this.signal.work();
    return (await context.loader(bulkOperationLoader).load(created.id)) ?? refuse('NOT_FOUND', 'The operation is not visible.');
  }

  /** Also a retired one: its requests go on by it. */
  private async namedPolicy(globalId: string | null | undefined) {
    if (globalId == null) return undefined;
    const id = decodeGlobalId('PolicyVersion', globalId);
    return (id === undefined ? undefined : await policyVersion(this.pool, id)) ?? 'UNKNOWN';
  }

  private async publishedVersion(globalId: string) {
    const id = decodeGlobalId('PolicyVersion', globalId);
    const found = id === undefined ? undefined : await policyVersion(this.pool, id);
    return found?.status === 'PUBLISHED' ? found : undefined;
  }

  private async plans(to: NonNullable<Awaited<ReturnType<typeof policyVersion>>>, fromGlobalId: string | null | undefined) {
    const from = fromGlobalId == null ? undefined : (decodeGlobalId('PolicyVersion', fromGlobalId) ?? NOBODY);
    const planner = policyPlanner(this.pool, to, definitions);
    const plans: PlannedRequest[] = [];
    for await (const request of affected(this.pool, to, from)) {
      const plan = await planner.plan(request);
      if (plan) plans.push(plan);
    }
    return plans;
  }
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

async function assertPlanner(context: ViewerContext): Promise<void> {
  const { viewer } = await context.viewer();
  if (!['POLICY', 'SUPPORT', 'AUDITOR'].includes(viewer.platformRole ?? ''))
    throw new PublicError('FORBIDDEN', 'Plans are for the staff of the platform.');
}

function forceProblem({ evenIfWorse, reasonCode, comment }: MigratePolicyInput): Refusal | undefined {
  if (!evenIfWorse) return undefined;
  if (reasonCode !== 'LAW_CHANGED' && reasonCode !== 'COURT_ORDER')
    return refuse('NOT_ALLOWED', 'Only a law or a court moves a request to rules that are worse.', 'reasonCode');
  return comment == null || comment.trim() === ''
    ? refuse('INVALID_INPUT', 'Say in the comment which law or which court.', 'comment')
    : undefined;
}

const toPlannedRequest = ({ id, kind, state, effect, changes, deadlines, reasons }: PlannedRequest): PlannedRequestType =>
  Object.assign(new PlannedRequestType(), {
    requestId: encodeGlobalId('Request', id),
    kind,
    state: apiState(state),
    effect,
    changes: changes.map(({ name, before, after, effect: of }) =>
      Object.assign(new PlannedChangeType(), { name, before: JSON.stringify(before), after: JSON.stringify(after), effect: of }),
    ),
    deadlines,
    wouldMove: reasons.length === 0,
    reasons,
  });
