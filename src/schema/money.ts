import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { Field, InputType, ObjectType } from 'type-graphql';

const amount = (value: unknown): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new GraphQLError('AmountMinor: a whole number of minor units is expected.');
  return value;
};

/** GraphQL's own Int ends at 21 million euros. */
export const AmountMinor = new GraphQLScalarType<number, number>({
  name: 'AmountMinor',
  description: 'A whole number of minor units of a currency (cents of EUR, yen of JPY), exact up to 2^53.',
  serialize: (value) => amount(typeof value === 'string' ? Number(value) : value),
  parseValue: amount,
  parseLiteral: (node) => amount(node.kind === Kind.INT ? Number(node.value) : undefined),
});

@ObjectType('Money', { description: 'An amount in a currency.', simpleResolvers: true })
export class Money {
  @Field(() => AmountMinor, { description: 'In minor units; negative when it is taken away.' })
  readonly amountMinor!: number;

  @Field(() => String, { description: 'ISO 4217 code.' })
  readonly currency!: string;
}

@InputType({ description: 'An amount in a currency.' })
export class MoneyInput {
  @Field(() => AmountMinor, { description: 'In minor units; negative when it is taken away.' })
  readonly amountMinor!: number;

  @Field(() => String, { description: 'ISO 4217 code, e.g. `EUR`.' })
  readonly currency!: string;
}
