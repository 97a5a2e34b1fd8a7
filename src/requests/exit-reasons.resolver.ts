import DataLoader from 'dataloader';
import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { LeaveReason as LeaveReasonCode } from '../../workflows/phases/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { DateTime, decodeGlobalId } from '../schema/index.js';
import type { ReasonSource as Source } from '../settlement/exit-reasons.js';
import { NOWHERE, RequestResult, type Result } from './command-inputs.js';
import type { ExitReasons } from './exit-reasons.js';
import { LeaveReason, ReasonSource } from './leave-enums.js';
import { requestLoader } from './request.loader.js';
import { RequestType } from './request.type.js';

@ObjectType('ExitReason', {
  description: 'Why somebody left a guild, in the view of one of those concerned.',
  simpleResolvers: true,
})
export class ExitReasonType {
  @Field(() => ReasonSource, { description: 'Whose view it is.' })
  readonly source!: Source;

  @Field(() => LeaveReason, { description: 'The main reason.' })
  readonly primaryReason!: string;

  @Field(() => LeaveReason, { nullable: true, description: 'A second reason.' })
  readonly secondaryReason!: string | null;

  @Field(() => DateTime, { description: 'When it was stated.' })
  readonly recordedAt!: Date;
}

@InputType({ description: 'Stating why somebody left a guild; the latest of each source counts, and the earlier ones stay.' })
class RecordExitReasonInput {
  @Field(() => ID, { description: 'Global id of the request by which they left or leave.' })
  readonly requestId!: string;

  @Field(() => LeaveReason, { description: 'The main reason.' })
  readonly primaryReason!: LeaveReasonCode;

  @Field(() => LeaveReason, { nullable: true, description: 'A second reason.' })
  readonly secondaryReason?: LeaveReasonCode | null;

  @Field(() => ReasonSource, { nullable: true, description: 'Whose view it is: needed only when you can speak for several.' })
  readonly source?: Source | null;
}

interface ReasonRow extends ExitReasonType {
  readonly requestId: string;
}

/** The latest of each source by request, as far as the viewer may know them: row-level security keeps a broadcaster's from the guild. */
const exitReasonLoader = (context: ViewerContext) =>
  new DataLoader<string, ExitReasonType[]>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<ReasonRow>(
      `select distinct on (request_id, source) request_id as "requestId", source, primary_reason as "primaryReason",
         secondary_reason as "secondaryReason", recorded_at as "recordedAt"
       from guildhall.exit_reason where request_id = any ($1::uuid[]) order by request_id, source, id desc`,
      [ids],
    );
    return ids.map((id) =>
      rows.filter(({ requestId }) => requestId === id).map((row) => Object.assign(new ExitReasonType(), row)),
    );
  });

@Resolver(() => RequestType)
export class ExitReasonsResolver {
  constructor(private readonly reasons: ExitReasons) {}

  @Mutation(() => RequestResult, {
    description:
      "States why somebody left: the guild's view, the cause that support has verified, or the broadcaster's own again. Also after the end; stating the same again changes nothing.",
  })
  async recordExitReason(
    @Arg('input', () => RecordExitReasonInput) input: RecordExitReasonInput,
    @Ctx() context: ViewerContext,
  ): Result {
    const requestId = decodeGlobalId('Request', input.requestId) ?? NOWHERE;
    const refusal = await this.reasons.record(context, {
      requestId,
      primary: input.primaryReason,
      secondary: input.secondaryReason ?? null,
      source: input.source ?? null,
    });
    if (refusal) return refusal;
    await context.refresh();
    return (await context.loader(requestLoader).load(requestId))!;
  }

  @FieldResolver(() => [ExitReasonType], {
    description:
      "Why somebody left by this request, the latest view of each source. A broadcaster's own view is shown to the broadcaster, the guardian and the platform, never to a guild.",
  })
  async exitReasons(@Root() request: RequestType, @Ctx() context: ViewerContext): Promise<ExitReasonType[]> {
    return context.loader(exitReasonLoader).load(request.row.id);
  }
}
