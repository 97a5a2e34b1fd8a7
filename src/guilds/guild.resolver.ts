import { Arg, Args, Ctx, Field, FieldResolver, ID, ObjectType, Query, Resolver, Root, registerEnumType } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import {
  ConnectionOf,
  PageArgs,
  decodeGlobalId,
  encodeGlobalId,
  pageRequest,
  toConnection,
  type Connection,
} from '../schema/index.js';
import { broadcasterLoader, guildColumns, guildLoader, toGuild, type GuildRow } from './guild.loader.js';
import { BroadcasterType, GuildType } from './guild.type.js';

export enum GuildRole {
  OWNER = 'OWNER',
  AGENT = 'AGENT',
  FINANCE = 'FINANCE',
}
registerEnumType(GuildRole, { name: 'GuildRole', description: 'What somebody may do for a guild.' });

export enum PlatformRole {
  SUPPORT = 'SUPPORT',
  POLICY = 'POLICY',
  AUDITOR = 'AUDITOR',
}
registerEnumType(PlatformRole, { name: 'PlatformRole', description: 'What somebody may do for the platform.' });

@ObjectType('GuildPosition', { description: 'A position of the viewer in a guild.' })
export class GuildPosition {
  @Field(() => GuildRole, { description: 'The role held.' })
  readonly role!: GuildRole;

  readonly guildUuid!: string;
}

@ObjectType('Viewer', { description: 'Who the token speaks for, and what that person may see and do.' })
export class ViewerType {
  @Field(() => ID, { description: 'Global id of the account: what an owner needs to appoint somebody.' })
  readonly principalId!: string;

  @Field(() => PlatformRole, { nullable: true, description: 'Role on the platform itself, null for everybody else.' })
  readonly platformRole!: PlatformRole | null;

  readonly broadcasterUuid!: string | null;

  @Field(() => [GuildPosition], { description: 'Positions held in guilds now.' })
  readonly positions!: GuildPosition[];
}

const GuildConnection = ConnectionOf('Guild', () => GuildType);

@Resolver(() => ViewerType)
export class ViewerResolver {
  @Query(() => ViewerType, { description: 'The person behind the token.' })
  async viewer(@Ctx() context: ViewerContext): Promise<ViewerType> {
    const { viewer } = await context.viewer();
    return Object.assign(new ViewerType(), {
      principalId: encodeGlobalId('Principal', viewer.principalId),
      platformRole: viewer.platformRole,
      broadcasterUuid: viewer.broadcasterId,
      positions: viewer.guildIds.map((guildUuid, index) =>
        Object.assign(new GuildPosition(), { guildUuid, role: viewer.guildRoles[index] }),
      ),
    });
  }

  @FieldResolver(() => BroadcasterType, { nullable: true, description: 'The broadcaster that the viewer is, if any.' })
  async broadcaster(@Root() viewer: ViewerType, @Ctx() context: ViewerContext): Promise<BroadcasterType | undefined> {
    return viewer.broadcasterUuid === null ? undefined : context.loader(broadcasterLoader).load(viewer.broadcasterUuid);
  }
}

@Resolver(() => GuildPosition)
export class GuildPositionResolver {
  @FieldResolver(() => GuildType, { description: 'The guild.' })
  async guild(@Root() position: GuildPosition, @Ctx() context: ViewerContext): Promise<GuildType | undefined> {
    return context.loader(guildLoader).load(position.guildUuid);
  }
}

@Resolver(() => GuildType)
export class GuildResolver {
  @FieldResolver(() => GuildType, { nullable: true, description: 'The guild that it goes over into, null when it does not.' })
  async mergedInto(@Root() guild: GuildType, @Ctx() context: ViewerContext): Promise<GuildType | undefined> {
    return guild.mergedIntoUuid === null ? undefined : context.loader(guildLoader).load(guild.mergedIntoUuid);
  }

  @Query(() => GuildType, { nullable: true, description: 'One guild, null when there is none of this id.' })
  async guild(
    @Arg('id', () => ID, { description: 'Global id of the guild.' }) id: string,
    @Ctx() context: ViewerContext,
  ): Promise<GuildType | undefined> {
    const uuid = decodeGlobalId('Guild', id);
    return uuid === undefined ? undefined : context.loader(guildLoader).load(uuid);
  }

  @Query(() => GuildConnection, { description: 'All guilds, by name.' })
  async guilds(@Args(() => PageArgs) args: PageArgs, @Ctx() context: ViewerContext): Promise<Connection<GuildType>> {
    const page = pageRequest(args, ['text', 'uuid']);
    const tx = await context.viewer();
    const rows = await tx.query<GuildRow>(
      `select ${guildColumns} from guildhall.guild g join guildhall.region r on r.code = g.region_code
       where $1::text is null or (g.name, g.id) > ($1, $2::uuid) order by g.name, g.id limit $3`,
      [page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
    );
    return toConnection(rows, page, (row) => [row.name, row.id], toGuild);
  }
}
