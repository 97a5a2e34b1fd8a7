import type { GraphQLSchema } from 'graphql';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
  type SubscribeResolverData,
} from 'type-graphql';
import { agentLoader, AgentType } from '../identity/agent.loader.js';
import type { ViewerContext } from '../identity/index.js';
import {
  PageArgs,
  PublicError,
  Refusal,
  decodeGlobalId,
  pageRequest,
  resultUnion,
  toConnection,
  type Connection,
} from '../schema/index.js';
import type { BulkSignal } from './bulk-signal.js';
import { bulkUpdates } from './bulk-updates.js';
import { bulkColumns, bulkItemLoader, bulkOperationLoader, toBulkItem, toBulkOperation } from './bulk.loader.js';
import {
  BulkItemConnection,
  BulkItemState,
  BulkOperationConnection,
  BulkOperationStatus,
  BulkOperationType,
  type BulkItemType,
  type BulkOperationRow,
} from './bulk.type.js';
import type { BulkControl } from './control.js';
import type { BulkItemStatus } from './types.js';

@ArgsType()
class BulkOperationsArgs extends PageArgs {
  @Field(() => [BulkOperationStatus], { nullable: true, description: 'Only those in one of these states.' })
  readonly statuses?: BulkOperationStatus[] | null;
}

@ArgsType()
class BulkItemsArgs extends PageArgs {
  @Field(() => [BulkItemState], { nullable: true, description: 'Only those in one of these states, e.g. `FAILED`.' })
  readonly statuses?: BulkItemState[] | null;
}

export const BulkOperationResult = resultUnion(
  'BulkOperationResult',
  'The bulk operation as it is now, or why nothing was done.',
  [BulkOperationType],
);
type Result = Promise<BulkOperationType | Refusal>;

type Data = SubscribeResolverData<unknown, { readonly id?: string }, ViewerContext>;

/** `subscribe` functions get no resolver instance, but the schema that they serve. */
const signals = new WeakMap<GraphQLSchema, BulkSignal>();

/** Says which process' progress the subscriptions of a schema hear of at once. */
export const followBulk = (schema: GraphQLSchema, signal: BulkSignal): void => void signals.set(schema, signal);

const signalOf = ({ info }: Data): BulkSignal => {
  const signal = signals.get(info.schema);
  if (!signal) throw new Error('The schema was given no signal of bulk work.');
  return signal;
};

const ID_DESCRIPTION = 'Global id of the bulk operation.';
const NOWHERE = '00000000-0000-0000-0000-000000000000';
const uuidOf = (id: string | undefined): string => decodeGlobalId('BulkOperation', id ?? '') ?? NOWHERE;

/** Steers an operation as the viewer: row-level security lets support through and nobody else. */
export type SteerBulk = (context: ViewerContext, control: BulkControl, uuid: string) => Promise<boolean>;

@Resolver(() => BulkOperationType)
export class BulkResolver {
  constructor(private readonly steer: SteerBulk) {}

  @Query(() => BulkOperationType, { nullable: true, description: 'One bulk operation; null for anybody but platform staff.' })
  async bulkOperation(
    @Arg('id', () => ID, { description: ID_DESCRIPTION }) id: string,
    @Ctx() context: ViewerContext,
  ): Promise<BulkOperationType | undefined> {
    return context.loader(bulkOperationLoader).load(uuidOf(id));
  }

