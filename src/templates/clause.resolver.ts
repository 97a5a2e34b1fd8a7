import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { PageArgs, decodeGlobalId, pageRequest, toConnection, type Connection } from '../schema/index.js';
import { clauseProblems } from './check-clause.js';
import { ClauseVersionConnection, ClauseVersionType, type ClauseVersionRow } from './clause.type.js';
import { TemplateProblemType } from './template-definitions.type.js';
import { ClauseContentInput, clauseContentOf } from './template.inputs.js';
import {
  clauseColumns,
  clauseEventLoader,
  clauseTables,
  clauseVersionLoader,
  principalId,
  toClauseVersion,
} from './template.loader.js';
import { STAFF, withoutNul } from './template.resolver.js';
import { TemplateEventType, TemplateStatus } from './version.type.js';

@ArgsType()
class ClauseVersionsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only those of the clause with this key.' })
  readonly key?: string | null;

  @Field(() => TemplateStatus, { nullable: true, description: 'Only those with this status.' })
  readonly status?: TemplateStatus | null;
}

@Resolver(() => ClauseVersionType)
export class ClauseResolver {
  @Query(() => ClauseVersionType, {
    nullable: true,
    description:
      'One clause version, null when there is none of this id that the viewer may see. Drafts are for policy staff, support and auditors.',
  })
  async clauseVersion(
    @Arg('id', () => ID, { description: 'Global id of the clause version.' }) id: string,
    @Ctx() context: ViewerContext,
  ): Promise<ClauseVersionType | undefined> {
    const uuid = decodeGlobalId('ClauseVersion', id);
    return uuid === undefined ? undefined : context.loader(clauseVersionLoader).load(uuid);
  }

  @Query(() => ClauseVersionConnection, { description: 'The clause versions that the viewer may see, the newest first.' })
  async clauseVersions(
    @Args(() => ClauseVersionsArgs) args: ClauseVersionsArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<ClauseVersionType>> {
    const page = pageRequest(args, ['uuid']);
    const tx = await context.viewer();
    const rows = await tx.query<ClauseVersionRow>(
      `select ${clauseColumns} from ${clauseTables} where ($1::uuid is null or v.id < $1) and ($2::text is null or v.key = $2)
         and ($3::text is null or v.status = $3) order by v.id desc limit $4`,
      [page.after?.[0] ?? null, withoutNul(args.key), args.status ?? null, page.limit],
    );
    return toConnection(rows, page, (row) => [row.id], toClauseVersion);
  }

  @Query(() => [TemplateProblemType], {
    description: 'What would be refused about a clause, by itself; empty: nothing. Stores nothing.',
  })
  clauseProblems(
    @Arg('content', () => ClauseContentInput, { description: 'What it would say.' }) content: ClauseContentInput,
  ): TemplateProblemType[] {
    return clauseProblems('clause', clauseContentOf(content)).map(({ code, message, ...place }) => ({
      code,
      message,
      place: { template: null, ...place },
    }));
  }

  @FieldResolver(() => [TemplateEventType], {
    description: 'Who did what when, the first first; for policy staff, support and auditors, empty for everybody else.',
  })
  async events(@Root() version: ClauseVersionType, @Ctx() context: ViewerContext): Promise<TemplateEventType[]> {
    return context.loader(clauseEventLoader).load(version.row.id);
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'Opaque id of the author; null when entered with SQL, and for everybody but policy staff, support and auditors.',
  })
  async authorId(@Root() { row }: ClauseVersionType, @Ctx() context: ViewerContext): Promise<string | null> {
    return STAFF.has((await context.viewer()).viewer.platformRole) ? principalId(row.author_id) : null;
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'Opaque id of who has approved it; null before, and for everybody but policy staff, support and auditors.',
  })
  async reviewerId(@Root() { row }: ClauseVersionType, @Ctx() context: ViewerContext): Promise<string | null> {
    return STAFF.has((await context.viewer()).viewer.platformRole) ? principalId(row.reviewer_id) : null;
  }
}
