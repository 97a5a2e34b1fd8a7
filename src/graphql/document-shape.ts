import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import { Kind, visit } from 'graphql';

export interface DocumentShape {
  readonly aliases: number;
  readonly directives: number;
  /** In the operation or fragment that has most of them, before fragments are spread. */
  readonly rootFields: number;
  readonly introspects: boolean;
}

/** One pass over a document that may still be invalid: cheap enough to come before validation, whose cost grows faster. */
export const shapeOf = (document: DocumentNode): DocumentShape => {
  let aliases = 0;
  let directives = 0;
  let rootFields = 0;
  let introspects = false;
  visit(document, {
    Field(node) {
      if (node.alias) aliases += 1;
      if (isIntrospection(node.name.value)) introspects = true;
    },
    Directive() {
      directives += 1;
    },
    OperationDefinition(node) {
      rootFields = Math.max(rootFields, node.selectionSet.selections.length);
    },
  });
  return { aliases, directives, rootFields, introspects };
};

const isIntrospection = (name: string): boolean => name === '__schema' || name === '__type';

/** Whether the operation asks for the schema only, which holds no data. Spread fragments count as data, to be on the safe side. */
export const asksOnlyForSchema = (operation: OperationDefinitionNode): boolean =>
  operation.selectionSet.selections.every((node) => node.kind === Kind.FIELD && node.name.value.startsWith('__'));

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

export const fragmentsOf = (document: DocumentNode): Fragments =>
  new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
  );

/** Levels of fields, fragments spread. Only for validated documents, in which fragments do not go in circles. */
export const depthOf = (operation: OperationDefinitionNode, fragments: Fragments): number => {
  // Remembered per fragment: fragments that spread each other twice would take exponential time otherwise.
  const known = new Map<string, number>();
  const levels = (set: SelectionSetNode | undefined): number => {
    let deepest = 0;
    for (const node of set?.selections ?? []) {
      if (node.kind === Kind.FIELD) {
        // graphql-js bounds introspection itself (MaxIntrospectionDepthRule); its types nest deeper than data should.
        deepest = Math.max(deepest, node.name.value.startsWith('__') ? 1 : 1 + levels(node.selectionSet));
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        deepest = Math.max(deepest, levels(node.selectionSet));
      } else {
        const name = node.name.value;
        const depth = known.get(name) ?? levels(fragments.get(name)?.selectionSet);
        known.set(name, depth);
        deepest = Math.max(deepest, depth);
      }
    }
    return deepest;
  };
  return levels(operation.selectionSet);
};
