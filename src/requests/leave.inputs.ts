import { Field, ID, InputType } from 'type-graphql';
import { DateTime } from '../schema/index.js';
import { Cause } from './cause.mutations.js';
import { COMMENT, OpeningCommandInput, PartyCommandInput } from './command-inputs.js';
import { ExitRoute, LeaveReason, type Route } from './leave-enums.js';
import { Party } from './request-enums.js';
import { TermsInput } from './terms.input.js';

const MEMBERSHIP = "Global id of the membership; the viewer's own, when left out. A guardian and a guild name it.";
const FOR_WHOM = 'For whom you open it: needed only when you are on both sides.';

@InputType({ description: 'Leaving a guild by one of the routes; a route refuses what it has no use for.' })
export class RequestLeaveInput extends OpeningCommandInput {
  @Field(() => ExitRoute, { description: 'The route; `exitOptions` says which are open.' })
  readonly route!: Route;

  @Field(() => ID, { nullable: true, description: MEMBERSHIP })
  readonly membershipId?: string | null;

  @Field(() => LeaveReason, {
    nullable: true,
    description: 'The main reason. Needed by every route but CAUSE, where the cause says it.',
  })
  readonly primaryReason?: string | null;

  @Field(() => LeaveReason, { nullable: true, description: 'A second reason.' })
  readonly secondaryReason?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the membership is to end; as early as the route allows when omitted or earlier. Not for MINOR and CAUSE.',
  })
  readonly leaveAt?: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'NOTICE and MUTUAL: the capped exit fee is accepted where the term is not over.',
  })
  readonly acceptsExitFee?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'MUTUAL: when the guild stays silent, this becomes an exit with notice. `wishNotice` changes it.',
  })
  readonly becomesNotice?: boolean | null;

  @Field(() => Cause, { nullable: true, description: 'CAUSE: what the guild has done.' })
  readonly cause?: string | null;

  @Field(() => String, { nullable: true, description: `CAUSE: the evidence. ${COMMENT}` })
  readonly evidence?: string | null;

  @Field(() => Party, { nullable: true, description: FOR_WHOM })
  readonly actingAs?: Party | null;
}

@InputType({ description: 'Proposing other terms for a membership, or another term after the running one.' })
export class NewTermsInput extends OpeningCommandInput {
  @Field(() => ID, { nullable: true, description: MEMBERSHIP })
  readonly membershipId?: string | null;

  @Field(() => TermsInput, { description: 'The first proposal, whole.' })
  readonly terms!: TermsInput;

  @Field(() => Party, { nullable: true, description: FOR_WHOM })
  readonly actingAs?: Party | null;
}

@InputType({ description: 'Proposing another end of the membership in a request to leave by agreement.' })
export class ProposeLeaveDateInput extends PartyCommandInput {
  @Field(() => DateTime, { nullable: true, description: 'When the membership is to end; null: when all have signed.' })
  readonly leaveAt?: Date | null;
}

@InputType({ description: 'What is to happen when the guild stays silent on a proposal to leave by agreement.' })
export class WishNoticeInput extends PartyCommandInput {
  @Field(() => Boolean, { description: 'It becomes an exit with notice; otherwise the proposal expires.' })
  readonly becomesNotice!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description: 'The capped exit fee is accepted where the term is not over by then.',
  })
  readonly acceptsExitFee?: boolean | null;
}
