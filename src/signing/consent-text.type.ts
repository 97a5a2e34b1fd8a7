import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DateTime, encodeGlobalId, resultUnion, Sha256 } from '../schema/index.js';
import type { ConsentTextRow } from './consent-texts.js';

@ObjectType('ConsentText', {
  description: 'What a signer agrees to beside the agreement itself, word for word. A version is never changed.',
  simpleResolvers: true,
})
export class ConsentTextType {
  @Field(() => ID, { description: 'For `SignatureProofInput.consent`.' })
  readonly id!: string;

  @Field(() => String, { description: 'What it is about, e.g. `ELECTRONIC_SIGNATURE`.' })
  readonly name!: string;

  @Field(() => Int, { description: 'Counted from 1 in each locale.' })
  readonly version!: number;

  @Field(() => String, { description: 'Language, e.g. `zh-CN`.' })
  readonly locale!: string;

  @Field(() => String, { description: 'The words: plain text, to be shown as it is.' })
  readonly body!: string;

  @Field(() => Sha256, { description: 'Of the words in UTF-8; computed by the client over what it has shown.' })
  readonly sha256!: string;

  @Field(() => DateTime, { description: 'Since when it is there.' })
  readonly publishedAt!: Date;
}

export const toConsentText = (row: ConsentTextRow): ConsentTextType =>
  Object.assign(new ConsentTextType(), {
    id: encodeGlobalId('ConsentText', row.id),
    name: row.name,
    version: row.version,
    locale: row.locale,
    body: row.body,
    sha256: row.sha256,
    publishedAt: row.published_at,
  });

@InputType({ description: 'A new version of a consent text.' })
export class PublishConsentTextInput {
  @Field(() => String, { description: 'UPPER_SNAKE, at most 40 characters.' })
  readonly name!: string;

  @Field(() => String, { description: 'E.g. `en` or `zh-CN`.' })
  readonly locale!: string;

  @Field(() => String, { description: 'Plain text, at most 20,000 characters.' })
  readonly body!: string;
}

export const ConsentTextResult = resultUnion('ConsentTextResult', 'The published text, or why not.', [ConsentTextType]);
