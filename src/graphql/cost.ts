import type {
  FieldNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { getNamedType, getNullableType, isInterfaceType, isListType, isObjectType, Kind } from 'graphql';
import type { Fragments } from './document-shape.js';

/** Items that a list without a page size is taken to have. */
const ASSUMED_LIST_SIZE = 10;

export interface Cost {
  readonly value: number;
  /** Whether a page size came out of a variable: then the next request with the same text may cost something else. */
  readonly varies: boolean;
}

/**
 * An upper bound of the fields in the answer: every field counts 1 (or the `complexity` it was declared with), and what is
 * below a list counts once for each item, where a page has `first` items. Fragments count whatever the type; `@skip` and
 * `@include` are not looked at. Only for validated documents.
 */
export const costOf = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  variables: Readonly<Record<string, unknown>>,
): Cost => {
  let varies = false;
  const known = new Map<string, number>();

  const costOfSet = (set: SelectionSetNode, parent: GraphQLNamedType | undefined, isPage: boolean): number => {
    let total = 0;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        total += costOfField(node, parent, isPage);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        const type = node.typeCondition ? schema.getType(node.typeCondition.name.value) : parent;
        total += costOfSet(node.selectionSet, type, isPage);
      } else {
        total += costOfFragment(node.name.value, isPage);
      }
    }
    return total;
  };

  const costOfFragment = (name: string, isPage: boolean): number => {
    const fragment = fragments.get(name);
    const key = `${name}:${isPage}`;
    const value =
      known.get(key) ??
      (fragment ? costOfSet(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), isPage) : 0);
    known.set(key, value);
    return value;
  };

  const costOfField = (node: FieldNode, parent: GraphQLNamedType | undefined, isPage: boolean): number => {
    const name = node.name.value;
    const field = name === '__schema' || name === '__type' ? undefined : fieldOf(parent, name);
    const type = field ? getNamedType(field.type) : schema.getType(name === '__schema' ? '__Schema' : '__Type');
    const own = typeof field?.extensions['complexity'] === 'number' ? field.extensions['complexity'] : 1;
    if (!node.selectionSet) return own;
    const pageSize = field && pageSizeOf(node, field);
    const items = pageSize ?? (field && !isPage && isPlainList(field) ? ASSUMED_LIST_SIZE : 1);
    return own + items * costOfSet(node.selectionSet, type, pageSize !== undefined);
  };

  const pageSizeOf = (node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined => {
    const declared = field.args.find((argument) => argument.name === 'first');
    if (!declared) return undefined;
    const given = node.arguments?.find((argument) => argument.name.value === 'first')?.value;
    if (given?.kind === Kind.VARIABLE) varies = true;
    const size =
      given?.kind === Kind.INT ? Number(given.value) : given?.kind === Kind.VARIABLE ? variables[given.name.value] : undefined;
    const fallback = typeof declared.defaultValue === 'number' ? declared.defaultValue : ASSUMED_LIST_SIZE;
    return Math.max(1, typeof size === 'number' ? size : fallback);
  };

  const root = schema.getRootType(operation.operation) ?? undefined;
  return { value: costOfSet(operation.selectionSet, root, false), varies };
};

const fieldOf = (parent: GraphQLNamedType | undefined, name: string): GraphQLField<unknown, unknown> | undefined =>
  isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;

/** Introspection's own lists are as long as the schema, which the client does not choose. */
const isPlainList = (field: GraphQLField<unknown, unknown>): boolean =>
  isListType(getNullableType(field.type)) && !getNamedType(field.type).name.startsWith('__');
