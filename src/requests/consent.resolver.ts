import { Arg, Field, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Sha256 } from '../schema/index.js';
import { sha256 } from '../verify/chain.js';
import { consentTexts } from './consent-texts.js';

@ObjectType('ConsentText', {
  description: 'Words under which somebody signs: show them beside the agreement, and name them in `signAgreement`.',
  simpleResolvers: true,
})
export class ConsentTextType {
  @Field(() => String, { description: 'Which text, e.g. `SIGN_AGREEMENT`.' })
  readonly textId!: string;

  @Field(() => Int, { description: 'Its version, which never changes.' })
  readonly version!: number;

  @Field(() => String, { description: 'Its language, BCP 47.' })
  readonly locale!: string;

  @Field(() => String, { description: 'The words.' })
  readonly text!: string;

  @Field(() => Sha256, { description: 'SHA-256 of the words in UTF-8, as the record of the act names it.' })
  readonly sha256!: string;
}

@InputType({ description: 'The consent text that was shown to the person who signs.' })
export class ConsentInput {
  @Field(() => String, { description: 'Which text, e.g. `SIGN_AGREEMENT`.' })
  readonly textId!: string;

  @Field(() => Int, { description: 'Its version.' })
  readonly version!: number;

  @Field(() => String, { description: 'The language in which it was shown, BCP 47.' })
  readonly locale!: string;
}

@Resolver()
export class ConsentResolver {
  @Query(() => [ConsentTextType], { description: 'The texts under which people sign, the newest version of each.' })
  consentTexts(
    @Arg('locale', () => String, { nullable: true, description: 'Only in this language.' }) locale: string | null,
  ): ConsentTextType[] {
    const newest = consentTexts.filter(
      ({ textId, version, locale: own }) =>
        !consentTexts.some((other) => other.textId === textId && other.locale === own && other.version > version),
    );
    return newest
      .filter((text) => locale === null || text.locale === locale)
      .map((text) => Object.assign(new ConsentTextType(), text, { sha256: sha256(text.text) }));
  }
}
