import type DataLoader from 'dataloader';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { bulkOperationLoader } from '../bulk/bulk.loader.js';
import { caseLoader } from '../desk/case.loader.js';
import { principalLoader } from '../directory/index.js';
import { broadcasterLoader, guildLoader } from '../guilds/guild.loader.js';
import type { ViewerContext } from '../identity/index.js';
import { notificationLoader } from '../notifications/notification.resolver.js';
import { policyVersionLoader } from '../policies/policy.loader.js';
import { clauseVersionLoader, templateVersionLoader } from '../templates/template.loader.js';
import { requestLoader } from '../requests/request.loader.js';
import { Node, parseGlobalId } from '../schema/index.js';
import { membershipLoader } from '../settlement/membership.resolver.js';

/** How each type that implements Node is fetched; a test compares this with the schema. */
export const nodeLoaders: Readonly<Record<string, (context: ViewerContext) => DataLoader<string, Node | undefined>>> = {
  Broadcaster: broadcasterLoader,
  BulkOperation: bulkOperationLoader,
  Case: caseLoader,
  ClauseVersion: clauseVersionLoader,
  Guild: guildLoader,
  Membership: membershipLoader,
  Notification: notificationLoader,
  PolicyVersion: policyVersionLoader,
  Principal: principalLoader,
  Request: requestLoader,
  TemplateVersion: templateVersionLoader,
};

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description: 'Anything by its global id, null when there is nothing of this id that the viewer may see.',
  })
  async node(
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
    @Ctx() context: ViewerContext,
  ): Promise<Node | undefined> {
    const parsed = parseGlobalId(id);
    const loader = parsed && nodeLoaders[parsed.type];
    return loader && context.loader(loader).load(parsed.uuid);
  }
}
