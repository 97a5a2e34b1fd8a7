import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { broadcasterLoader, guildLoader } from '../guilds/guild.loader.js';
import { BroadcasterType, GuildType } from '../guilds/guild.type.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import {
  ConnectionOf,
  PageArgs,
  PublicError,
  decodeGlobalId,
  encodeGlobalId,
  pageRequest,
  parseGlobalId,
  toConnection,
  type Connection,
} from '../schema/index.js';
import { toEvent } from './commands.js';
import { fileLoader, principalLoader } from './directory.loader.js';
import {
  ActivityMonth,
  BroadcasterFileType,
  DirectoryChangeType,
  DirectoryEventType,
  PrincipalType,
  StaffMember,
} from './directory.type.js';
import { eventOf, type EventRow } from './trail.js';

const DirectoryEventConnection = ConnectionOf('DirectoryEvent', () => DirectoryEventType);
const StaffMemberConnection = ConnectionOf('StaffMember', () => StaffMember);
const ActivityMonthConnection = ConnectionOf('ActivityMonth', () => ActivityMonth);

/** Files are for those who see everything; for others this is no question of a row more or less. */
async function refuseOthers(context: ViewerContext): Promise<void> {
  const { viewer } = await context.viewer();
  if (viewer.platformRole !== 'SUPPORT' && viewer.platformRole !== 'AUDITOR')
    throw new PublicError('FORBIDDEN', 'Only support and auditors see this.');
}

interface StaffRow {
  readonly principal_id: string;
  readonly display_name: string | null;
  readonly role: string;
  readonly since: Date;
  readonly until: Date | null;
}

interface ActivityRow {
  readonly month: string;
  readonly days: number;
  readonly minutes: number;
  readonly income_minor: string;
  readonly currency: string;
  readonly source: string;
  readonly line_id: string;
  readonly reported_at: Date;
}

@Resolver()
export class DirectoryResolver {
  @Query(() => BroadcasterFileType, {
    nullable: true,
    description: 'The file of a broadcaster, by id or by handle; null when there is none. Support and auditors.',
  })
  async broadcaster(
    @Arg('id', () => ID, { nullable: true, description: 'Global id of the broadcaster.' }) id: string | null | undefined,
    @Arg('handle', () => String, { nullable: true, description: 'Public handle; ignored when there is an id.' })
    handle: string | null | undefined,
    @Ctx() context: ViewerContext,
  ): Promise<BroadcasterFileType | undefined> {
    await refuseOthers(context);
    const uuid = id == null ? await broadcasterOfHandle(context, handle ?? '') : decodeGlobalId('Broadcaster', id);
    return uuid === undefined ? undefined : context.loader(fileLoader).load(uuid);
  }

  @Query(() => PrincipalType, {
    nullable: true,
    description: 'Somebody by their tokens; null when nobody is known by them. Support and auditors.',
  })
  async principal(
    @Arg('issuer', () => String, { description: '`iss` of the tokens.' }) issuer: string,
    @Arg('subject', () => String, { description: '`sub` of the tokens.' }) subject: string,
    @Ctx() context: ViewerContext,
  ): Promise<PrincipalType | undefined> {
    await refuseOthers(context);
    if (`${issuer}${subject}`.includes('\0')) return undefined;
    const tx = await context.viewer();
    const rows = await tx.query<{ id: string }>('select id from guildhall.principal where issuer = $1 and subject = $2', [
      issuer,
      subject,
    ]);
    return rows[0] && context.loader(principalLoader).load(rows[0].id);
  }

