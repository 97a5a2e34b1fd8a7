import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import type { ContainerType, NonEmptyArray } from 'type-graphql';
import { buildSchema as buildTypeGraphQLSchema } from 'type-graphql';
import { DateTime } from '../schema/index.js';

// A constructor of whatever arguments: TypeGraphQL only uses it as a key, instances come from the container.
type ResolverClass = abstract new (...dependencies: never[]) => object;

export interface SchemaOptions {
  readonly resolvers: readonly ResolverClass[];
  /** Instances of the resolvers, wired in api.ts; left out when the schema is only printed. */
  readonly container?: ContainerType;
}

export const buildSchema = async ({ resolvers, container }: SchemaOptions): Promise<GraphQLSchema> => {
  if (resolvers.length === 0) throw new Error('A schema needs resolvers.');
  return buildTypeGraphQLSchema({
    resolvers: [...resolvers] as unknown as NonEmptyArray<ResolverClass>,
    ...(container && { container }),
    scalarsMap: [{ type: Date, scalar: DateTime }],
    // Scalars and services check; class-validator would go over every input a second time.
    validate: false,
    pubSub: noPubSub,
  });
};

/** TypeGraphQL wants one even when every subscription brings its own `subscribe`; events come from the log, never from here. */
const noPubSub = {
  publish: (): never => {
    throw new Error('Events come from the log: give the subscription a `subscribe` of its own.');
  },
  subscribe: (): never => {
    throw new Error('Events come from the log: give the subscription a `subscribe` of its own.');
  },
};

/** Hands TypeGraphQL the very instances that api.ts made. */
export const containerOf = (instances: readonly object[]): ContainerType => {
  const byClass = new Map<unknown, object>(instances.map((instance) => [instance.constructor, instance]));
  return {
    get: (resolverClass: unknown): object => {
      const instance = byClass.get(resolverClass);
      if (!instance) throw new Error('A resolver class has no instance: add it to the list in api.ts.');
      return instance;
    },
  };
};

/** The SDL as it is checked in: sorted, so that the order of imports does not show. */
export const sdlOf = (schema: GraphQLSchema): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
