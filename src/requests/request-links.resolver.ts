import DataLoader from 'dataloader';
import { Ctx, FieldResolver, registerEnumType, Resolver, Root } from 'type-graphql';
import { guildLoader } from '../guilds/guild.loader.js';
import { GuildType } from '../guilds/guild.type.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { membershipLoader, MembershipType } from '../settlement/membership.resolver.js';
import { statementLoader, StatementType } from '../settlement/statement.type.js';
import { requestColumns, requestLoader, requestTables, toRequest } from './request.loader.js';
import { RequestType, type RequestRow } from './request.type.js';

export enum RequestRelation {
  DISPUTES = 'DISPUTES',
  REOPENS = 'REOPENS',
  REVERSES = 'REVERSES',
  PAYS = 'PAYS',
  FOLLOWS = 'FOLLOWS',
}
registerEnumType(RequestRelation, {
  name: 'RequestRelation',
  description: 'How a request relates to the one that it is about.',
  valuesConfig: {
    DISPUTES: { description: 'It disputes it.' },
    REOPENS: { description: 'It takes it up again after its end.' },
    REVERSES: { description: 'It undoes what it has done.' },
    PAYS: { description: 'It settles what is owed after it.' },
    FOLLOWS: { description: 'It came out of it.' },
  },
});

const MAX_LINKS = 100;

/** Requests about a request, the oldest first; one statement a batch. */
const linkLoader = (context: ViewerContext) =>
  new DataLoader<string, RequestType[]>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<RequestRow>(
      `select l.* from unnest($1::uuid[]) as q (id) cross join lateral (
         select ${requestColumns} from ${requestTables} where r.parent_id = q.id order by r.created_at, r.id limit ${String(MAX_LINKS)}) l`,
      [ids],
    );
    return ids.map((id) => rows.filter((row) => row.parent_id === id).map(toRequest));
  });

@Resolver(() => RequestType)
export class RequestLinksResolver {
  @FieldResolver(() => GuildType, { nullable: true, description: 'Of a transfer, the guild that is joined; null otherwise.' })
  async gainingGuild(@Root() { row }: RequestType, @Ctx() context: ViewerContext): Promise<GuildType | undefined> {
    return row.gaining_guild_id === null ? undefined : context.loader(guildLoader).load(row.gaining_guild_id);
  }

  @FieldResolver(() => MembershipType, {
    nullable: true,
    description: 'The membership that is to change; null where there is none, or where it is not the viewer’s to see.',
  })
  async membership(@Root() { row }: RequestType, @Ctx() context: ViewerContext): Promise<MembershipType | undefined> {
    return row.membership_id === null ? undefined : context.loader(membershipLoader).load(row.membership_id);
  }

  @FieldResolver(() => StatementType, {
    nullable: true,
    description:
      'The statement of what is owed after the switch, of an exit or of its PAYMENT; null before the switch, and for other kinds.',
  })
  async statement(@Root() { row }: RequestType, @Ctx() context: ViewerContext): Promise<StatementType | undefined> {
    return context.loader(statementLoader).load(row.id);
  }

  @FieldResolver(() => RequestRelation, { nullable: true, description: 'How it relates to `parent`; null without one.' })
  relation(@Root() { row }: RequestType): string | null {
    return row.relation;
  }

  @FieldResolver(() => RequestType, { nullable: true, description: 'The request that this one is about, if any.' })
  async parent(@Root() { row }: RequestType, @Ctx() context: ViewerContext): Promise<RequestType | undefined> {
    return row.parent_id === null ? undefined : context.loader(requestLoader).load(row.parent_id);
  }

  @FieldResolver(() => [RequestType], {
    description: 'Requests about this one, such as its disputes and payments, the oldest first; at most 100.',
  })
  async links(@Root() { row }: RequestType, @Ctx() context: ViewerContext): Promise<RequestType[]> {
    return context.loader(linkLoader).load(row.id);
  }
}
