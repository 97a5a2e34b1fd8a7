import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver, registerEnumType } from 'type-graphql';
import { EXPEL_REASONS } from '../../workflows/expel/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { DateTime } from '../schema/index.js';
import { AskedFor, type Asked } from './asked.js';
import {
  aboutMembership,
  COMMENT,
  CommandInput,
  enumOf,
  PartyCommandInput,
  RequestResult,
  type Result,
} from './command-inputs.js';
import type { RequestCommands } from './commands.js';
import { DisputeGround } from './ground-enums.js';

const ExpelReason = enumOf(EXPEL_REASONS);
registerEnumType(ExpelReason, { name: 'ExpelReason', description: 'Why a guild ends a membership.' });

@InputType({ description: 'Ending a membership as the guild.' })
class ExpelMemberInput extends CommandInput {
  @Field(() => ID, { description: 'Global id of the membership.' })
  readonly membershipId!: string;

  @Field(() => ExpelReason, { description: 'The coded reason.' })
  readonly reasonCode!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it is to end; the end of the notice when omitted or earlier.' })
  readonly leaveAt?: Date | null;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Appealing against an expulsion.' })
class AppealExpulsionInput extends PartyCommandInput {
  @Field(() => DisputeGround, { description: 'The ground.' })
  readonly ground!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@Resolver()
export class ExpulsionMutations {
  constructor(private readonly commands: RequestCommands) {}

  @Mutation(() => RequestResult, {
    description: 'Guild: ends a membership with a coded reason and notice. Without an appeal within the notice it is final.',
  })
  async expelMember(@Arg('input', () => ExpelMemberInput) input: ExpelMemberInput, @Ctx() context: ViewerContext): Result {
    const { reasonCode, leaveAt, comment } = input;
    const said = { reasonCode, ...(leaveAt != null && { leaveAt: leaveAt.toISOString() }) };
    return this.commands.start(context, 'expelMember', 'EXPEL', { ...aboutMembership(input), said }, input, comment);
  }

  @Mutation(() => RequestResult, {
    description:
      'Broadcaster: appeals against an expulsion within its notice. A dispute is opened, and the expulsion waits for it.',
  })
  async appealExpulsion(@Arg('input', () => AppealExpulsionInput) input: AppealExpulsionInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'appealExpulsion', { type: 'APPEAL_EXPULSION', ground: input.ground }, input);
  }
}
