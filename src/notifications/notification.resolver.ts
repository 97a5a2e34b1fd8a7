import DataLoader from 'dataloader';
import { Args, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import type { ViewerContext } from '../identity/index.js';
import {
  ConnectionOf,
  DateTime,
  Node,
  PageArgs,
  encodeGlobalId,
  pageRequest,
  toConnection,
  type Connection,
} from '../schema/index.js';

@ObjectType('Notification', {
  description: 'Something that happened to a request and concerns the viewer.',
  implements: Node,
  simpleResolvers: true,
})
export class NotificationType implements Node {
  readonly id!: string;

  @Field(() => String, { description: 'What happened, e.g. `TERMS_PROPOSED`: the text is the client’s.' })
  readonly template!: string;

  @Field(() => ID, { description: 'Global id of the request.' })
  readonly requestId!: string;

  @Field(() => DateTime, { description: 'When it was put into the inbox.' })
  readonly createdAt!: Date;
}

const NotificationConnection = ConnectionOf('Notification', () => NotificationType);

interface NotificationRow {
  readonly id: string;
  readonly template: string;
  readonly request_id: string;
  readonly created_at: Date;
}

const toNotification = (row: NotificationRow): NotificationType =>
  Object.assign(new NotificationType(), {
    id: encodeGlobalId('Notification', row.id),
    template: row.template,
    requestId: encodeGlobalId('Request', row.request_id),
    createdAt: row.created_at,
  });

/** Notifications by uuid, one statement a batch; undefined for one of somebody else. */
export const notificationLoader = (context: ViewerContext) =>
  new DataLoader<string, NotificationType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<NotificationRow>(
      'select id, template, request_id, created_at from guildhall.notification where id = any ($1::uuid[])',
      [ids],
    );
    const found = new Map(rows.map((row) => [row.id, toNotification(row)]));
    return ids.map((id) => found.get(id));
  });

@Resolver(() => NotificationType)
export class NotificationResolver {
  @Query(() => NotificationConnection, { description: "The viewer's inbox, the latest first." })
  async notifications(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<NotificationType>> {
    const page = pageRequest(args, ['instant', 'uuid']);
    const tx = await context.viewer();
    const rows = await tx.query<NotificationRow>(
      `select id, template, request_id, created_at from guildhall.notification
       where $1::timestamptz is null or (created_at, id) < ($1, $2::uuid) order by created_at desc, id desc limit $3`,
      [page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
    );
    return toConnection(rows, page, (row) => [row.created_at.toISOString(), row.id], toNotification);
  }
}
