import type { Pool } from 'pg';
import { Arg, Ctx, Field, ID, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { DateTime, decodeGlobalId, Reason } from '../schema/index.js';
import { NOWHERE } from './command-inputs.js';
import { exitOptions, type Wishes } from './exit-options.js';
import { ExitRoute, type Route } from './leave-enums.js';
import { Party } from './request-enums.js';

@ObjectType('ExitOption', {
  description: 'A way out of a guild, as it is now. Nothing is asked for by looking.',
  simpleResolvers: true,
})
export class ExitOptionType {
  @Field(() => ExitRoute, { description: 'The route, for `requestLeave`.' })
  readonly route!: Route;

  @Field(() => Boolean, { description: 'Whether it could be taken now.' })
  readonly isOpen!: boolean;

  @Field(() => [Reason], {
    description: 'Everything that speaks against it, each with the instant from which it no longer does.',
  })
  readonly reasons!: readonly Reason[];

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it opens by itself; null when it is open, or when time alone does not open it.',
  })
  readonly opensAt!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the membership would end at the earliest; null while the route is not open.',
  })
  readonly earliestEnd!: string | null;

  @Field(() => [Party], { description: 'Whose answer it would wait for; empty: nobody is asked.' })
  readonly awaits!: readonly string[];

  @Field(() => String, {
    nullable: true,
    description: 'What silence would do, and when; null when it is done at once, or not open.',
  })
  readonly silence!: string | null;
}

@InputType({ description: 'What you would say when you left.' })
export class ExitWishesInput {
  @Field(() => DateTime, { nullable: true, description: 'When the membership is to end; as early as possible when omitted.' })
  readonly leaveAt?: Date | null;

  @Field(() => Boolean, { nullable: true, description: 'The capped exit fee is accepted where the term is not over.' })
  readonly acceptsExitFee?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'A proposal that the guild does not answer becomes notice.' })
  readonly becomesNotice?: boolean | null;
}

export const wishesOf = (wishes: ExitWishesInput | null | undefined): Wishes => ({
  leaveAt: wishes?.leaveAt?.toISOString() ?? null,
  acceptsExitFee: wishes?.acceptsExitFee ?? false,
  becomesNotice: wishes?.becomesNotice ?? false,
});

@Resolver()
export class ExitOptionsResolver {
  constructor(private readonly pool: Pool) {}

  @Query(() => [ExitOptionType], {
    nullable: true,
    description:
      "The ways out of a membership, for the broadcaster, the guardian and the platform: which are open, why the others are not, and what each comes to. Null when there is no running membership of this id that is the viewer's to leave.",
  })
  async exitOptions(
    @Arg('membershipId', () => ID, { description: 'Global id of the membership.' }) membershipId: string,
    @Arg('wishes', () => ExitWishesInput, { nullable: true, description: 'What you would say.' }) wishes: ExitWishesInput | null,
    @Ctx() context: ViewerContext,
  ): Promise<ExitOptionType[] | undefined> {
    const { viewer } = await context.viewer();
    const seesAll = ['SUPPORT', 'AUDITOR'].includes(viewer.platformRole ?? '');
    const options = await exitOptions(
      this.pool,
      decodeGlobalId('Membership', membershipId) ?? NOWHERE,
      wishesOf(wishes),
      (broadcasterId) => seesAll || viewer.broadcasterId === broadcasterId || viewer.wardIds.includes(broadcasterId),
    );
    return options?.map((option) => Object.assign(new ExitOptionType(), option));
  }
}
