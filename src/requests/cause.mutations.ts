import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver, registerEnumType } from 'type-graphql';
import { ANSWERS, CAUSE_CODES, RULINGS } from '../../workflows/leave-cause/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AskedFor, type Asked } from './asked.js';
import {
  aboutMembership,
  COMMENT,
  CommandInput,
  enumOf,
  PartyCommandInput,
  RequestCommandInput,
  RequestResult,
  type Result,
} from './command-inputs.js';
import type { RequestCommands } from './commands.js';
import { AppealGround } from './ground-enums.js';
import { LeaveReason } from './leave-enums.js';

export const Cause = enumOf(CAUSE_CODES);
const CauseAnswer = enumOf(ANSWERS);
const CauseRuling = enumOf(RULINGS);
registerEnumType(Cause, { name: 'Cause', description: 'What a guild can have done that releases a broadcaster.' });
registerEnumType(CauseAnswer, {
  name: 'CauseAnswer',
  description: 'What the guild says to an allegation.',
  valuesConfig: {
    CURED: { description: 'It has been put right; the broadcaster confirms that or not.' },
    CONTESTED: { description: 'It is not so; the platform rules.' },
    ACCEPTED: { description: 'It is so; the broadcaster is released at once.' },
  },
});
registerEnumType(CauseRuling, { name: 'CauseRuling', description: 'What the platform rules on a cause.' });

@InputType({ description: 'Alleging a cause for which the guild has to let the broadcaster go.' })
class LeaveForCauseInput extends CommandInput {
  @Field(() => ID, { description: 'Global id of the membership.' })
  readonly membershipId!: string;

  @Field(() => Cause, { description: 'What the guild has done.' })
  readonly cause!: string;

  @Field(() => LeaveReason, { nullable: true, description: 'Another reason beside the cause.' })
  readonly secondaryReason?: string | null;

  @Field(() => String, { description: `The evidence. ${COMMENT}` })
  readonly evidence!: string;
}

@InputType({ description: 'Adding to the evidence of an allegation, by either side.' })
class AddEvidenceInput extends PartyCommandInput {
  @Field(() => String, { description: COMMENT })
  readonly evidence!: string;
}

@InputType({ description: "The guild's answer to an allegation." })
class AnswerCauseInput extends PartyCommandInput {
  @Field(() => CauseAnswer, { description: 'The answer.' })
  readonly answer!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Confirming that a cause has been cured.' })
class ConfirmCureInput extends PartyCommandInput {}

@InputType({ description: 'Saying that a cause has not been cured.' })
class RejectCureInput extends PartyCommandInput {
  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: "The platform's ruling on a cause." })
class RuleCauseInput extends RequestCommandInput {
  @Field(() => CauseRuling, { description: 'Whether the cause releases the broadcaster.' })
  readonly outcome!: string;

  @Field(() => Cause, { nullable: true, description: 'The cause as the platform has found it: required when it is upheld.' })
  readonly verifiedCause?: string | null;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Appealing against a ruling.' })
class AppealRulingInput extends PartyCommandInput {
  @Field(() => AppealGround, { description: 'The ground.' })
  readonly ground!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

/** Leaving because of what the guild has done. */
@Resolver()
export class CauseMutations {
  constructor(private readonly commands: RequestCommands) {}

  @Mutation(() => RequestResult, {
    description:
      'Leaves for cause: the guild may cure or contest it, then the platform rules. Without an answer of the guild the broadcaster is released.',
  })
  async requestLeaveForCause(
    @Arg('input', () => LeaveForCauseInput) input: LeaveForCauseInput,
    @Ctx() context: ViewerContext,
  ): Result {
    const { cause, secondaryReason, evidence } = input;
    const said = { cause, ...(secondaryReason != null && { secondaryReason }) };
    const body = { ...aboutMembership(input), said };
    return this.commands.start(context, 'requestLeaveForCause', 'LEAVE_CAUSE', body, input, evidence);
  }

  @Mutation(() => RequestResult, { description: 'Adds evidence to an allegation; both sides can.' })
  async addEvidence(@Arg('input', () => AddEvidenceInput) input: AddEvidenceInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'addEvidence', { type: 'ADD_EVIDENCE' }, input, input.evidence);
  }

  @Mutation(() => RequestResult, { description: 'Guild: answers an allegation before the time to cure is over.' })
  async answerCause(@Arg('input', () => AnswerCauseInput) input: AnswerCauseInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'answerCause', { type: 'ANSWER_CAUSE', answer: input.answer }, input);
  }

  @Mutation(() => RequestResult, {
    description: 'Broadcaster: confirms that the cause was cured; the request is withdrawn by it.',
  })
  async confirmCure(@Arg('input', () => ConfirmCureInput) input: ConfirmCureInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'confirmCure', { type: 'CONFIRM_CURE' }, input);
  }

  @Mutation(() => RequestResult, { description: 'Broadcaster: says that the cause was not cured; the platform then rules.' })
  async rejectCure(@Arg('input', () => RejectCureInput) input: RejectCureInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'rejectCure', { type: 'REJECT_CURE' }, input);
  }

  @Mutation(() => RequestResult, {
    description:
      'Support: rules on a cause. After a release that came because the ruling was late, it only changes who was at fault.',
  })
  async ruleCause(@Arg('input', () => RuleCauseInput) input: RuleCauseInput, @AskedFor() asked: Asked): Result {
    const { outcome, verifiedCause } = input;
    const event = { type: 'RULE_CAUSE', outcome, ...(verifiedCause != null && { verifiedCause }) };
    return this.commands.send(asked, 'ruleCause', event, input);
  }

  @Mutation(() => RequestResult, {
    description:
      'Broadcaster: appeals against a ruling that denied the cause. A dispute is opened, and another agent decides it.',
  })
  async appealRuling(@Arg('input', () => AppealRulingInput) input: AppealRulingInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'appealRuling', { type: 'APPEAL_RULING', ground: input.ground }, input);
  }
}