  @Query(() => DirectoryEventConnection, {
    description:
      'The audit trail of a principal, guild or broadcaster, the latest first. Support and auditors see it all, others what they did.',
  })
  async directoryEvents(
    @Arg('subjectId', () => ID, { description: 'Global id of the principal, guild or broadcaster.' }) subjectId: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<DirectoryEventType>> {
    const page = pageRequest(args, ['uuid']);
    const subject = parseGlobalId(subjectId);
    const tx = await context.viewer();
    const rows = subject
      ? await tx.query<EventRow>(
          `select e.id, e.at, e.actor_id, e.authority, e.subject_type, e.subject_id, e.action, e.reason_code, e.details, c.comment
           from guildhall.directory_event e left join guildhall.directory_command c on c.event_id = e.id
           where e.subject_type = $1 and e.subject_id = $2 and ($3::uuid is null or e.id < $3) order by e.id desc limit $4`,
          [subject.type, subject.uuid, page.after?.[0] ?? null, page.limit],
        )
      : [];
    return toConnection(
      rows,
      page,
      (row) => [row.id],
      (row) => toEvent(eventOf(row)),
    );
  }

  @Query(() => StaffMemberConnection, {
    description:
      'Who holds, and who held, a position in a guild. Support, auditors and the staff of the guild; others get an empty page.',
  })
  async guildStaff(
    @Arg('guildId', () => ID, { description: 'Global id of the guild.' }) guildId: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<StaffMember>> {
    const page = pageRequest(args, ['text', 'uuid']);
    const tx = await context.viewer();
    const rows = await tx.query<StaffRow>(
      `select s.principal_id, p.display_name, s.role, s.since, s.until
       from guildhall.guild_staff s left join guildhall.principal p on p.id = s.principal_id
       where s.guild_id = $1 and ($2::text is null or (s.role, s.principal_id) > ($2, $3::uuid))
       order by s.role, s.principal_id limit $4`,
      [decodeGlobalId('Guild', guildId) ?? null, page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
    );
    const toStaff = (row: StaffRow) =>
      Object.assign(new StaffMember(), {
        principalId: encodeGlobalId('Principal', row.principal_id),
        displayName: row.display_name,
        role: row.role,
        since: row.since,
        until: row.until,
      });
    return toConnection(rows, page, (row) => [row.role, row.principal_id], toStaff);
  }

  @Query(() => ActivityMonthConnection, {
    description:
      'What a broadcaster did, the latest month first. Support, auditors and the broadcaster; others get an empty page.',
  })
  async activity(
    @Arg('broadcasterId', () => ID, { description: 'Global id of the broadcaster.' }) broadcasterId: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<ActivityMonth>> {
    const page = pageRequest(args, ['text']);
    const tx = await context.viewer();
    const rows = await tx.query<ActivityRow>(
      `select * from (select to_char(month, 'YYYY-MM') as month, days, minutes, income_minor, currency, source, line_id, reported_at
         from guildhall.activity_month where broadcaster_id = $1) a
       where $2::text is null or a.month < $2 order by a.month desc limit $3`,
      [decodeGlobalId('Broadcaster', broadcasterId) ?? null, page.after?.[0] ?? null, page.limit],
    );
    const toMonth = (row: ActivityRow) =>
      Object.assign(new ActivityMonth(), {
        month: row.month,
        days: row.days,
        minutes: row.minutes,
        income: { amountMinor: Number(row.income_minor), currency: row.currency },
        source: row.source,
        lineId: row.line_id,
        reportedAt: row.reported_at,
      });
    return toConnection(rows, page, (row) => [row.month], toMonth);
  }
}

async function broadcasterOfHandle(context: ViewerContext, handle: string): Promise<string | undefined> {
  if (handle.includes('\0')) return undefined;
  const tx = await context.viewer();
  const rows = await tx.query<{ id: string }>('select id from guildhall.broadcaster where handle = $1', [handle]);
  return rows[0]?.id;
}

@Resolver(() => BroadcasterFileType)
export class BroadcasterFileResolver {
  @FieldResolver(() => BroadcasterType, { description: 'The broadcaster as others see them.' })
  async broadcaster(@Root() file: BroadcasterFileType, @Ctx() context: ViewerContext): Promise<BroadcasterType | undefined> {
    return context.loader(broadcasterLoader).load(file.uuid);
  }

  @FieldResolver(() => PrincipalType, { nullable: true, description: 'The account, null when there is none.' })
  async principal(@Root() file: BroadcasterFileType, @Ctx() context: ViewerContext): Promise<PrincipalType | undefined> {
    return file.principalUuid === null ? undefined : context.loader(principalLoader).load(file.principalUuid);
  }

  @FieldResolver(() => PrincipalType, {
    nullable: true,
    description: 'The guardian who consents for the broadcaster now, if any.',
  })
  async guardian(@Root() file: BroadcasterFileType, @Ctx() context: ViewerContext): Promise<PrincipalType | undefined> {
    return file.guardianUuid === null ? undefined : context.loader(principalLoader).load(file.guardianUuid);
  }
}

/** What was changed, as the viewer may see it after the change. */
@Resolver(() => DirectoryChangeType)
export class DirectoryChangeResolver {
  @FieldResolver(() => PrincipalType, {
    nullable: true,
    description: 'The account that was changed; null when it was something else.',
  })
  async principal(@Root() change: DirectoryChangeType, @Ctx() context: ViewerContext): Promise<PrincipalType | undefined> {
    return change.subjectType === 'Principal' ? context.loader(principalLoader).load(change.subjectUuid) : undefined;
  }

  @FieldResolver(() => GuildType, { nullable: true, description: 'The guild that was changed; null when it was something else.' })
  async guild(@Root() change: DirectoryChangeType, @Ctx() context: ViewerContext): Promise<GuildType | undefined> {
    return change.subjectType === 'Guild' ? context.loader(guildLoader).load(change.subjectUuid) : undefined;
  }

  @FieldResolver(() => BroadcasterType, {
    nullable: true,
    description: 'The broadcaster who was changed; null when it was something else.',
  })
  async broadcaster(@Root() change: DirectoryChangeType, @Ctx() context: ViewerContext): Promise<BroadcasterType | undefined> {
    return change.subjectType === 'Broadcaster' ? context.loader(broadcasterLoader).load(change.subjectUuid) : undefined;
  }

  @FieldResolver(() => BroadcasterFileType, { nullable: true, description: 'The file of that broadcaster, for support.' })
  async file(@Root() change: DirectoryChangeType, @Ctx() context: ViewerContext): Promise<BroadcasterFileType | undefined> {
    return change.subjectType === 'Broadcaster' ? context.loader(fileLoader).load(change.subjectUuid) : undefined;
  }
}
