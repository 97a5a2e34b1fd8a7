import { Arg, Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AgreementDocumentType, toDocument } from '../templates/document.type.js';
import { noticesFor } from './notices.js';
import { RequestType } from './request.type.js';

@ObjectType('Notice', {
  description: 'What somebody declares by a request, as a text that nobody has to sign.',
  simpleResolvers: true,
})
export class NoticeType {
  @Field(() => String, { description: 'Name of its template, e.g. `LEAVE_NOTICE` or `GUARDIAN_CONSENT`.' })
  readonly name!: string;

  @Field(() => AgreementDocumentType, { description: 'The text.' })
  readonly document!: AgreementDocumentType;
}

@Resolver(() => RequestType)
export class NoticesResolver {
  @FieldResolver(() => [NoticeType], {
    description:
      'The notices of an exit without agreement or of a reversal, and what a guardian consents to: made from the request as it is now. Empty for other requests, and where no template is in force.',
    complexity: 10,
  })
  async notices(
    @Root() { row }: RequestType,
    @Ctx() context: ViewerContext,
    @Arg('locale', () => String, { nullable: true, description: "The language; omitted: the request's or the region's." })
    locale?: string | null,
  ): Promise<NoticeType[]> {
    const notices = await noticesFor(await context.viewer(), row, locale ?? null);
    return notices.map(({ name, document }) => ({ name, document: toDocument(document) }));
  }
}
