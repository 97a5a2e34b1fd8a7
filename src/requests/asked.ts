import { isObjectType, Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';
import { createParameterDecorator } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';

/** Who sends a command, and how much of the request they want to see after it. */
export interface Asked {
  readonly context: ViewerContext;
  /** Nothing is asked for that the commit itself does not tell: reading the request again can be spared. */
  readonly commitSuffices: boolean;
}

const TOLD_BY_COMMIT: ReadonlySet<string> = new Set(['__typename', 'id', 'state', 'version']);

/** For the parameter of a mutation that answers with a `Request`, alone or in a union. */
export const AskedFor = () =>
  createParameterDecorator<ViewerContext>(({ context, info }): Asked => ({
    context,
    commitSuffices: asksOnlyFor(info, TOLD_BY_COMMIT),
  }));

function asksOnlyFor({ fieldNodes, fragments, schema }: GraphQLResolveInfo, fields: ReadonlySet<string>): boolean {
  // What is asked of another object type, such as the union's `Refusal`, is not asked of the request.
  const concernsRequest = (type: string | undefined) =>
    type === undefined || type === 'Request' || !isObjectType(schema.getType(type));
  const within = ({ selections }: SelectionSetNode): boolean =>
    selections.every((node) => {
      if (node.kind === Kind.FIELD) return fields.has(node.name.value);
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments[node.name.value]! : node;
      return !concernsRequest(fragment.typeCondition?.name.value) || within(fragment.selectionSet);
    });
  return fieldNodes.every(({ selectionSet }) => !selectionSet || within(selectionSet));
}
