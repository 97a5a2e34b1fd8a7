import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { availableActions, deadlines, explain, type Actor, type WorkflowDefinition } from '../../workflows/kernel/index.js';
import type { Signed } from '../../workflows/phases/index.js';
import { registry } from '../../workflows/registry.js';
import { agreementLoader, agreementVersionsLoader } from '../agreements/agreement.loader.js';
import { AgreementType } from '../agreements/agreement.type.js';
import { broadcasterLoader, guildLoader } from '../guilds/guild.loader.js';
import { BroadcasterType, GuildType } from '../guilds/guild.type.js';
import type { Viewer } from '../database/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { PageArgs, decodeGlobalId, pageRequest, toConnection, type Connection } from '../schema/index.js';
import { delegatedLoader } from './delegated.loader.js';
import { machineStates } from './request-enums.js';
import {
  historyColumns,
  requestColumns,
  requestLoader,
  requestTables,
  timerLoader,
  toHistoryEntry,
  toRequest,
  type HistoryRow,
} from './request.loader.js';
import {
  HistoryConnection,
  RequestActionType,
  RequestConnection,
  RequestDeadlineType,
  RequestExplanationType,
  RequestState,
  RequestType,
  type HistoryEntryType,
  type RequestRow,
} from './request.type.js';
import { signingOf } from './signing.js';
import { RequestSigningType } from './signing.type.js';

@ArgsType()
class RequestsArgs extends PageArgs {
  @Field(() => [RequestState], { nullable: true, description: 'Only those in one of these states.' })
  readonly states?: RequestState[] | null;

  @Field(() => ID, { nullable: true, description: 'Only those with this guild.' })
  readonly guildId?: string | null;
}

/** Undefined only for a request that has ended and whose machine has been taken out since: it can be read, not judged. */
const definitionFor = ({ row }: RequestType): WorkflowDefinition | undefined =>
  registry.find(({ kind, version }) => kind === row.kind && version === row.machine_version);
const stored = (request: RequestType) => JSON.parse(request.row.snapshot) as never;

@Resolver(() => RequestType)
export class RequestResolver {
  @Query(() => RequestType, {
    nullable: true,
    description: 'One request, null when there is none of this id that the viewer may see.',
  })
  async request(
    @Arg('id', () => ID, { description: 'Global id of the request.' }) id: string,
    @Ctx() context: ViewerContext,
  ): Promise<RequestType | undefined> {
    const uuid = decodeGlobalId('Request', id);
    return uuid === undefined ? undefined : context.loader(requestLoader).load(uuid);
  }

  @Query(() => RequestConnection, { description: 'The requests that the viewer may see, the newest first.' })
  async requests(@Args(() => RequestsArgs) args: RequestsArgs, @Ctx() context: ViewerContext): Promise<Connection<RequestType>> {
    const page = pageRequest(args, ['instant', 'uuid']);
    const tx = await context.viewer();
    const guildId =
      args.guildId == null ? null : (decodeGlobalId('Guild', args.guildId) ?? '00000000-0000-0000-0000-000000000000');
    const rows = await tx.query<RequestRow>(
      `select ${requestColumns} from ${requestTables}
       where ($1::timestamptz is null or (r.created_at, r.id) < ($1, $2::uuid))
         and ($3::text[] is null or i.state = any ($3)) and ($4::uuid is null or $4 in (r.guild_id, r.gaining_guild_id))
       order by r.created_at desc, r.id desc limit $5`,
      [page.after?.[0] ?? null, page.after?.[1] ?? null, args.states?.flatMap(machineStates) ?? null, guildId, page.limit],
    );
    return toConnection(rows, page, (row) => [row.created_at.toISOString(), row.id], toRequest);
  }

  @FieldResolver(() => GuildType, { description: 'The guild.' })
  async guild(@Root() request: RequestType, @Ctx() context: ViewerContext): Promise<GuildType | undefined> {
    return context.loader(guildLoader).load(request.row.guild_id);
  }

  @FieldResolver(() => BroadcasterType, { description: 'The broadcaster.' })
  async broadcaster(@Root() request: RequestType, @Ctx() context: ViewerContext): Promise<BroadcasterType | undefined> {
    return context.loader(broadcasterLoader).load(request.row.broadcaster_id);
  }

  @FieldResolver(() => AgreementType, {
    nullable: true,
    description: 'The newest version of the agreement, null before there is one.',
  })
  async agreement(@Root() request: RequestType, @Ctx() context: ViewerContext): Promise<AgreementType | undefined> {
    return context.loader(agreementLoader).load(request.row.id);
  }

