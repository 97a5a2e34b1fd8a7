import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { OBJECTION_DECISIONS, PULL_OUT_CODES } from '../../workflows/phases/index.js';
import { REFUSAL_CODES } from '../../workflows/transfer-agreed/index.js';
import { AmountMinor, DateTime } from '../schema/index.js';
import { COMMENT, enumOf, OpeningCommandInput, PartyCommandInput, RequestCommandInput } from './command-inputs.js';
import { ObjectionGround } from './transfer.type.js';

const PullOutReason = enumOf(PULL_OUT_CODES);
const CertificationRefusal = enumOf(REFUSAL_CODES);
const ObjectionDecision = enumOf(OBJECTION_DECISIONS);
registerEnumType(PullOutReason, { name: 'PullOutReason', description: 'Why a gaining guild pulls out of a transfer.' });
registerEnumType(CertificationRefusal, { name: 'CertificationRefusal', description: 'Why a transfer is not certified.' });
registerEnumType(ObjectionDecision, {
  name: 'ObjectionDecision',
  description: 'What becomes of an objection.',
  valuesConfig: { UPHELD: { description: 'The transfer ends.' }, DISMISSED: { description: 'The transfer goes on.' } },
});

export enum TransferChoice {
  STAY = 'STAY',
  FREE = 'FREE',
}
registerEnumType(TransferChoice, {
  name: 'TransferChoice',
  description: 'What a broadcaster chooses when the gaining guild has pulled out.',
  valuesConfig: {
    STAY: { description: 'Nothing has changed: the membership goes on.' },
    FREE: { description: 'The membership ends at once, and no other follows.' },
  },
});

@InputType({ description: 'The membership that the gaining guild offers, within the policy’s bounds.' })
export class TransferOfferInput {
  @Field(() => Int, { description: "The gaining guild's share of gross revenue in whole percent." })
  readonly guildSharePercent!: number;

  @Field(() => Int, { description: 'How long the membership is to run, in months.' })
  readonly termMonths!: number;

  @Field(() => Int, {
    nullable: true,
    description: "After its end: for how many months no other guild may be joined, 0 to the policy's `nonCompeteMaxMonths`.",
  })
  readonly nonCompeteMonths?: number | null;
}

@InputType({ description: 'Asking for a transfer by agreement: as the broadcaster or the guardian, or as either guild.' })
export class RequestTransferInput extends OpeningCommandInput {
  @Field(() => ID, { description: 'Global id of the guild that is to be joined.' })
  readonly gainingGuildId!: string;

  @Field(() => String, { nullable: true, description: "The broadcaster's public handle; the viewer, when left out." })
  readonly broadcasterHandle?: string | null;
}

@InputType({ description: "One guild's terms of a transfer, whole." })
export class EnterTransferTermsInput extends PartyCommandInput {
  @Field(() => DateTime, { description: 'When the broadcaster is to move; in the future, at most 366 days ahead.' })
  readonly transferAt!: Date;

  @Field(() => AmountMinor, {
    description: 'What the gaining guild pays to the losing one, in minor units of the region’s currency.',
  })
  readonly feeMinor!: number;

  @Field(() => Int, { description: "Of the fee, for the guilds of origin, in whole percent, up to the policy's." })
  readonly originSharePercent!: number;

  @Field(() => TransferOfferInput, {
    nullable: true,
    description: 'What the broadcaster is offered: by the gaining guild, which has to say it once; refused from the other.',
  })
  readonly offer?: TransferOfferInput | null;
}

@InputType({ description: 'Another offer to a broadcaster who moves with a code; it voids the signatures.' })
export class OfferMembershipInput extends RequestCommandInput {
  @Field(() => TransferOfferInput, { description: 'The offer.' })
  readonly offer!: TransferOfferInput;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the broadcaster is to move; when the cooling-off is over, if left out.',
  })
  readonly transferAt?: Date | null;
}

@InputType({ description: 'A decision of the platform that needs no more than itself.' })
export class CertifyTransferInput extends RequestCommandInput {}

@InputType({ description: 'Not certifying a transfer.' })
export class RefuseCertificationInput extends RequestCommandInput {
  @Field(() => CertificationRefusal, { description: 'The coded reason.' })
  readonly reasonCode!: (typeof REFUSAL_CODES)[number];

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'An objection of the guild that is left.' })
export class ObjectToTransferInput extends PartyCommandInput {
  @Field(() => ObjectionGround, { description: 'The ground.' })
  readonly ground!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: "The platform's decision on an objection." })
export class DecideObjectionInput extends RequestCommandInput {
  @Field(() => ObjectionDecision, { description: 'What becomes of it.' })
  readonly decision!: (typeof OBJECTION_DECISIONS)[number];

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'The gaining guild does not want the transfer any more.' })
export class PullOutInput extends RequestCommandInput {
  @Field(() => PullOutReason, { description: 'The coded reason.' })
  readonly reasonCode!: (typeof PULL_OUT_CODES)[number];

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'What the broadcaster chooses after the gaining guild has pulled out.' })
export class ChooseAfterPullOutInput extends PartyCommandInput {
  @Field(() => TransferChoice, { description: 'The choice.' })
  readonly choice!: TransferChoice;
}

@InputType({ description: 'Having a code made.' })
export class RequestTransferCodeInput {
  @Field(() => ID, { nullable: true, description: "Global id of the membership; the viewer's own, when left out." })
  readonly membershipId?: string | null;
}

@InputType({ description: 'Beginning a transfer with the code that a broadcaster has handed over.' })
export class RedeemTransferCodeInput extends OpeningCommandInput {
  @Field(() => ID, { description: 'Global id of the guild that the viewer commits.' })
  readonly guildId!: string;

  @Field(() => String, { description: 'The code as it was read out: case and dashes do not matter.' })
  readonly code!: string;

  @Field(() => TransferOfferInput, { description: 'What the broadcaster is offered.' })
  readonly offer!: TransferOfferInput;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the broadcaster is to move; when the cooling-off is over, if left out.',
  })
  readonly transferAt?: Date | null;
}
