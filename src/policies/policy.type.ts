import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RegionType } from '../guilds/guild.type.js';
import { ConnectionOf, DateTime, Node } from '../schema/index.js';
import type { PolicyParameters } from './parameters.js';
import { PolicyParametersType } from './policy-parameters.type.js';
import { ruleDefinitions, type RuleName } from './rule-catalogue.js';

export enum PolicyStatus {
  DRAFT = 'DRAFT',
  IN_REVIEW = 'IN_REVIEW',
  PUBLISHED = 'PUBLISHED',
  RETIRED = 'RETIRED',
}
registerEnumType(PolicyStatus, {
  name: 'PolicyStatus',
  description: 'Where a policy version is on its way.',
  valuesConfig: {
    DRAFT: { description: 'Its author is writing it, or its reviewer has sent it back.' },
    IN_REVIEW: { description: 'Waiting for a second person of the policy staff.' },
    PUBLISHED: { description: 'Unchangeable; in force from `effectiveFrom` until `effectiveTo`.' },
    RETIRED: { description: 'Called off or ended early; requests that were run by it keep it.' },
  },
});

/** The catalogue's own names: the API can neither miss a rule nor offer another. */
export const PolicyRuleName = Object.fromEntries(ruleDefinitions.map(([name]) => [name, name])) as Record<RuleName, RuleName>;
registerEnumType(PolicyRuleName, {
  name: 'PolicyRuleName',
  description: 'A rule that every policy version has.',
  valuesConfig: Object.fromEntries(ruleDefinitions.map(([name, { description }]) => [name, { description }])),
});

@ObjectType('PolicyRule', { description: 'A rule of a policy version.', simpleResolvers: true })
export class PolicyRuleType {
  @Field(() => PolicyRuleName, { description: 'Which rule it is.' })
  readonly name!: RuleName;

  @Field(() => String, { description: 'Its text, an expression in CEL that says true or false.' })
  readonly expression!: string;
}

@ObjectType('PolicyEvent', { description: 'A step of a policy version; none is ever changed or removed.', simpleResolvers: true })
export class PolicyEventType {
  @Field(() => Int, { description: 'Revision that the version got by it; dense, from 1.' })
  readonly revision!: number;

  @Field(() => DateTime, { description: 'When.' })
  readonly at!: Date;

  @Field(() => String, {
    description:
      '`CREATED`, `UPDATED`, `SUBMITTED`, `REJECTED`, `PUBLISHED`, `PERIOD_CHANGED` (by another version) or `RETIRED`.',
  })
  readonly action!: string;

  @Field(() => ID, { nullable: true, description: 'Opaque id of who did it; null: the owner of the database.' })
  readonly actorId!: string | null;

  @Field(() => String, { nullable: true, description: 'What was said with it, e.g. why a reviewer has rejected.' })
  readonly remark!: string | null;
}

export interface PolicyVersionRow {
  readonly id: string;
  readonly name: string;
  readonly region_code: string | null;
  readonly region: RegionType | null;
  readonly number: number;
  readonly status: PolicyStatus;
  readonly revision: number;
  readonly summary: string | null;
  readonly parameters: unknown;
  readonly rules: unknown;
  readonly effective_from: Date | null;
  readonly effective_to: Date | null;
  readonly author_id: string | null;
  readonly reviewer_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly published_at: Date | null;
  readonly retired_at: Date | null;
}

@ObjectType('PolicyVersion', {
  description: 'One version of a policy: the rules that requests submitted under it are run by.',
  implements: Node,
})
export class PolicyVersionType implements Node {
  readonly id!: string;

  @Field(() => String, { description: 'Name of the policy.', simple: true })
  readonly name!: string;

  @Field(() => RegionType, {
    nullable: true,
    description: 'The region it is for; null: everywhere that has no version of its own.',
    simple: true,
  })
  readonly region!: RegionType | null;

  @Field(() => Int, { description: 'Counts the versions of this name and region, from 1.', simple: true })
  readonly number!: number;

  @Field(() => PolicyStatus, { description: 'Where it is on its way.', simple: true })
  readonly status!: PolicyStatus;

  @Field(() => Int, { description: 'Counts up with every change: pass it as `expectedRevision`.', simple: true })
  readonly revision!: number;

  @Field(() => String, { nullable: true, description: 'What it is about, in the words of its author.', simple: true })
  readonly summary!: string | null;

  @Field(() => PolicyParametersType, {
    description: 'All parameters; one that is younger than this version has its default.',
    simple: true,
  })
  readonly parameters!: PolicyParameters;

  @Field(() => [PolicyRuleType], {
    description: 'All rules; one that is younger than this version has its default.',
    simple: true,
  })
  readonly rules!: readonly PolicyRuleType[];

  @Field(() => DateTime, {
    nullable: true,
    description: 'From when it is in force; null while unpublished, or when called off.',
    simple: true,
  })
  readonly effectiveFrom!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Until when it is in force, exclusive; null: no end is known.',
    simple: true,
  })
  readonly effectiveTo!: Date | null;

  @Field(() => DateTime, { description: 'When the draft was made.', simple: true })
  readonly createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.', simple: true })
  readonly updatedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was approved; null before.', simple: true })
  readonly publishedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was retired; null otherwise.', simple: true })
  readonly retiredAt!: Date | null;

  /** Not a field: what the others are resolved from. */
  readonly row!: PolicyVersionRow;
}

export const PolicyVersionConnection = ConnectionOf('PolicyVersion', () => PolicyVersionType);
