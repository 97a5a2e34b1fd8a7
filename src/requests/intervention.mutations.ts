import { Arg, Field, InputType, Mutation, Resolver, registerEnumType } from 'type-graphql';
import { HOLD_CODES, INTERVENTION_CODES } from '../../workflows/kernel/index.js';
import type { SendCommand } from '../engine/index.js';
import { DateTime } from '../schema/index.js';
import { AskedFor, type Asked } from './asked.js';
import { COMMENT, enumOf, RequestCommandInput, RequestResult, type Result } from './command-inputs.js';
import type { RequestCommands } from './commands.js';
import { machineStates, RequestState } from './request-enums.js';
import { TermsInput, termsOf } from './terms.input.js';

const HoldReason = enumOf(HOLD_CODES);
const InterventionReason = enumOf(INTERVENTION_CODES);
registerEnumType(HoldReason, { name: 'HoldReason', description: 'Why a request is on hold.' });
registerEnumType(InterventionReason, { name: 'InterventionReason', description: 'Why support intervenes.' });

@InputType({ description: 'Stopping the clocks of a request.' })
class HoldRequestInput extends RequestCommandInput {
  @Field(() => HoldReason, { description: 'The coded reason.' })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType()
abstract class InterventionInput extends RequestCommandInput {
  @Field(() => InterventionReason, { description: 'The coded reason.' })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'An intervention that needs no more than its reason.' })
class InterveneInput extends InterventionInput {}

@InputType({ description: 'Giving a party more time.' })
class ExtendDeadlineInput extends InterventionInput {
  @Field(() => String, { description: 'Name of the deadline, as in `Request.deadlines`, e.g. `signatureWindow`.' })
  readonly deadline!: string;

  @Field(() => DateTime, { description: 'The new instant: later than the present one, at most 366 days from now.' })
  readonly until!: Date;
}

@InputType({ description: 'Correcting the terms of a running request: a new text, and every signature anew.' })
class CorrectRequestInput extends InterventionInput {
  @Field(() => TermsInput, { description: 'The right terms, whole.' })
  readonly terms!: TermsInput;
}

@InputType({ description: 'Proposing to put a request into another state.' })
class ProposeForceInput extends InterventionInput {
  @Field(() => RequestState, { description: 'The state; a refusal says which ones the kind allows.' })
  readonly state!: RequestState;
}

/** What the support desk does to a running request. All of it is in the request's history, with its reason. */
@Resolver()
export class InterventionMutations {
  constructor(private readonly commands: RequestCommands) {}

  @Mutation(() => RequestResult, {
    description: 'Support: puts a request on hold. Its clocks stop, and most events wait, until `resumeRequest`.',
  })
  async holdRequest(@Arg('input', () => HoldRequestInput) input: HoldRequestInput, @AskedFor() asked: Asked): Result {
    return this.intervene(asked, 'holdRequest', { type: 'HOLD_REQUEST' }, input);
  }

  @Mutation(() => RequestResult, {
    description:
      'Support: ends a hold. The clocks go on with what was left of them, unless a ban or a missing guardian still stands: then it is on hold for that.',
  })
  async resumeRequest(@Arg('input', () => InterveneInput) input: InterveneInput, @AskedFor() asked: Asked): Result {
    return this.intervene(asked, 'resumeRequest', { type: 'RESUME_REQUEST' }, input);
  }

  @Mutation(() => RequestResult, { description: 'Support: moves a deadline to a later instant.' })
  async extendDeadline(@Arg('input', () => ExtendDeadlineInput) input: ExtendDeadlineInput, @AskedFor() asked: Asked): Result {
    const event = { type: 'EXTEND_DEADLINE', deadline: input.deadline, until: input.until.toISOString() };
    return this.intervene(asked, 'extendDeadline', event, input);
  }

  @Mutation(() => RequestResult, {
    description: 'Support: corrects the terms of a request that is drafted, signed or cooling off. Void are all signatures.',
  })
  async correctRequest(@Arg('input', () => CorrectRequestInput) input: CorrectRequestInput, @AskedFor() asked: Asked): Result {
    return this.intervene(asked, 'correctRequest', { type: 'CORRECT_REQUEST', terms: termsOf(input.terms) }, input);
  }

  @Mutation(() => RequestResult, {
    description: 'Support: proposes to force a request into another state. It happens when a second agent approves.',
  })
  async proposeForcedTransition(
    @Arg('input', () => ProposeForceInput) input: ProposeForceInput,
    @AskedFor() asked: Asked,
  ): Result {
    return this.intervene(
      asked,
      'proposeForcedTransition',
      { type: 'PROPOSE_FORCE', state: machineStates(input.state)[0] ?? input.state },
      input,
    );
  }

  @Mutation(() => RequestResult, { description: 'Support: approves what another agent has proposed to force.' })
  async approveForcedTransition(@Arg('input', () => InterveneInput) input: InterveneInput, @AskedFor() asked: Asked): Result {
    return this.intervene(asked, 'approveForcedTransition', { type: 'APPROVE_FORCE' }, input);
  }

  @Mutation(() => RequestResult, { description: 'Support: rejects, or takes back, a proposed forced transition.' })
  async rejectForcedTransition(@Arg('input', () => InterveneInput) input: InterveneInput, @AskedFor() asked: Asked): Result {
    return this.intervene(asked, 'rejectForcedTransition', { type: 'REJECT_FORCE' }, input);
  }

  private async intervene(
    asked: Asked,
    operation: string,
    event: SendCommand['event'],
    input: RequestCommandInput & { readonly reasonCode: string; readonly comment?: string | null },
  ): Result {
    return this.commands.send(asked, operation, { ...event, reasonCode: input.reasonCode }, input);
  }
}
