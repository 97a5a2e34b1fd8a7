import { Field, InputType, Int } from 'type-graphql';
import { DateTime } from '../schema/index.js';

@InputType({ description: 'What is proposed. Checked against the pinned policy, with all violations at once.' })
export class TermsInput {
  @Field(() => Int, {
    description: "The guild's share of gross revenue in whole percent, 0 to the policy's `guildShareMaxPercent`.",
  })
  readonly guildSharePercent!: number;

  @Field(() => Int, { description: "How long the membership runs, in months, within the policy's bounds." })
  readonly termMonths!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The instant of the switch; when omitted or too early, the end of the cooling-off period.',
  })
  readonly startAt?: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: "After the end: for how many months no other guild may be joined, 0 to the policy's `nonCompeteMaxMonths`.",
  })
  readonly nonCompeteMonths?: number | null;
}

/** As the workflow takes it. */
export const termsOf = ({ guildSharePercent, termMonths, startAt, nonCompeteMonths }: TermsInput) => ({
  guildSharePercent,
  termMonths,
  ...(startAt == null ? {} : { startAt: startAt.toISOString() }),
  ...(nonCompeteMonths == null ? {} : { nonCompeteMonths }),
});
