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

/** `subscribe` functions are static and get no resolver instance, so the log that they follow travels with the loaders' key. */
const wired: { tail: LogTail | undefined } = { tail: undefined };

const tail = (): LogTail => {
  if (!wired.tail) throw new Error('The log is not wired.');
  return wired.tail;
};

const uuidOf = (type: string, id: string | undefined): string => {
  const uuid = decodeGlobalId(type, id ?? '');
  if (uuid === undefined) throw new PublicError('NOT_FOUND', `There is no ${type.toLowerCase()} of this id that you may see.`);
  return uuid;
};

const AFTER = 'Cursor of the last change that you have; null: only what comes.';

@Resolver(() => RequestUpdateType)
export class RequestUpdatesResolver {
  constructor(logTail: LogTail) {
    wired.tail = logTail;
  }

  @Subscription(() => RequestUpdateType, {
    description: 'Every change of one request, from the cursor on, without a gap or a repeat.',
    subscribe: ({ args, context }: Data) => requestUpdates(tail(), context, uuidOf('Request', args.id), args.after ?? null),
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
    subscribe: ({ args, context }: Data) => guildUpdates(tail(), context, uuidOf('Guild', args.guildId), args.after ?? null),
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
