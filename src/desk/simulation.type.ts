import { Field, ObjectType } from 'type-graphql';
import { RequestActionType, RequestDeadlineType, RequestExplanationType } from '../requests/request.type.js';
import { JsonObject, Reason } from '../schema/index.js';

@ObjectType('SimulatedEffect', { description: 'Something that the step would ask for.', simpleResolvers: true })
export class SimulatedEffect {
  @Field(() => String, { description: 'Its name, e.g. `renderAgreement`.' })
  readonly type!: string;

  @Field(() => String, {
    description:
      '`transaction`: it would run with the step, and its answer lead on from here. `delivery`: it would leave afterwards.',
  })
  readonly mode!: string;

  @Field(() => JsonObject, { nullable: true, description: 'With what; for platform staff only.' })
  readonly params!: unknown;
}

@ObjectType('Simulation', { description: 'What an event would do now. Nothing was written.', simpleResolvers: true })
export class SimulationType {
  @Field(() => Boolean, { description: 'Whether it would be taken.' })
  readonly accepted!: boolean;

  @Field(() => [String], { description: 'As what it was asked, e.g. `GUILD_OWNER`.' })
  readonly authorities!: readonly string[];

  @Field(() => String, { nullable: true, description: 'Why not: the code of the refusal.' })
  readonly code!: string | null;

  @Field(() => [Reason], { description: 'Why not: every objection; empty when it would be taken.' })
  readonly reasons!: readonly Reason[];

  @Field(() => String, {
    nullable: true,
    description: 'State that it would lead to, which may be one that is passed through at once when an effect answers.',
  })
  readonly state!: string | null;

  @Field(() => RequestExplanationType, { nullable: true, description: 'Who would act next, by when, and what silence would do.' })
  readonly explanation!: RequestExplanationType | null;

  @Field(() => [RequestDeadlineType], { description: 'The clocks that would begin to run.' })
  readonly deadlinesArmed!: readonly RequestDeadlineType[];

  @Field(() => [RequestDeadlineType], { description: 'The clocks that would stop for good or begin anew.' })
  readonly deadlinesTakenDown!: readonly RequestDeadlineType[];

  @Field(() => [SimulatedEffect], { description: 'What would be asked for.' })
  readonly effects!: readonly SimulatedEffect[];
}

@ObjectType('PartyActions', { description: 'What one side of a request could do now.', simpleResolvers: true })
export class PartyActions {
  @Field(() => String, { description: 'The side, e.g. `BROADCASTER`; `PLATFORM` is support.' })
  readonly party!: string;

  @Field(() => String, { description: 'As it stands in a sentence, e.g. `the guild`.' })
  readonly title!: string;

  @Field(() => Boolean, { description: 'Whether its act is awaited.' })
  readonly awaited!: boolean;

  @Field(() => [RequestActionType], { description: 'What it could do, and what not and why.' })
  readonly actions!: readonly RequestActionType[];
}

@ObjectType('CaseExplanation', { description: 'Where a request stands, and who could do what.', simpleResolvers: true })
export class CaseExplanationType {
  @Field(() => String, { description: 'State of the request.' })
  readonly state!: string;

  @Field(() => RequestExplanationType, { description: 'Who acts next, by when, and what silence does.' })
  readonly explanation!: RequestExplanationType;

  @Field(() => [RequestDeadlineType], { description: 'The clocks that run, the next one first.' })
  readonly deadlines!: readonly RequestDeadlineType[];

  @Field(() => [PartyActions], { description: 'Side by side: what each could do now, and why not.' })
  readonly parties!: readonly PartyActions[];
}
