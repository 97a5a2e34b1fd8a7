import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver, registerEnumType } from 'type-graphql';
import { ANSWERS, DECISIONS } from '../../workflows/dispute/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AskedFor, type Asked } from '../requests/asked.js';
import {
  aboutRequest,
  COMMENT,
  CommandInput,
  enumOf,
  PartyCommandInput,
  RequestCommandInput,
  RequestResult,
  type Result,
} from '../requests/command-inputs.js';
import type { RequestCommands } from '../requests/commands.js';
import { AppealGround, DisputeGround, StatementObjection } from '../requests/ground-enums.js';
import { Party } from '../requests/request.type.js';

const DisputeAnswer = enumOf(ANSWERS);
const DisputeDecision = enumOf(DECISIONS);
registerEnumType(DisputeAnswer, {
  name: 'DisputeAnswer',
  description: 'What the other side says to a dispute.',
  valuesConfig: {
    CONTESTED: { description: 'It is not so; the platform decides.' },
    CONCEDED: { description: 'It is so: the dispute ends in favour of who filed it.' },
  },
});
registerEnumType(DisputeDecision, {
  name: 'DisputeDecision',
  description: 'For (UPHELD) or against (DENIED) who filed the dispute.',
});

@InputType({ description: 'Disputing a request.' })
class FileDisputeInput extends CommandInput {
  @Field(() => ID, { description: 'Global id of the request that is disputed.' })
  readonly requestId!: string;

  @Field(() => DisputeGround, { description: 'The ground.' })
  readonly ground!: string;

  @Field(() => Party, { nullable: true, description: 'For whom you file it; the first that you can act for, when left out.' })
  readonly actingAs?: Party | null;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Answering a dispute, as the side against which it was filed.' })
class AnswerDisputeInput extends PartyCommandInput {
  @Field(() => DisputeAnswer, { description: 'The answer.' })
  readonly answer!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Deciding a dispute, or the appeal in it.' })
class DecideDisputeInput extends RequestCommandInput {
  @Field(() => DisputeDecision, { description: 'The decision.' })
  readonly outcome!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Appealing against the decision of a dispute, as the side that lost.' })
class AppealDisputeInput extends PartyCommandInput {
  @Field(() => AppealGround, { description: 'The ground.' })
  readonly ground!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Objecting to a statement of what is owed.' })
class ObjectToStatementInput extends PartyCommandInput {
  @Field(() => StatementObjection, { description: 'What is wrong with it.' })
  readonly ground!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

/** Disputes from filing to the last word. */
@Resolver()
export class DisputeMutations {
  constructor(private readonly commands: RequestCommands) {}

  @Mutation(() => RequestResult, {
    description:
      'Disputes a request on one of the closed grounds. A dispute is a request of its own, with its own deadlines; leaving never waits for one.',
  })
  async fileDispute(@Arg('input', () => FileDisputeInput) input: FileDisputeInput, @Ctx() context: ViewerContext): Result {
    const body = { ...aboutRequest(input), said: { ground: input.ground } };
    return this.commands.start(context, 'fileDispute', 'DISPUTE', body, input, input.comment);
  }

  @Mutation(() => RequestResult, { description: 'Answers a dispute. An answer after the deadline counts as none.' })
  async answerDispute(@Arg('input', () => AnswerDisputeInput) input: AnswerDisputeInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'answerDispute', { type: 'ANSWER_DISPUTE', answer: input.answer }, input);
  }

  @Mutation(() => RequestResult, {
    description:
      'Support: decides a dispute. On appeal another agent than the one who decided first has to; nobody decides who represents a party.',
  })
  async decideDispute(@Arg('input', () => DecideDisputeInput) input: DecideDisputeInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'decideDispute', { type: 'DECIDE_DISPUTE', outcome: input.outcome }, input);
  }

  @Mutation(() => RequestResult, { description: 'Appeals against the decision of a dispute, as the side that lost.' })
  async appealDispute(@Arg('input', () => AppealDisputeInput) input: AppealDisputeInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'appealDispute', { type: 'APPEAL_DISPUTE', ground: input.ground }, input);
  }

  @Mutation(() => RequestResult, {
    description:
      'Objects to a statement, whose request is of the kind PAYMENT: a dispute is opened, and the payment waits for it.',
  })
  async objectToStatement(
    @Arg('input', () => ObjectToStatementInput) input: ObjectToStatementInput,
    @AskedFor() asked: Asked,
  ): Result {
    return this.commands.send(asked, 'objectToStatement', { type: 'OBJECT_TO_STATEMENT', ground: input.ground }, input);
  }
}
