import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, Reason } from '../schema/index.js';
import { RequestKind, RequestState } from '../requests/request-enums.js';

export enum PlanEffectType {
  BETTER = 'BETTER',
  WORSE = 'WORSE',
  MIXED = 'MIXED',
  NEUTRAL = 'NEUTRAL',
}
registerEnumType(PlanEffectType, {
  name: 'PlanEffect',
  description: 'What another policy version is for the broadcaster of a request, by the parameters that its kind is run by.',
  valuesConfig: {
    BETTER: { description: 'Better in some, worse in none.' },
    WORSE: { description: 'Worse in some, better in none.' },
    MIXED: { description: 'Better in some, worse in others.' },
    NEUTRAL: { description: 'Neither.' },
  },
});

@ObjectType('PlannedDeadline', { description: 'A deadline that would move.', simpleResolvers: true })
export class PlannedDeadlineType {
  @Field(() => String, { description: 'Name of the deadline, as in `Request.deadlines`.' })
  readonly name!: string;

  @Field(() => DateTime, { description: 'Where it is.' })
  readonly before!: string;

  @Field(() => DateTime, { description: 'Where it would be; never before now.' })
  readonly after!: string;
}

@ObjectType('PlannedChange', { description: 'A parameter that the kind is run by and that differs.', simpleResolvers: true })
export class PlannedChangeType {
  @Field(() => String, { description: 'Name of the parameter.' })
  readonly name!: string;

  @Field(() => String, { description: 'Its value under the version that is pinned, as JSON.' })
  readonly before!: string;

  @Field(() => String, { description: 'Its value under the other one, as JSON.' })
  readonly after!: string;

  @Field(() => String, { description: '`BETTER`, `WORSE` or `NEUTRAL` for the broadcaster.' })
  readonly effect!: string;
}

@ObjectType('PlannedRequest', { description: 'A running request, and what would become of it.', simpleResolvers: true })
export class PlannedRequestType {
  @Field(() => ID, { description: 'Global id of the request.' })
  readonly requestId!: string;

  @Field(() => RequestKind, { description: 'What is asked for.' })
  readonly kind!: string;

  @Field(() => RequestState, { description: 'Where it is.' })
  readonly state!: string;

  @Field(() => PlanEffectType, { description: 'What it is for the broadcaster.' })
  readonly effect!: PlanEffectType;

  @Field(() => [PlannedChangeType], { description: 'The parameters that differ for this request.' })
  readonly changes!: PlannedChangeType[];

  @Field(() => [PlannedDeadlineType], { description: 'The deadlines that would move.' })
  readonly deadlines!: PlannedDeadlineType[];

  @Field(() => Boolean, { description: 'Whether it would be moved.' })
  readonly wouldMove!: boolean;

  @Field(() => [Reason], { description: 'Why not.' })
  readonly reasons!: readonly Reason[];
}

@ObjectType('PolicyMigrationPlan', {
  description: 'What moving running requests to a policy version would do. Nothing is written.',
  simpleResolvers: true,
})
export class PolicyMigrationPlanType {
  @Field(() => ID, { description: 'Global id of the version to move to.' })
  readonly toPolicyVersionId!: string;

  @Field(() => Int, { description: 'Running requests that have pinned another version.' })
  readonly affected!: number;

  @Field(() => Int, { description: 'How many of them would be moved.' })
  readonly wouldMove!: number;

  @Field(() => Int, { description: 'For how many it is not in every respect better, so that they stay unless it is forced.' })
  readonly notBetter!: number;

  @Field(() => [PlannedRequestType], { description: 'The first of them, in the order of their ids, at most 100.' })
  readonly requests!: PlannedRequestType[];
}

@ObjectType('MachineStatePlan', { description: 'What would become of the instances in one state.', simpleResolvers: true })
export class MachineStatePlanType {
  @Field(() => String, { description: "The machine's name of the state." })
  readonly state!: string;

  @Field(() => Int, { description: 'Running instances in it.' })
  readonly count!: number;

  @Field(() => Int, { description: 'How many of them would be moved; the others stay with their version.' })
  readonly movable!: number;

  @Field(() => String, { nullable: true, description: 'The state that they would be in; null when none is moved.' })
  readonly toState!: string | null;

  @Field(() => [Reason], { description: 'Why the others stay, each reason once.' })
  readonly reasons!: readonly Reason[];
}

@ObjectType('MachineMigrationPlan', {
  description: 'What moving running instances to another machine version would do. Deadlines are kept. Nothing is written.',
  simpleResolvers: true,
})
export class MachineMigrationPlanType {
  @Field(() => Int, { description: 'Running instances of the old version.' })
  readonly affected!: number;

  @Field(() => Int, { description: 'How many of them would be moved.' })
  readonly wouldMove!: number;

  @Field(() => [MachineStatePlanType], { description: 'State by state.' })
  readonly states!: MachineStatePlanType[];
}

@ObjectType('MachineVersionCount', {
  description: 'Running instances of one machine version in one state.',
  simpleResolvers: true,
})
export class MachineVersionCountType {
  @Field(() => String, { description: 'The kind, also one that is not deployed any more.' })
  readonly kind!: string;

  @Field(() => Int, { description: 'Version of the machine.' })
  readonly version!: number;

  @Field(() => String, { description: "The machine's name of the state." })
  readonly state!: string;

  @Field(() => Int, { description: 'How many.' })
  readonly count!: number;

  @Field(() => DateTime, { description: 'When the oldest of them was opened.' })
  readonly oldestSince!: Date;

  @Field(() => Boolean, { description: 'Whether new instances get this version.' })
  readonly isCurrent!: boolean;

  @Field(() => Boolean, {
    description: 'Whether this process has no such machine: they are stranded until it is deployed again.',
  })
  readonly stranded!: boolean;

  @Field(() => [Int], { description: 'Versions that say what becomes of this one: see `machineMigrationPlan`.' })
  readonly migratesTo!: readonly number[];
}
