import type DataLoader from 'dataloader';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { principalLoader } from '../directory/index.js';
import { broadcasterLoader, guildLoader } from '../guilds/guild.loader.js';
import type { ViewerContext } from '../identity/index.js';
import { notificationLoader } from '../notifications/notification.resolver.js';
import { policyVersionLoader } from '../policies/policy.loader.js';
import { requestLoader } from '../requests/request.loader.js';
import { Node, parseGlobalId } from '../schema/index.js';
import { membershipLoader } from '../settlement/membership.resolver.js';

/** How each type that implements Node is fetched; a test compares this with the schema. */
export const nodeLoaders: Readonly<Record<string, (context: ViewerContext) => DataLoader<string, Node | undefined>>> = {
  Broadcaster: broadcasterLoader,
  Guild: guildLoader,
  Membership: membershipLoader,
  Notification: notificationLoader,
  Principal: principalLoader,
