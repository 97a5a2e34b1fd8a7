import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver, registerEnumType } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { DateTime, IdempotencyKey, Refusal, resultUnion } from '../schema/index.js';
import type { PolicyParameters } from './parameters.js';
import { PolicyParametersInput } from './policy-parameters.type.js';
import type { PolicyCommands } from './policy.commands.js';
import type { DraftChanges } from './policy-drafts.js';
import { PolicyRuleName, PolicyVersionType } from './policy.type.js';
import type { RuleName } from './rule-catalogue.js';

export enum PolicyDecision {
  APPROVE = 'APPROVE',
  REJECT = 'REJECT',
}
registerEnumType(PolicyDecision, {
  name: 'PolicyDecision',
  description: 'What a reviewer says.',
  valuesConfig: {
    APPROVE: { description: 'Publishes the version: it can never be changed again.' },
    REJECT: { description: 'Sends it back to its author, with a comment.' },
  },
});

const COMMENT = 'In your own words, up to 2,000 characters; kept in the trail of the version.';

@InputType({ description: 'The text of a rule.' })
class PolicyRuleInput {
  @Field(() => PolicyRuleName, { description: 'Which rule.' })
  readonly name!: RuleName;

  @Field(() => String, {
    description: 'An expression in CEL over the variables in `policyRuleDefinitions`, up to 1,000 characters.',
  })
  readonly expression!: string;
}

@InputType()
abstract class DraftInput {
  @Field(() => PolicyParametersInput, { nullable: true, description: 'The parameters to set.' })
  readonly parameters?: Partial<Record<keyof PolicyParameters, unknown>> | null;

  @Field(() => [PolicyRuleInput], { nullable: true, description: 'The rules to set; the last of one name counts.' })
  readonly rules?: PolicyRuleInput[] | null;

  @Field(() => String, { nullable: true, description: 'What the version is about, for its reviewer; up to 2,000 characters.' })
  readonly summary?: string | null;
}

@InputType({ description: 'A new draft, from another version or from the defaults of its region.' })
class CreatePolicyDraftInput extends DraftInput {
  @Field(() => String, { nullable: true, description: 'Name of the policy; omitted: that of `basedOnId`, else `standard`.' })
  readonly name?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Code of the region; null: for everywhere without a version of its own; omitted: that of `basedOnId`, else null.',
  })
  readonly region?: string | null;

  @Field(() => ID, { nullable: true, description: 'Global id of the version to begin with.' })
  readonly basedOnId?: string | null;

  @Field(() => IdempotencyKey, {
    nullable: true,
    description: 'Send the command again with the same key after a lost answer: it is done once.',
  })
  readonly idempotencyKey?: string | null;
}

@InputType()
abstract class StepInput {
  @Field(() => ID, { description: 'Global id of the policy version.' })
  readonly policyVersionId!: string;

  @Field(() => Int, { description: 'Refused as `STALE_VERSION` unless the version is exactly at this revision.' })
  readonly expectedRevision!: number;
}

@InputType({ description: 'Changes of a draft by its author.' })
class UpdatePolicyDraftInput extends DraftInput {
  @Field(() => ID, { description: 'Global id of the policy version.' })
  readonly policyVersionId!: string;

  @Field(() => Int, { description: 'Refused as `STALE_VERSION` unless the version is exactly at this revision.' })
  readonly expectedRevision!: number;
}

@InputType({ description: 'Handing a draft to a second person.' })
class SubmitPolicyForReviewInput extends StepInput {
  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'The word of a second person.' })
class ReviewPolicyInput extends StepInput {
  @Field(() => PolicyDecision, { description: 'Yes or no.' })
  readonly decision!: PolicyDecision;

  @Field(() => DateTime, {
    nullable: true,
    description: 'With `APPROVE`: from when it is in force, not in the past; omitted: at once.',
  })
  readonly effectiveFrom?: Date | null;

  @Field(() => String, { nullable: true, description: `${COMMENT} Required to reject.` })
  readonly comment?: string | null;
}

@InputType({ description: 'Ending a published version, or calling one off that is yet to come into force.' })
class RetirePolicyInput extends StepInput {
  @Field(() => String, { description: COMMENT })
  readonly comment!: string;
}

const PolicyResult = resultUnion('PolicyResult', 'The policy version after the command, or why it was refused.', [
  PolicyVersionType,
]);
type Result = Promise<PolicyVersionType | Refusal>;

/** For what is null and what is omitted alike nothing changes. GraphQL has already seen to the types. */
const changesOf = ({ parameters, rules, summary }: DraftInput): DraftChanges => ({
  parameters: Object.fromEntries(Object.entries(parameters ?? {}).filter(([, value]) => value != null)),
  rules: Object.fromEntries((rules ?? []).map(({ name, expression }) => [name, expression])),
  summary: summary ?? undefined,
});

const stepOf = ({ policyVersionId, expectedRevision }: StepInput) => ({ id: policyVersionId, expectedRevision });

@Resolver()
export class PolicyMutations {
  constructor(private readonly commands: PolicyCommands) {}

  @Mutation(() => PolicyResult, { description: 'Begins a draft. For policy staff, as all of these.' })
  async createPolicyDraft(
    @Arg('input', () => CreatePolicyDraftInput) input: CreatePolicyDraftInput,
    @Ctx() context: ViewerContext,
  ): Result {
    return this.commands.createDraft(context, {
      ...changesOf(input),
      name: input.name ?? undefined,
      region: input.region,
      basedOnId: input.basedOnId ?? undefined,
      idempotencyKey: input.idempotencyKey ?? undefined,
    });
  }

  @Mutation(() => PolicyResult, { description: 'Changes a draft; every violation is told at once, and then nothing is changed.' })
  async updatePolicyDraft(
    @Arg('input', () => UpdatePolicyDraftInput) input: UpdatePolicyDraftInput,
    @Ctx() context: ViewerContext,
  ): Result {
    return this.commands.updateDraft(context, stepOf(input), changesOf(input));
  }

  @Mutation(() => PolicyResult, { description: 'Hands a draft of the viewer to a second person.' })
  async submitPolicyForReview(
    @Arg('input', () => SubmitPolicyForReviewInput) input: SubmitPolicyForReviewInput,
    @Ctx() context: ViewerContext,
  ): Result {
    return this.commands.submit(context, stepOf(input), input.comment ?? undefined);
  }

  @Mutation(() => PolicyResult, {
    description: "Approves or rejects somebody else's version. An approved one ends the period of the one before it.",
  })
  async reviewPolicy(@Arg('input', () => ReviewPolicyInput) input: ReviewPolicyInput, @Ctx() context: ViewerContext): Result {
    const comment = input.comment ?? undefined;
    return input.decision === PolicyDecision.APPROVE
      ? this.commands.approve(context, stepOf(input), input.effectiveFrom ?? undefined, comment)
      : this.commands.reject(context, stepOf(input), comment);
  }

  @Mutation(() => PolicyResult, {
    description: 'Ends a published version, unless a region would be left without a policy. Requests that are run by it keep it.',
  })
  async retirePolicy(@Arg('input', () => RetirePolicyInput) input: RetirePolicyInput, @Ctx() context: ViewerContext): Result {
    return this.commands.retire(context, stepOf(input), input.comment);
  }
}
