import type { GraphQLSchema } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Resolver, Root, Subscription, type SubscribeResolverData } from 'type-graphql';
import type { LogTail } from '../engine/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeGlobalId, PublicError } from '../schema/index.js';
import { requestLoader } from './request.loader.js';
import { RequestType, RequestUpdateType } from './request.type.js';
import { guildUpdates, requestUpdates } from './request-updates.js';

interface UpdateArgs {
  readonly id?: string;
  readonly guildId?: string;
  readonly after?: string | null;
}

type Data = SubscribeResolverData<unknown, UpdateArgs, ViewerContext>;

/** `subscribe` functions get no resolver instance, but the schema that they serve: one process may hold several apps. */
const logs = new WeakMap<GraphQLSchema, LogTail>();

/** Says which log the subscriptions of a schema follow. */
export const followLog = (schema: GraphQLSchema, tail: LogTail): void => void logs.set(schema, tail);

const logOf = ({ info }: Data): LogTail => {
  const tail = logs.get(info.schema);
  if (!tail) throw new Error('The schema was given no log to follow.');
  return tail;
};

const uuidOf = (type: string, id: string | undefined): string => {
  const uuid = decodeGlobalId(type, id ?? '');
  if (uuid === undefined) throw new PublicError('NOT_FOUND', `There is no ${type.toLowerCase()} of this id that you may see.`);
  return uuid;
};

const AFTER = 'Cursor of the last change that you have; null: only what comes.';

@Resolver(() => RequestUpdateType)
export class RequestUpdatesResolver {
  @Subscription(() => RequestUpdateType, {
    description: 'Every change of one request, from the cursor on, without a gap or a repeat.',
    subscribe: (data: Data) =>
      requestUpdates(logOf(data), data.context, uuidOf('Request', data.args.id), data.args.after ?? null),
  })
  requestUpdated(
    @Root() update: RequestUpdateType,
    @Arg('id', () => ID, { description: 'Global id of the request.' }) _id: string,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after: string | null,
  ): RequestUpdateType {
    return update;
  }

  @Subscription(() => RequestUpdateType, {
    description: 'Every change of every request with a guild, from the cursor on, without a gap or a repeat.',
    subscribe: (data: Data) =>
      guildUpdates(logOf(data), data.context, uuidOf('Guild', data.args.guildId), data.args.after ?? null),
  })
  guildRequests(
    @Root() update: RequestUpdateType,
    @Arg('guildId', () => ID, { description: 'Global id of the guild.' }) _guildId: string,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after: string | null,
  ): RequestUpdateType {
    return update;
  }

  @FieldResolver(() => RequestType, { description: 'The request as it is now, which may be later than this change.' })
  async request(@Root() update: RequestUpdateType, @Ctx() context: ViewerContext): Promise<RequestType | undefined> {
    return context.loader(requestLoader).load(update.requestUuid);
  }
}
