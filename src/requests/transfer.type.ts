import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { TRANSFER_OBJECTIONS } from '../../workflows/phases/index.js';
import { DateTime, Money, Reason } from '../schema/index.js';
import { enumOf } from './command-inputs.js';

export const ObjectionGround = enumOf(TRANSFER_OBJECTIONS);
registerEnumType(ObjectionGround, {
  name: 'ObjectionGround',
  description:
    'What the guild that is left objects on. NO_ANSWER, QUOTA, POPULARITY and DISPUTED_FEE are no grounds and refused as such, with a sentence each.',
});

@ObjectType('TransferEntry', { description: 'The terms of a transfer between the two guilds.', simpleResolvers: true })
export class TransferEntryType {
  @Field(() => DateTime, { description: 'When the broadcaster moves; never before the cooling-off has ended.' })
  readonly transferAt!: string;

  @Field(() => Money, { description: 'What the gaining guild pays to the losing one.' })
  readonly fee!: Money;

  @Field(() => Int, { description: 'Of the fee, for the guilds in which the broadcaster began, in whole percent.' })
  readonly originSharePercent!: number;
}

@ObjectType('TransferDifference', { description: 'A field in which the two guilds’ entries differ.', simpleResolvers: true })
export class TransferDifferenceType {
  @Field(() => String, { description: 'Name of the field, e.g. `feeMinor`.' })
  readonly field!: string;

  @Field(() => String, { description: 'What the losing guild has entered, as JSON.' })
  readonly guild!: string;

  @Field(() => String, { description: 'What the gaining guild has entered, as JSON.' })
  readonly gainingGuild!: string;
}

@ObjectType('TransferOffer', { description: 'The membership that the gaining guild offers.', simpleResolvers: true })
export class TransferOfferType {
  @Field(() => Int, { description: "The gaining guild's share of gross revenue in whole percent." })
  readonly guildSharePercent!: number;

  @Field(() => Int, { description: 'How long the membership is to run, in months.' })
  readonly termMonths!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'After its end: for how many months no other guild may be joined; null: not agreed on.',
  })
  readonly nonCompeteMonths?: number | null;
}

@ObjectType('TransferTerms', {
  description: 'What a transfer is about, as far as the viewer may see it: a guild sees only its own entry until both are in.',
  simpleResolvers: true,
})
export class TransferTermsType {
  @Field(() => Boolean, { description: 'The losing guild has entered its terms.' })
  readonly guildHasEntered!: boolean;

  @Field(() => Boolean, { description: 'The gaining guild has entered its terms.' })
  readonly gainingGuildHasEntered!: boolean;

  @Field(() => TransferEntryType, { nullable: true, description: 'Of the losing guild; null: none, or not to be seen yet.' })
  readonly guild!: TransferEntryType | null;

  @Field(() => TransferEntryType, { nullable: true, description: 'Of the gaining guild; null: none, or not to be seen yet.' })
  readonly gainingGuild!: TransferEntryType | null;

  @Field(() => [TransferDifferenceType], {
    description: 'Where the entries differ; empty when they match or are not both there.',
  })
  readonly differences!: TransferDifferenceType[];

  @Field(() => Boolean, { description: 'The losing guild was silent, which counts as its consent; it is owed no fee then.' })
  readonly isConsentDeemed!: boolean;

  @Field(() => TransferEntryType, { nullable: true, description: 'The terms that stand; null before they match.' })
  readonly agreed!: TransferEntryType | null;

  @Field(() => TransferOfferType, {
    nullable: true,
    description: 'What the broadcaster is offered; null before there is an offer, and always for the losing guild.',
  })
  readonly offer!: TransferOfferType | null;

  @Field(() => DateTime, { nullable: true, description: 'When the broadcaster is to move; null: when the cooling-off is over.' })
  readonly transferAt!: string | null;

  @Field(() => [ObjectionGround], { description: 'Grounds on which the losing guild has objected so far.' })
  readonly objections!: string[];
}

@ObjectType('TransferCode', {
  description: 'A one-time code for a transfer. Shown once: it is kept only as a hash.',
  simpleResolvers: true,
})
export class TransferCodeType {
  @Field(() => String, { description: 'The code, in groups of four; to be given to the gaining guild.' })
  readonly code!: string;

  @Field(() => DateTime, { description: 'Until when it can be redeemed.' })
  readonly expiresAt!: string;

  @Field(() => [Reason], { description: 'What could not be checked, and may still be objected to.' })
  readonly unchecked!: readonly Reason[];
}