  @FieldResolver(() => [AgreementType], {
    description: 'Every version of the agreement, the first one first, each with what it changed.',
  })
  async agreementVersions(@Root() request: RequestType, @Ctx() context: ViewerContext): Promise<AgreementType[]> {
    return context.loader(agreementVersionsLoader).load(request.row.id);
  }

  @FieldResolver(() => [RequestActionType], { description: 'What the viewer can do now, and what not and why.' })
  async availableActions(@Root() request: RequestType, @Ctx() context: ViewerContext): Promise<RequestActionType[]> {
    const definition = definitionFor(request);
    if (!definition) return [];
    const timers = await context.loader(timerLoader).load(request.row.id);
    const { viewer } = await context.viewer();
    const actions = availableActions(
      definition,
      stored(request),
      await actorFor(viewer, request.row, context),
      request.row.now.toISOString(),
      timers,
    );
    return actions.map((action) => Object.assign(new RequestActionType(), action));
  }

  @FieldResolver(() => RequestSigningType, {
    nullable: true,
    description: 'Who signs when, who has, and what a signature needs; null for kinds in which nothing is signed.',
  })
  async signing(@Root() { row }: RequestType, @Ctx() context: ViewerContext): Promise<RequestSigningType | undefined> {
    const { viewer } = await context.viewer();
    const timers = row.state === 'signing' ? await context.loader(timerLoader).load(row.id) : [];
    const { context: kept } = JSON.parse(row.snapshot) as { context: Partial<Signed> };
    return signingOf(kept, row.state, actorOf(viewer, row), timers);
  }

  @FieldResolver(() => [RequestDeadlineType], { description: 'The clocks that run, the next one first.' })
  async deadlines(@Root() request: RequestType, @Ctx() context: ViewerContext): Promise<RequestDeadlineType[]> {
    const definition = definitionFor(request);
    if (!definition) return [];
    const timers = await context.loader(timerLoader).load(request.row.id);
    return deadlines(definition, stored(request), timers).map((deadline) => Object.assign(new RequestDeadlineType(), deadline));
  }

  @FieldResolver(() => RequestExplanationType, { description: 'Who acts next, by when, and what silence does.' })
  async explanation(@Root() request: RequestType, @Ctx() context: ViewerContext): Promise<RequestExplanationType> {
    const definition = definitionFor(request);
    if (!definition)
      return Object.assign(new RequestExplanationType(), {
        text: 'This request has ended.',
        awaits: [],
        by: null,
        silence: null,
      });
    const timers = await context.loader(timerLoader).load(request.row.id);
    return Object.assign(new RequestExplanationType(), explain(definition, stored(request), timers));
  }

  @FieldResolver(() => HistoryConnection, { description: 'Everything that happened, in order.' })
  async history(
    @Root() request: RequestType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<HistoryEntryType>> {
    const page = pageRequest(args, ['integer']);
    const tx = await context.viewer();
    const rows = await tx.query<HistoryRow>(
      `select ${historyColumns} from guildhall.history h where h.instance_id = $1 and h.seq > $2 order by h.seq limit $3`,
      [request.row.id, page.after?.[0] ?? 0, page.limit],
    );
    return toConnection(rows, page, (row) => [row.seq], toHistoryEntry);
  }
}

/** With what colleagues have left to the viewer; only staff of a guild can have been left anything. */
async function actorFor(viewer: Viewer, row: RequestRow, context: ViewerContext): Promise<Actor> {
  const actor = actorOf(viewer, row);
  const isStaff = viewer.guildIds.some((id) => id === row.guild_id || id === row.gaining_guild_id);
  if (!isStaff) return actor;
  return { ...actor, authorities: [...actor.authorities, ...(await context.loader(delegatedLoader).load(row.id))] };
}

/** The same authorities as the engine reads for a command, from the viewer's snapshot: for showing, never for deciding. */
function actorOf(viewer: Viewer, row: RequestRow): Actor {
  const staff = viewer.guildIds.flatMap((id, index) => {
    const role = viewer.guildRoles[index]!;
    return id === row.guild_id ? [`GUILD_${role}`] : id === row.gaining_guild_id ? [`GAINING_GUILD_${role}`] : [];
  });
  return {
    id: viewer.principalId,
    authorities: [
      ...(viewer.platformRole === null ? [] : [viewer.platformRole]),
      ...(viewer.broadcasterId === row.broadcaster_id ? ['BROADCASTER'] : []),
      ...(viewer.wardIds.includes(row.broadcaster_id) ? ['GUARDIAN'] : []),
      ...staff,
      ...(viewer.platformRole === 'SUPPORT' && row.guild_suspended ? ['STAND_IN'] : []),
    ],
  };
}