  @Query(() => BulkOperationConnection, {
    description: 'Bulk operations, the newest first; empty for anybody but platform staff.',
  })
  async bulkOperations(
    @Args(() => BulkOperationsArgs) args: BulkOperationsArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<BulkOperationType>> {
    const page = pageRequest(args, ['instant', 'uuid']);
    const tx = await context.viewer();
    const rows = await tx.query<BulkOperationRow>(
      `select ${bulkColumns} from guildhall.bulk_operation
       where ($1::timestamptz is null or (created_at, id) < ($1, $2::uuid)) and ($3::text[] is null or status = any ($3))
       order by created_at desc, id desc limit $4`,
      [page.after?.[0] ?? null, page.after?.[1] ?? null, args.statuses ?? null, page.limit],
    );
    return toConnection(rows, page, (row) => [row.created_at.toISOString(), row.id], toBulkOperation);
  }

  @Mutation(() => BulkOperationResult, { description: 'Takes no further item for now; those in hand are finished.' })
  pauseBulkOperation(@Arg('id', () => ID, { description: ID_DESCRIPTION }) id: string, @Ctx() context: ViewerContext): Result {
    return this.control(context, 'pause', id);
  }

  @Mutation(() => BulkOperationResult, { description: 'Goes on with a paused operation.' })
  resumeBulkOperation(@Arg('id', () => ID, { description: ID_DESCRIPTION }) id: string, @Ctx() context: ViewerContext): Result {
    return this.control(context, 'resume', id);
  }

  @Mutation(() => BulkOperationResult, { description: 'Gives up what has not been begun; what was begun is brought to its end.' })
  cancelBulkOperation(@Arg('id', () => ID, { description: ID_DESCRIPTION }) id: string, @Ctx() context: ViewerContext): Result {
    return this.control(context, 'cancel', id);
  }

  @Mutation(() => BulkOperationResult, { description: 'Tries every failed item again, of an operation that was not cancelled.' })
  retryFailedBulkItems(@Arg('id', () => ID, { description: ID_DESCRIPTION }) id: string, @Ctx() context: ViewerContext): Result {
    return this.control(context, 'retryFailed', id);
  }

  @Subscription(() => BulkOperationType, {
    description: 'The operation as it is, and again at most four times a second while it changes, until it has finished.',
    subscribe: (data: Data) => bulkUpdates(signalOf(data), data.context, uuidOf(data.args.id)),
  })
  bulkOperationUpdated(
    @Root() operation: BulkOperationType,
    @Arg('id', () => ID, { description: ID_DESCRIPTION }) _id: string,
  ): BulkOperationType {
    return operation;
  }

  @FieldResolver(() => AgentType, {
    nullable: true,
    description: 'In whose name, and with whose authority, the items are carried out.',
  })
  async createdBy(@Root() { row }: BulkOperationType, @Ctx() context: ViewerContext): Promise<AgentType | undefined> {
    return context.loader(agentLoader).load(row.created_by);
  }

  @FieldResolver(() => BulkItemConnection, { description: 'Its items in order.' })
  async items(
    @Root() { row }: BulkOperationType,
    @Args(() => BulkItemsArgs) args: BulkItemsArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<BulkItemType>> {
    const page = pageRequest(args, ['integer']);
    const filter = args.statuses?.map((status) => status.toLowerCase() as BulkItemStatus) ?? null;
    const rows = await context.loader(bulkItemLoader).load({ id: row.id, page, filter });
    return toConnection(rows, page, ({ n }) => [n], toBulkItem);
  }

  private async control(context: ViewerContext, control: BulkControl, id: string): Result {
    const uuid = uuidOf(id);
    const before = await context.loader(bulkOperationLoader).load(uuid);
    if (!before) return refusal('NOT_FOUND', 'There is no such bulk operation, or you may not see it.');
    const { viewer } = await context.viewer();
    if (viewer.platformRole !== 'SUPPORT') return refusal('FORBIDDEN', 'Only support steers bulk operations.');
    await context.refresh();
    if (!(await this.steer(context, control, uuid)))
      return refusal('WRONG_STATE', 'The operation is not in a state for this, or no item is concerned.', before.status);
    const after = await context.loader(bulkOperationLoader).load(uuid);
    if (!after) throw new PublicError('NOT_FOUND', 'The operation can no longer be seen.');
    return after;
  }
}

const refusal = (code: string, message: string, currentState?: string): Refusal =>
  new Refusal({ code, reasons: [{ code, message }], currentState });
