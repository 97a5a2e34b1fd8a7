import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { DateTime, PageArgs, decodeGlobalId, pageRequest, toConnection, type Connection } from '../schema/index.js';
import { compareParameters } from './compare-parameters.js';
import { DEFAULT_REGIONS } from './parameter.js';
import { parameterCatalogue } from './parameter-catalogue.js';
import { parameterDefinitions } from './parameters.js';
import {
  PolicyDifferenceType,
  PolicyParameterDefinitionType,
  PolicyRuleDefinitionType,
  PolicyRuleProblemType,
} from './policy-definitions.type.js';
import {
  policyColumns,
  policyEventLoader,
  policyTables,
  policyVersionLoader,
  principalId,
  toPolicyVersion,
} from './policy.loader.js';
import { inForceSql } from './policy.service.js';
import {
  PolicyEventType,
  PolicyRuleName,
  PolicyStatus,
  PolicyVersionConnection,
  PolicyVersionType,
  type PolicyVersionRow,
} from './policy.type.js';
import { ruleDefinitions, type RuleName } from './rule-catalogue.js';
import { ruleProblems } from './rules.js';

@ArgsType()
class PolicyVersionsArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only those of the region with this code; omitted: all.' })
  readonly region?: string | null;

  @Field(() => PolicyStatus, { nullable: true, description: 'Only those with this status.' })
  readonly status?: PolicyStatus | null;
}

const STAFF: ReadonlySet<string | null> = new Set(['POLICY', 'SUPPORT', 'AUDITOR']);

@Resolver(() => PolicyVersionType)
export class PolicyResolver {
  @Query(() => PolicyVersionType, {
    nullable: true,
    description:
      'One policy version, null when there is none of this id that the viewer may see. Drafts are for policy staff, support and auditors.',
  })
  async policyVersion(
    @Arg('id', () => ID, { description: 'Global id of the policy version.' }) id: string,
    @Ctx() context: ViewerContext,
  ): Promise<PolicyVersionType | undefined> {
    const uuid = decodeGlobalId('PolicyVersion', id);
    return uuid === undefined ? undefined : context.loader(policyVersionLoader).load(uuid);
  }

