import 'reflect-metadata';
import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType({ description: 'Anything that can be fetched again by its global id.' })
export abstract class Node {
  @Field(() => ID, { description: 'Global id: unique over all types, opaque, stable.' })
  readonly id!: string;
}
