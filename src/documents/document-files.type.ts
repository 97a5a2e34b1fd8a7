import { Field, ObjectType } from 'type-graphql';

@ObjectType('DocumentFiles', {
  description:
    'Where a document can be had as a file: paths on this server, asked for by GET with the same bearer token as the API. They answer with an `ETag`; an agreement’s take `?version=` and `&audience=` too.',
  simpleResolvers: true,
})
export class DocumentFilesType {
  @Field(() => String, {
    description: 'A page without scripts, for any browser and screen reader, e.g. `/requests/…/agreement.html`.',
  })
  readonly html!: string;

  @Field(() => String, {
    description:
      'A tagged PDF, signed by the platform (PAdES B-B), e.g. `/requests/…/agreement.pdf`. Answers 503 where the installation has no key to sign with.',
  })
  readonly pdf!: string;
}
