import 'reflect-metadata';
import { Field, InputType, ObjectType } from 'type-graphql';
import { SafeInt } from './scalars.js';

@ObjectType({
  description: 'An amount of money: an integer in the minor unit of its currency, never a fraction.',
  simpleResolvers: true,
})
export class Money {
  @Field(() => SafeInt, { description: 'In minor units, e.g. cents; negative for a debt.' })
  readonly amountMinor!: number;

  @Field(() => String, { description: 'ISO 4217, e.g. `EUR`.' })
  readonly currency!: string;
}

@InputType({ description: 'An amount of money: an integer in the minor unit of its currency.' })
export class MoneyInput implements Money {
  @Field(() => SafeInt, { description: 'In minor units, e.g. cents.' })
  readonly amountMinor!: number;

  @Field(() => String, { description: 'ISO 4217, e.g. `EUR`.' })
  readonly currency!: string;
}
