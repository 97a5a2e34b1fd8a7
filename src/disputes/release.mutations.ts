import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver, registerEnumType } from 'type-graphql';
import type { Reason } from '../../workflows/kernel/index.js';
import { GUILD_RELEASE_GROUNDS, RELEASE_GROUNDS } from '../../workflows/release/index.js';
import { bulkOperationLoader } from '../bulk/bulk.loader.js';
import { BulkOperationResult } from '../bulk/bulk.resolver.js';
import type { BulkOperationType } from '../bulk/bulk.type.js';
import type { BulkSignal } from '../bulk/index.js';
import type { DeskWriter } from '../desk/desk-writer.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import {
  aboutMembership,
  COMMENT,
  CommandInput,
  commentProblem,
  enumOf,
  NOWHERE,
  RequestResult,
  type Result,
} from '../requests/command-inputs.js';
import type { RequestCommands } from '../requests/commands.js';
import { DateTime, decodeGlobalId, IdempotencyKey, Refusal, refuse } from '../schema/index.js';
import { createGuildRelease, type GuildRelease } from './release-guild.js';

const ReleaseGround = enumOf(RELEASE_GROUNDS);
const GuildReleaseGround = enumOf(GUILD_RELEASE_GROUNDS);
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

registerEnumType(GuildReleaseGround, {
  name: 'GuildReleaseGround',
  description: 'Why the platform releases all members of a guild.',
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

@InputType({ description: 'Releasing all members of a guild.' })
class ReleaseGuildInput {
  @Field(() => ID, { description: 'Global id of the guild.' })
  readonly guildId!: string;

  @Field(() => GuildReleaseGround, { description: 'The ground; it is tested.' })
  readonly ground!: (typeof GUILD_RELEASE_GROUNDS)[number];

  @Field(() => DateTime, { nullable: true, description: 'When the memberships end; at once when omitted or past.' })
  readonly effectiveAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'Words of your own, up to 2,000 characters; kept with the operation.',
  })
  readonly comment?: string | null;

  @Field(() => IdempotencyKey, {
    nullable: true,
    description: 'Send it again with the same key after a lost answer: it is done once.',
  })
  readonly idempotencyKey?: string | null;
}

@Resolver()
export class ReleaseMutations {
  constructor(
    private readonly commands: RequestCommands,
    private readonly write: DeskWriter,
    private readonly signal: BulkSignal,
    /** What speaks against the release as a whole, as the engine reads it. */
    private readonly objection: (release: GuildRelease) => Promise<Reason | undefined>,
  ) {}

  @Mutation(() => BulkOperationResult, {
    description:
      'Support: releases all members of a guild, one by one in the background; one that cannot be released does not stop the others.',
  })
  async releaseGuild(
    @Arg('input', () => ReleaseGuildInput) input: ReleaseGuildInput,
    @Ctx() context: ViewerContext,
  ): Promise<BulkOperationType | Refusal> {
    const { viewer } = await context.viewer();
    if (viewer.platformRole !== 'SUPPORT') return refuse('FORBIDDEN', 'Only support releases members.', 'guildId');
    const problem = commentProblem(input.comment);
    if (problem) return problem;
    const release: GuildRelease = {
      guildId: decodeGlobalId('Guild', input.guildId) ?? NOWHERE,
      ground: input.ground,
      effectiveAt: input.effectiveAt?.toISOString(),
      comment: input.comment ?? undefined,
      idempotencyKey: input.idempotencyKey ?? undefined,
    };
    await context.refresh();
    const objection = await this.objection(release);
    if (objection) return new Refusal({ code: 'NOT_ALLOWED', reasons: [objection] });
    const created = await this.write(context, (tx) => createGuildRelease(tx, release));
    if (created.outcome === 'keyReused')
      return refuse('KEY_REUSED', 'This idempotency key was used with another body.', 'idempotencyKey');
    this.signal.work();
    return (
      (await context.loader(bulkOperationLoader).load(created.id)) ??
      refuse('NOT_FOUND', 'There is no bulk operation of this id that you may see.', 'guildId')
    );
  }

  @Mutation(() => RequestResult, {
    description: 'Support: releases a member without fee or notice. It takes the place of every other request on the membership.',
  })
  async releaseMember(@Arg('input', () => ReleaseMemberInput) input: ReleaseMemberInput, @Ctx() context: ViewerContext): Result {
    const { ground, effectiveAt, comment } = input;
    const said = { ground, ...(effectiveAt != null && { effectiveAt: effectiveAt.toISOString() }) };
    return this.commands.start(context, 'releaseMember', 'RELEASE', { ...aboutMembership(input), said }, input, comment);
  }
}
