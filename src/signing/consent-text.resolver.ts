import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Principals } from '../identity/principals.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { Refusal } from '../schema/index.js';
import { ConsentTextResult, ConsentTextType, PublishConsentTextInput, toConsentText } from './consent-text.type.js';
import { consentColumns, type ConsentTextRow, type ConsentTexts } from './consent-texts.js';
import { isRefused } from './refused.js';

/** There are a handful, one a purpose and language. */
const MOST = 100;

@Resolver()
export class ConsentTextResolver {
  constructor(
    private readonly texts: ConsentTexts,
    private readonly principals: Principals,
  ) {}

  @Query(() => [ConsentTextType], {
    description: 'The newest version of every consent text, in one language or in all; at most 100.',
  })
  async consentTexts(
    @Arg('locale', () => String, { nullable: true, description: 'Only in this language.' }) locale: string | null | undefined,
    @Ctx() context: ViewerContext,
  ): Promise<ConsentTextType[]> {
    const tx = await context.viewer();
    const rows = await tx.query<ConsentTextRow>(
      `select distinct on (name, locale) ${consentColumns} from guildhall.consent_text
       where $1::text is null or locale = $1 order by name, locale, version desc limit $2`,
      [locale?.includes('\0') ? '' : (locale ?? null), MOST],
    );
    return rows.map(toConsentText);
  }

  @Mutation(() => ConsentTextResult, {
    description: 'Publishes the next version of a consent text, as policy staff; from then on signers have to agree to that one.',
  })
  async publishConsentText(
    @Arg('input', () => PublishConsentTextInput) { name, locale, body }: PublishConsentTextInput,
    @Ctx() context: ViewerContext,
  ): Promise<ConsentTextType | Refusal> {
    const published = await this.texts.publish(await this.principals.idOf(context.identity), name, locale, body);
    return isRefused(published) ? new Refusal(published) : toConsentText(published);
  }
}
