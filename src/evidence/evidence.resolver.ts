import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import { BroadcasterType } from '../guilds/guild.type.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { RequestType } from '../requests/request.type.js';
import { decodeGlobalId } from '../schema/index.js';
import { BROADCASTERS, REQUESTS } from './evidence.js';

@ObjectType('EvidenceFile', {
  description: 'A zip that anybody can verify offline. It is made when it is fetched, as far as you may see what it is about.',
  simpleResolvers: true,
})
export class EvidenceFileType {
  @Field(() => String, { description: 'Where to GET it from this server, with the same `Authorization` header as the API.' })
  readonly path!: string;

  @Field(() => String, { description: 'The name under which it is saved.' })
  readonly fileName!: string;
}

@Resolver(() => RequestType)
export class RequestEvidenceResolver {
  @FieldResolver(() => EvidenceFileType, {
    description:
      'The evidence of this request: its history as a hash chain, the acts with their seals, the texts. What is not for you is left out and named as such.',
  })
  evidenceBundle(@Root() request: RequestType): EvidenceFileType {
    const uuid = decodeGlobalId('Request', request.id) ?? '';
    return { path: `${REQUESTS}/${request.id}`, fileName: `guildhall-request-${uuid}.zip` };
  }
}

@Resolver(() => BroadcasterType)
export class BroadcasterEvidenceResolver {
  @FieldResolver(() => EvidenceFileType, {
    nullable: true,
    description:
      'The broadcaster’s portable record: memberships and agreements, signed by the platform. For the broadcaster, the guardian and the platform; null for others.',
  })
  async portableRecord(@Root() broadcaster: BroadcasterType, @Ctx() context: ViewerContext): Promise<EvidenceFileType | null> {
    const uuid = decodeGlobalId('Broadcaster', broadcaster.id) ?? '';
    const { viewer } = await context.viewer();
    const platform = ['SUPPORT', 'AUDITOR'].includes(viewer.platformRole ?? '');
    if (!platform && viewer.broadcasterId !== uuid && !viewer.wardIds.includes(uuid)) return null;
    return { path: `${BROADCASTERS}/${broadcaster.id}`, fileName: `guildhall-record-${uuid}.zip` };
  }
}
