import 'reflect-metadata';
import type { ClassType } from 'type-graphql';
import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import type { CursorKey, CursorPart } from './cursor.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { PublicError } from './public-error.js';

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;

@ObjectType({ description: 'Where a page of a connection lies.', simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more follow: pass `endCursor` as `after`.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether the page was asked for with `after`; pages are only turned forwards.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first node, null on an empty page.' })
  readonly startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last node, null on an empty page.' })
  readonly endCursor!: string | null;
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: DEFAULT_PAGE_SIZE, description: `How many at most, 1 to ${MAX_PAGE_SIZE}.` })
  readonly first: number = DEFAULT_PAGE_SIZE;

  @Field(() => String, { nullable: true, description: 'Cursor of the node after which the page begins.' })
  readonly after?: string | null;
}

/** A page as a service reads it: `limit` rows beyond the key, where `limit` is one more than is shown, to know whether more follow. */
export interface PageRequest {
  readonly size: number;
  readonly limit: number;
  readonly after: CursorKey | undefined;
}

/** @throws PublicError BAD_USER_INPUT when `first` is out of bounds, BAD_CURSOR */
export const pageRequest = (args: PageArgs, shape: readonly CursorPart[]): PageRequest => {
  if (!(args.first >= 1 && args.first <= MAX_PAGE_SIZE)) {
    throw new PublicError('BAD_USER_INPUT', `\`first\` is 1 to ${MAX_PAGE_SIZE}.`, { field: 'first' });
  }
  const after = args.after == null ? undefined : decodeCursor(args.after, shape);
  return { size: args.first, limit: args.first + 1, after };
};

export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
}

export interface Connection<T> {
  readonly edges: Edge<T>[];
  readonly nodes: T[];
  readonly pageInfo: PageInfo;
}

/** The value of a connection field from up to `limit` rows in order. */
export const toConnection = <Row, T>(
  rows: readonly Row[],
  page: PageRequest,
  keyOf: (row: Row) => CursorKey,
  nodeOf: (row: Row) => T,
): Connection<T> => {
  const edges = rows.slice(0, page.size).map((row) => ({ node: nodeOf(row), cursor: encodeCursor(keyOf(row)) }));
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: rows.length > page.size,
      hasPreviousPage: page.after !== undefined,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};

const made = new Map<string, ClassType<Connection<unknown>>>();

/**
 * The GraphQL types `<name>Connection` and `<name>Edge` over a node class. One pair a name: two fields may ask for the same.
 * @example `export const RequestConnection = ConnectionOf('Request', () => RequestType);`
 */
export const ConnectionOf = <T extends object>(name: string, nodeClass: () => ClassType<T>): ClassType<Connection<T>> => {
  const known = made.get(name);
  // A name stands for one node class; GraphQL itself would refuse a schema with two types of one name.
  if (known) return known as ClassType<Connection<T>>;

  @ObjectType(`${name}Edge`, { description: `A ${name} and where it stands in its connection.`, simpleResolvers: true })
  class EdgeType implements Edge<T> {
    @Field(nodeClass, { description: 'The node itself.' })
    readonly node!: T;

    @Field(() => String, { description: 'Opaque; pass it as `after`.' })
    readonly cursor!: string;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name} nodes.`, simpleResolvers: true })
  class ConnectionType implements Connection<T> {
    @Field(() => [EdgeType], { description: 'The nodes with their cursors.' })
    readonly edges!: EdgeType[];

    @Field(() => [nodeClass()], { description: 'The nodes alone.' })
    readonly nodes!: T[];

    @Field(() => PageInfo, { description: 'Where this page lies.' })
    readonly pageInfo!: PageInfo;
  }

  made.set(name, ConnectionType);
  return ConnectionType;
};
