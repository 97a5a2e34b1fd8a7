import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { HistoryEntryType } from '../requests/request.type.js';
import { actLoader } from './act.loader.js';
import { ActType } from './act.type.js';

@Resolver(() => HistoryEntryType)
export class ActResolver {
  @FieldResolver(() => ActType, {
    nullable: true,
    description:
      'The record of the act, when a person did this: all of it for that person, support and auditors; for others who did it, and by what means.',
  })
  async act(@Root() entry: HistoryEntryType, @Ctx() context: ViewerContext): Promise<ActType | undefined> {
    return context.loader(actLoader).load({ instanceId: entry.instanceId, seq: entry.version });
  }
}
