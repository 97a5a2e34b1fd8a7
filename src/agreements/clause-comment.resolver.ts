import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { DataSource } from 'typeorm';
import { writeAsViewer } from '../database/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import {
  byParent,
  decodeGlobalId,
  IdempotencyKey,
  PageArgs,
  pageLoader,
  pageRequest,
  Refusal,
  resultUnion,
  toConnection,
  type Connection,
} from '../schema/index.js';
import { AgreementAudience, AgreementType } from './agreement.type.js';
import { commentOnClause, readComments, toComment } from './clause-comment.js';
import { ClauseCommentConnection, ClauseCommentType, type ClauseCommentRow } from './clause-comment.type.js';

@InputType({ description: 'Saying something about a clause of an agreement that is being negotiated.' })
class CommentOnClauseInput {
  @Field(() => ID, { description: 'Global id of the request.' })
  readonly requestId!: string;

  @Field(() => Int, { description: 'Version of the agreement that you have read.' })
  readonly agreementVersion!: number;

  @Field(() => AgreementAudience, {
    nullable: true,
    description: 'Which text, where you see two; omitted: the one that says more.',
  })
  readonly audience?: AgreementAudience | null;

  @Field(() => String, { description: 'Key of the clause.' })
  readonly clause!: string;

  @Field(() => String, {
    description:
      'Words of your own, 1 to 2,000 characters: read by everybody who reads that text, and kept apart from the history.',
  })
  readonly body!: string;

  @Field(() => IdempotencyKey, {
    nullable: true,
    description: 'Send it again with the same key after a lost answer: it is written once.',
  })
  readonly idempotencyKey?: string | null;
}

@ArgsType()
class CommentsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only those on the clause with this key.' })
  readonly clause?: string | null;
}

const ClauseCommentResult = resultUnion('ClauseCommentResult', 'The comment, or why it was not written.', [ClauseCommentType]);

const commentsLoader = (context: ViewerContext) =>
  pageLoader<ClauseCommentRow, string | null>(async (ids, page, clause) =>
    byParent(await readComments(await context.viewer(), ids, page, clause), (row) => row.agreement_version_id),
  );

@Resolver(() => AgreementType)
export class ClauseCommentResolver {
  constructor(private readonly dataSource: DataSource) {}

  @Mutation(() => ClauseCommentResult, {
    description: 'Comments on a clause, until the request has ended. It changes nothing of the request, and restarts no clock.',
  })
  async commentOnClause(
    @Arg('input', () => CommentOnClauseInput) input: CommentOnClauseInput,
    @Ctx() context: ViewerContext,
  ): Promise<ClauseCommentType | Refusal> {
    // Known to the viewer's transaction before it writes, so that an unknown viewer is told so as everywhere.
    await context.viewer();
    const comment = {
      requestId: decodeGlobalId('Request', input.requestId) ?? '00000000-0000-0000-0000-000000000000',
      version: input.agreementVersion,
      audience: input.audience ?? undefined,
      clause: input.clause,
      body: input.body,
      idempotencyKey: input.idempotencyKey ?? null,
    };
    const done = await writeAsViewer(this.dataSource, context.identity, (tx) => commentOnClause(tx, comment));
    if (!(done instanceof Refusal)) await context.refresh();
    return done;
  }

  @FieldResolver(() => ClauseCommentConnection, { description: 'What was said about this version, the first first.' })
  async comments(
    @Root() { row }: AgreementType,
    @Args(() => CommentsArgs) args: CommentsArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<ClauseCommentType>> {
    const page = pageRequest(args, ['instant', 'uuid']);
    const clause = args.clause?.replaceAll('\0', '\uFFFD') ?? null;
    const rows = await context.loader(commentsLoader).load({ id: row.id, page, filter: clause });
    return toConnection(rows, page, (comment) => [comment.created_at.toISOString(), comment.id], toComment);
  }
}
