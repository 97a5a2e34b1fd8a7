import DataLoader from 'dataloader';
import { Arg, Args, Ctx, Field, FieldResolver, ID, ObjectType, Query, registerEnumType, Resolver, Root } from 'type-graphql';
import { broadcasterLoader, guildLoader } from '../guilds/guild.loader.js';
import { BroadcasterType, GuildType } from '../guilds/guild.type.js';
import type { ViewerContext } from '../identity/index.js';
import {
  ConnectionOf,
  DateTime,
  Node,
  PageArgs,
  decodeGlobalId,
  encodeGlobalId,
  pageRequest,
  toConnection,
  type Connection,
} from '../schema/index.js';

interface MembershipRow {
  readonly id: string;
  readonly broadcaster_id: string;
  readonly guild_id: string;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
  readonly end_kind: MembershipEnd | null;
  readonly at_fault: MembershipFault | null;
  readonly annulled_at: Date | null;
  readonly term_ends_at: Date | null;
}

const columns = 'id, broadcaster_id, guild_id, starts_at, ends_at, end_kind, at_fault, annulled_at, term_ends_at';

export enum MembershipEnd {
  VOLUNTARY = 'VOLUNTARY',
  GUILD_INITIATED = 'GUILD_INITIATED',
  ENFORCED = 'ENFORCED',
  EXPIRY = 'EXPIRY',
  TRANSFER = 'TRANSFER',
}
registerEnumType(MembershipEnd, {
  name: 'MembershipEnd',
  description: 'How a membership ended.',
  valuesConfig: {
    VOLUNTARY: { description: 'The broadcaster left.' },
    GUILD_INITIATED: { description: 'The guild expelled the broadcaster.' },
    ENFORCED: { description: 'The platform released the broadcaster.' },
    EXPIRY: { description: 'Its term ended.' },
    TRANSFER: { description: 'The broadcaster moved to another guild.' },
  },
});

export enum MembershipFault {
  GUILD = 'GUILD',
  BROADCASTER = 'BROADCASTER',
}
registerEnumType(MembershipFault, {
  name: 'MembershipFault',
  description: 'Whose fault an end was, where that was established.',
});

@ObjectType('Membership', { description: 'A stretch of time in which a broadcaster belongs to a guild.', implements: Node })
export class MembershipType implements Node {
  readonly id!: string;

  @Field(() => DateTime, { description: 'When it began: the chosen instant of the switch.', simple: true })
  readonly startsAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it ends or ended, null while no end is known.', simple: true })
  readonly endsAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the agreed term ends: the membership ends with it, without a fee, unless it is renewed or the policy’s `autoRenew` lets it go on. Null: no term binds.',
    simple: true,
  })
  readonly termEndsAt!: Date | null;

  @Field(() => MembershipEnd, { nullable: true, description: 'How it ended, null while it goes on.', simple: true })
  readonly endKind!: MembershipEnd | null;

  @Field(() => MembershipFault, {
    nullable: true,
    description: 'Whose fault its end was; null: nobody’s, or not established.',
    simple: true,
  })
  readonly atFault!: MembershipFault | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When its beginning was reversed, so that it counts as if it had not been; null for one that counts.',
    simple: true,
  })
  readonly annulledAt!: Date | null;

  readonly row!: MembershipRow;
}

const MembershipConnection = ConnectionOf('Membership', () => MembershipType);

const toMembership = (row: MembershipRow): MembershipType =>
  Object.assign(new MembershipType(), {
    id: encodeGlobalId('Membership', row.id),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    endKind: row.end_kind,
    atFault: row.at_fault,
    annulledAt: row.annulled_at,
    termEndsAt: row.term_ends_at,
    row,
  });

/** Memberships by uuid, one statement a batch; undefined for one that the viewer may not see. */
export const membershipLoader = (context: ViewerContext) =>
  new DataLoader<string, MembershipType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<MembershipRow>(`select ${columns} from guildhall.membership where id = any ($1::uuid[])`, [ids]);
    const found = new Map(rows.map((row) => [row.id, toMembership(row)]));
    return ids.map((id) => found.get(id));
  });

@Resolver(() => MembershipType)
export class MembershipResolver {
  @Query(() => MembershipConnection, { description: 'The memberships that count and that the viewer may see, the latest first.' })
  async memberships(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ViewerContext,
    @Arg('guildId', () => ID, { nullable: true, description: 'Only those in this guild.' }) guildId: string | null,
  ): Promise<Connection<MembershipType>> {
    const page = pageRequest(args, ['instant', 'uuid']);
    const guildUuid = guildId === null || guildId === undefined ? null : (decodeGlobalId('Guild', guildId) ?? NOBODY);
    const tx = await context.viewer();
    const rows = await tx.query<MembershipRow>(
      `select ${columns} from guildhall.membership
       where annulled_at is null and ($1::timestamptz is null or (starts_at, id) < ($1, $2::uuid)) and ($3::uuid is null or guild_id = $3)
       order by starts_at desc, id desc limit $4`,
      [page.after?.[0] ?? null, page.after?.[1] ?? null, guildUuid, page.limit],
    );
    return toConnection(rows, page, (row) => [row.starts_at.toISOString(), row.id], toMembership);
  }

  @Query(() => MembershipType, {
    nullable: true,
    description:
      'The membership of a broadcaster that was in force at an instant, and to which what was earned then belongs: also a chargeback that comes after its end. Null: none was, or the viewer may not see it. One whose beginning was reversed never was.',
  })
  async membershipAt(
    @Arg('broadcasterId', () => ID, { description: 'Global id of the broadcaster.' }) broadcasterId: string,
    @Arg('at', () => DateTime, {
      description: 'The instant, e.g. of the earning. In the one of a switch the new one is in force.',
    })
    at: Date,
    @Ctx() context: ViewerContext,
  ): Promise<MembershipType | undefined> {
    const tx = await context.viewer();
    const rows = await tx.query<MembershipRow>(
      `select ${columns} from guildhall.membership
       where broadcaster_id = $1 and annulled_at is null and starts_at <= $2 and (ends_at is null or ends_at > $2)`,
      [decodeGlobalId('Broadcaster', broadcasterId) ?? NOBODY, at],
    );
    return rows[0] && toMembership(rows[0]);
  }

  @FieldResolver(() => GuildType, { description: 'The guild.' })
  async guild(@Root() { row }: MembershipType, @Ctx() context: ViewerContext): Promise<GuildType | undefined> {
    return context.loader(guildLoader).load(row.guild_id);
  }

  @FieldResolver(() => BroadcasterType, { description: 'The member.' })
  async broadcaster(@Root() { row }: MembershipType, @Ctx() context: ViewerContext): Promise<BroadcasterType | undefined> {
    return context.loader(broadcasterLoader).load(row.broadcaster_id);
  }
}

/** Belongs to nobody: what an id of another type stands for. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
