import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver, registerEnumType } from 'type-graphql';
import { PETITION_OUTCOMES, REOPEN_GROUNDS } from '../../workflows/reopen/index.js';
import { REVERSAL_REASONS } from '../../workflows/reversal/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AskedFor, type Asked } from '../requests/asked.js';
import {
  aboutRequest,
  COMMENT,
  CommandInput,
  enumOf,
  RequestCommandInput,
  RequestResult,
  type Result,
} from '../requests/command-inputs.js';
import type { RequestCommands } from '../requests/commands.js';
import { Party } from '../requests/request.type.js';

const ReopenGround = enumOf(REOPEN_GROUNDS);
const PetitionOutcome = enumOf(PETITION_OUTCOMES);
const ReversalReason = enumOf(REVERSAL_REASONS);
registerEnumType(ReopenGround, {
  name: 'ReopenGround',
  description: 'The only grounds on which an ended request is taken up again.',
});
registerEnumType(PetitionOutcome, { name: 'PetitionOutcome', description: 'Whether a request is taken up again.' });
registerEnumType(ReversalReason, { name: 'ReversalReason', description: 'Why a switch is undone.' });

@InputType({ description: 'Asking to take an ended request up again.' })
class PetitionInput extends CommandInput {
  @Field(() => ID, { description: 'Global id of the request that has ended.' })
  readonly requestId!: string;

  @Field(() => ReopenGround, { description: 'The ground.' })
  readonly ground!: string;

  @Field(() => Party, { nullable: true, description: 'For whom you ask; the first that you can act for, when left out.' })
  readonly actingAs?: Party | null;

  @Field(() => String, { nullable: true, description: `Required for new evidence. ${COMMENT}` })
  readonly comment?: string | null;
}

@InputType({ description: 'Deciding a petition.' })
class DecidePetitionInput extends RequestCommandInput {
  @Field(() => PetitionOutcome, { description: 'The decision.' })
  readonly outcome!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Proposing to undo a switch.' })
class ProposeReversalInput extends CommandInput {
  @Field(() => ID, { description: 'Global id of the request that made the switch.' })
  readonly requestId!: string;

  @Field(() => ReversalReason, { description: 'The coded reason.' })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Approving or rejecting a proposed reversal.' })
class JudgeReversalInput extends RequestCommandInput {
  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

/** What has ended and should have ended otherwise: taken up again on petition, or undone by the platform. */
@Resolver()
export class CorrectionMutations {
  constructor(private readonly commands: RequestCommands) {}

  @Mutation(() => RequestResult, {
    description: 'Asks to take an ended request up again, for new evidence or an error of procedure. One petition at a time.',
  })
  async petitionToReopen(@Arg('input', () => PetitionInput) input: PetitionInput, @Ctx() context: ViewerContext): Result {
    const body = { ...aboutRequest(input), said: { ground: input.ground } };
    return this.commands.start(context, 'petitionToReopen', 'REOPEN', body, input, input.comment);
  }

  @Mutation(() => RequestResult, {
    description:
      'Support: decides a petition, as an agent who had no part in the original. Granted, a new linked request is opened.',
  })
  async decidePetition(@Arg('input', () => DecidePetitionInput) input: DecidePetitionInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'decidePetition', { type: 'DECIDE_PETITION', outcome: input.outcome }, input);
  }

  @Mutation(() => RequestResult, {
    description: 'Support: proposes to undo a switch. It happens, in one transaction, when a second agent approves.',
  })
  async proposeReversal(
    @Arg('input', () => ProposeReversalInput) input: ProposeReversalInput,
    @Ctx() context: ViewerContext,
  ): Result {
    const body = { ...aboutRequest(input), said: { reasonCode: input.reasonCode } };
    return this.commands.start(context, 'proposeReversal', 'REVERSAL', body, input, input.comment);
  }

  @Mutation(() => RequestResult, { description: 'Support: approves a reversal that another agent has proposed.' })
  async approveReversal(@Arg('input', () => JudgeReversalInput) input: JudgeReversalInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'approveReversal', { type: 'APPROVE_REVERSAL' }, input);
  }

  @Mutation(() => RequestResult, { description: 'Support: rejects a proposed reversal, or takes it back.' })
  async rejectReversal(@Arg('input', () => JudgeReversalInput) input: JudgeReversalInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'rejectReversal', { type: 'REJECT_REVERSAL' }, input);
  }
}
