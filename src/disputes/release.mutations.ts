import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver, registerEnumType } from 'type-graphql';
import { RELEASE_GROUNDS } from '../../workflows/release/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import {
  COMMENT,
  CommandInput,
  commentProblem,
  enumOf,
  NOWHERE,
  RequestResult,
  type Result,
} from '../requests/command-inputs.js';
import type { RequestCommands } from '../requests/commands.js';
import { DateTime, decodeGlobalId } from '../schema/index.js';

const ReleaseGround = enumOf(RELEASE_GROUNDS);
registerEnumType(ReleaseGround, {
  name: 'ReleaseGround',
  description: 'Why the platform releases a member.',
  valuesConfig: {
    GUILD_INACTIVE: { description: "By the tests of the region's policy the guild has ceased to work." },
    GUILD_CLOSED: { description: 'The guild is closed.' },
    TERM_ENDED: { description: 'The agreed term is over.' },
    INACTIVITY_RULE: { description: 'The member falls under a rule of inactivity of the region.' },
  },
});

@InputType({ description: 'Releasing one member.' })
class ReleaseMemberInput extends CommandInput {
  @Field(() => ID, { description: 'Global id of the membership.' })
  readonly membershipId!: string;

  @Field(() => ReleaseGround, { description: 'The ground; it is tested.' })
  readonly ground!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the membership ends; at once when omitted or past.' })
  readonly effectiveAt?: Date | null;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@Resolver()
export class ReleaseMutations {
  constructor(private readonly commands: RequestCommands) {}

  @Mutation(() => RequestResult, {
    description: 'Support: releases a member without fee or notice. It takes the place of every other request on the membership.',
  })
  async releaseMember(@Arg('input', () => ReleaseMemberInput) input: ReleaseMemberInput, @Ctx() context: ViewerContext): Result {
    const { ground, effectiveAt, comment } = input;
    const membershipId = decodeGlobalId('Membership', input.membershipId) ?? NOWHERE;
    const said = { ground, ...(effectiveAt != null && { effectiveAt: effectiveAt.toISOString() }) };
    return (
      commentProblem(comment) ?? this.commands.start(context, 'releaseMember', 'RELEASE', { membershipId, said }, input, comment)
    );
  }
}