  @Query(() => PolicyVersionConnection, { description: 'The policy versions that the viewer may see, the newest first.' })
  async policyVersions(
    @Args(() => PolicyVersionsArgs) args: PolicyVersionsArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<PolicyVersionType>> {
    // Ids carry the time in which they were made, to the millisecond and in order: one key, and no two rows share it.
    const page = pageRequest(args, ['uuid']);
    const tx = await context.viewer();
    const rows = await tx.query<PolicyVersionRow>(
      `select ${policyColumns} from ${policyTables}
       where ($1::uuid is null or v.id < $1) and ($2::text is null or v.region_code = $2) and ($3::text is null or v.status = $3)
       order by v.id desc limit $4`,
      [page.after?.[0] ?? null, withoutNul(args.region), args.status ?? null, page.limit],
    );
    return toConnection(rows, page, (row) => [row.id], toPolicyVersion);
  }

  @Query(() => PolicyVersionType, {
    nullable: true,
    description: 'The version that a request submitted in this region is run by; null when none is in force.',
  })
  async policyInForce(
    @Arg('region', () => ID, { description: 'Code of the region.' }) region: string,
    @Ctx() context: ViewerContext,
    @Arg('at', () => DateTime, { nullable: true, description: 'At this instant; omitted: now.' }) at?: Date | null,
  ): Promise<PolicyVersionType | undefined> {
    const tx = await context.viewer();
    const rows = await tx.query<{ id: string }>(inForceSql('id', 'coalesce($2::timestamptz, guildhall.now())'), [
      withoutNul(region),
      at ?? null,
    ]);
    const id = rows[0]?.id;
    return id === undefined ? undefined : context.loader(policyVersionLoader).load(id);
  }

  @Query(() => [PolicyParameterDefinitionType], {
    description: 'Every parameter of a policy: unit, bounds, defaults and meaning.',
  })
  policyParameterDefinitions(): PolicyParameterDefinitionType[] {
    return parameterDefinitions.map(([name, definition]) => {
      const { type, unit, source, description, betterForBroadcaster, defaults } = definition;
      return {
        name,
        type,
        unit,
        source,
        description,
        betterForBroadcaster,
        min: type === 'INTEGER' ? definition.min : null,
        max: type === 'INTEGER' ? definition.max : null,
        options: type === 'ENUM' ? definition.options : [],
        defaults: [...DEFAULT_REGIONS].reverse().flatMap((region) => {
          const value = defaults[region];
          return value === undefined ? [] : [{ region: region === 'rest' ? null : region, value: String(value) }];
        }),
      };
    });
  }

  @Query(() => [PolicyRuleDefinitionType], { description: 'Every rule of a policy, and what it may ask.' })
  policyRuleDefinitions(): PolicyRuleDefinitionType[] {
    return ruleDefinitions.map(([name, { description, variables, defaults }]) => ({
      name,
      description,
      variables: Object.entries(variables).flatMap(([group, members]) =>
        Object.entries(members).map(([key, variable]) => ({ name: `${group}.${key}`, ...variable })),
      ),
      defaultExpression: defaults.rest,
    }));
  }

  @Query(() => [PolicyRuleProblemType], {
    description: 'What would be refused about a text as this rule; empty: nothing. Stores nothing.',
  })
  policyRuleProblems(
    @Arg('name', () => PolicyRuleName, { description: 'Which rule it is meant for.' }) name: RuleName,
    @Arg('expression', () => String, { description: 'The text.' }) expression: string,
  ): PolicyRuleProblemType[] {
    return ruleProblems(name, expression);
  }

  @Query(() => PolicyDifferenceType, {
    nullable: true,
    description: 'In what two policy versions differ; null when there is not one of each id that the viewer may see.',
  })
  async policyDifference(
    @Arg('from', () => ID, { description: 'Global id of the first version.' }) from: string,
    @Arg('to', () => ID, { description: 'Global id of the second version.' }) to: string,
    @Ctx() context: ViewerContext,
  ): Promise<PolicyDifferenceType | undefined> {
    const [before, after] = await Promise.all([this.policyVersion(from, context), this.policyVersion(to, context)]);
    if (!before || !after) return undefined;
    return {
      parameters: compareParameters(before.parameters, after.parameters).map((change) => ({
        ...change,
        unit: parameterCatalogue[change.name].unit,
        before: String(change.before),
        after: String(change.after),
      })),
      rules: before.rules.flatMap(({ name, expression }, index) => {
        const changed = after.rules[index]!.expression;
        return expression === changed ? [] : [{ name, before: expression, after: changed }];
      }),
    };
  }

  @FieldResolver(() => [PolicyEventType], {
    description: 'Who did what when, the first first; for policy staff, support and auditors, empty for everybody else.',
  })
  async events(@Root() version: PolicyVersionType, @Ctx() context: ViewerContext): Promise<PolicyEventType[]> {
    return context.loader(policyEventLoader).load(version.row.id);
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'Opaque id of the author; null when entered with SQL, and for everybody but policy staff, support and auditors.',
  })
  async authorId(@Root() { row }: PolicyVersionType, @Ctx() context: ViewerContext): Promise<string | null> {
    return STAFF.has((await context.viewer()).viewer.platformRole) ? principalId(row.author_id) : null;
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'Opaque id of who has approved it; null before, and for everybody but policy staff, support and auditors.',
  })
  async reviewerId(@Root() { row }: PolicyVersionType, @Ctx() context: ViewerContext): Promise<string | null> {
    return STAFF.has((await context.viewer()).viewer.platformRole) ? principalId(row.reviewer_id) : null;
  }
}

/** The one character that PostgreSQL's text cannot hold; no code has it. */
const withoutNul = (text: string | null | undefined): string | null => text?.replaceAll('\0', '\uFFFD') ?? null;
