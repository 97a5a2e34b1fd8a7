import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ChangeEffect } from './compare-parameters.js';
import { PARAMETER_UNITS, type BetterForBroadcaster, type ParameterSource, type ParameterUnit } from './parameter.js';
import { PolicyRuleName } from './policy.type.js';
import type { RuleName } from './rule-catalogue.js';

const enumOf = <Value extends string>(values: readonly Value[]) =>
  Object.fromEntries(values.map((value) => [value, value])) as Record<Value, Value>;

const Unit = enumOf<ParameterUnit>(PARAMETER_UNITS);
const Better = enumOf<BetterForBroadcaster>(['LOWER', 'HIGHER', 'NEITHER']);
const Source = enumOf<ParameterSource>(['RULE', 'DEFAULT']);
const ParameterType = enumOf(['INTEGER', 'BOOLEAN', 'ENUM'] as const);
const Effect = enumOf<ChangeEffect>(['BETTER', 'WORSE', 'NEUTRAL']);
registerEnumType(Unit, {
  name: 'PolicyParameterUnit',
  description: 'What a parameter counts. `MINOR_UNITS` are cents and the like.',
});
registerEnumType(Better, {
  name: 'PolicyBetterForBroadcaster',
  description: 'Which direction of a parameter helps a broadcaster; for a switch `HIGHER` means on.',
});
registerEnumType(Source, {
  name: 'PolicyParameterSource',
  description: 'Where the default comes from.',
  valuesConfig: {
    RULE: { description: 'From a rule or law that exists, in at least one region.' },
    DEFAULT: { description: 'Chosen by Guildhall.' },
  },
});
registerEnumType(ParameterType, { name: 'PolicyParameterType', description: 'What values a parameter takes.' });
registerEnumType(Effect, { name: 'PolicyChangeEffect', description: 'What a change does to a broadcaster.' });

const VALUE = 'as text: decimal digits, `true` or `false`, or one of the options';

@ObjectType('PolicyParameterDefault', { description: "A parameter's default.", simpleResolvers: true })
export class PolicyParameterDefaultType {
  @Field(() => ID, { nullable: true, description: 'Code of the region; null: every other one.' })
  readonly region!: string | null;

  @Field(() => String, { description: `The value, ${VALUE}.` })
  readonly value!: string;
}

@ObjectType('PolicyParameterDefinition', { description: 'What a parameter is and may be.', simpleResolvers: true })
export class PolicyParameterDefinitionType {
  @Field(() => String, { description: 'Its name: a field of `PolicyParameters`.' })
  readonly name!: string;

  @Field(() => ParameterType, { description: 'What values it takes.' })
  readonly type!: string;

  @Field(() => Unit, { description: 'What it counts.' })
  readonly unit!: ParameterUnit;

  @Field(() => Int, { nullable: true, description: 'Least value; null unless it is a number.' })
  readonly min!: number | null;

  @Field(() => Int, { nullable: true, description: 'Greatest value; null unless it is a number.' })
  readonly max!: number | null;

  @Field(() => [String], { description: 'The values of an enumeration; empty otherwise.' })
  readonly options!: readonly string[];

  @Field(() => [PolicyParameterDefaultType], { description: 'Defaults by region, the one for every other region first.' })
  readonly defaults!: readonly PolicyParameterDefaultType[];

  @Field(() => String, { description: 'What it is, one sentence.' })
  readonly description!: string;

  @Field(() => Source, { description: 'Where the default comes from.' })
  readonly source!: ParameterSource;

  @Field(() => Better, { description: 'Which direction helps a broadcaster.' })
  readonly betterForBroadcaster!: BetterForBroadcaster;
}

@ObjectType('PolicyRuleVariable', { description: 'Something that a rule may ask.', simpleResolvers: true })
export class PolicyRuleVariableType {
  @Field(() => String, { description: 'As it is written in the rule, e.g. `activity.days`.' })
  readonly name!: string;

  @Field(() => String, { description: 'Its type in CEL: `int`, `double`, `bool` or `string`.' })
  readonly type!: string;

  @Field(() => String, { description: 'What it is.' })
  readonly description!: string;
}

@ObjectType('PolicyRuleDefinition', { description: 'What a rule is about and may ask.', simpleResolvers: true })
export class PolicyRuleDefinitionType {
  @Field(() => PolicyRuleName, { description: 'Its name.' })
  readonly name!: RuleName;

  @Field(() => String, { description: 'What it means when the rule says true.' })
  readonly description!: string;

  @Field(() => [PolicyRuleVariableType], {
    description: 'What it may ask; the parameters of its version come as `policy.<name>`.',
  })
  readonly variables!: readonly PolicyRuleVariableType[];

  @Field(() => String, { description: 'The text that a new policy begins with.' })
  readonly defaultExpression!: string;
}

@ObjectType('PolicyRuleProblem', { description: "What is wrong with a rule's text, and where.", simpleResolvers: true })
export class PolicyRuleProblemType {
  @Field(() => String, {
    description:
      'Stable, UPPER_SNAKE: `RULE_SYNTAX`, `RULE_TYPE`, `RULE_NOT_BOOLEAN`, `RULE_NOT_ALLOWED`, `RULE_FAILS` or `RULE_TOO_LONG`.',
  })
  readonly code!: string;

  @Field(() => String, { description: 'One sentence for a person, in English.' })
  readonly message!: string;

  @Field(() => Int, { description: 'Line, from 1.' })
  readonly line!: number;

  @Field(() => Int, { description: 'Column, from 1.' })
  readonly column!: number;

  @Field(() => Int, { description: 'UTF-16 units before it.' })
  readonly offset!: number;
}

@ObjectType('PolicyParameterChange', { description: 'A parameter in which two versions differ.', simpleResolvers: true })
export class PolicyParameterChangeType {
  @Field(() => String, { description: 'Its name: a field of `PolicyParameters`.' })
  readonly name!: string;

  @Field(() => Unit, { description: 'What it counts.' })
  readonly unit!: ParameterUnit;

  @Field(() => String, { description: `Value in the first version, ${VALUE}.` })
  readonly before!: string;

  @Field(() => String, { description: `Value in the second version, ${VALUE}.` })
  readonly after!: string;

  @Field(() => Effect, { description: 'What the change does to a broadcaster.' })
  readonly effect!: ChangeEffect;
}

@ObjectType('PolicyRuleChange', { description: 'A rule in which two versions differ.', simpleResolvers: true })
export class PolicyRuleChangeType {
  @Field(() => PolicyRuleName, { description: 'Which rule.' })
  readonly name!: RuleName;

  @Field(() => String, { description: 'Text in the first version.' })
  readonly before!: string;

  @Field(() => String, { description: 'Text in the second version.' })
  readonly after!: string;
}

@ObjectType('PolicyDifference', { description: 'In what two policy versions differ.', simpleResolvers: true })
export class PolicyDifferenceType {
  @Field(() => [PolicyParameterChangeType], { description: 'The parameters that differ.' })
  readonly parameters!: readonly PolicyParameterChangeType[];

  @Field(() => [PolicyRuleChangeType], { description: 'The rules that differ.' })
  readonly rules!: readonly PolicyRuleChangeType[];
}
