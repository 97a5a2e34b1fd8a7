import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { WorkflowDefinition } from '../../workflows/kernel/index.js';
import { currentVersion, registry } from '../../workflows/registry.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { definitionType, definitionTypes, progressOf } from './definitions.js';
import { RequestProgressType, WorkflowDefinitionType } from './definition.type.js';
import { RequestKind } from './request-enums.js';
import { RequestType } from './request.type.js';

@Resolver(() => RequestType)
export class DefinitionsResolver {
  @Query(() => [WorkflowDefinitionType], {
    description:
      'The kinds of request in every version that one may still be in. For all that can be told of one kind ask `workflowDefinition`.',
  })
  async workflowDefinitions(
    @Arg('kind', () => RequestKind, { nullable: true, description: 'Only of this kind.' }) kind: RequestKind | null,
    @Arg('version', () => Int, { nullable: true, description: 'Only of this version.' }) version: number | null,
    @Ctx() context: ViewerContext,
  ): Promise<WorkflowDefinitionType[]> {
    await known(context);
    return definitionTypes(kind, version);
  }

  @Query(() => WorkflowDefinitionType, {
    nullable: true,
    description: 'One kind of request in one version of its machine, null when there is no such version.',
  })
  async workflowDefinition(
    @Arg('kind', () => RequestKind, { description: 'The kind.' }) kind: RequestKind,
    @Arg('version', () => Int, { nullable: true, description: 'The version; the current one when absent.' })
    version: number | null,
    @Ctx() context: ViewerContext,
  ): Promise<WorkflowDefinitionType | undefined> {
    await known(context);
    return definitionTypes(kind, version ?? currentVersion(kind))[0];
  }

  @FieldResolver(() => WorkflowDefinitionType, {
    nullable: true,
    description:
      'The machine that it is run by; null only for a request that ended under a version which has been taken out since.',
  })
  definition(@Root() { row }: RequestType): WorkflowDefinitionType | undefined {
    const definition = pinned(row);
    return definition && definitionType(definition);
  }

  @FieldResolver(() => RequestProgressType, {
    nullable: true,
    description: 'How far it has come; null where there is no `definition`.',
  })
  progress(@Root() { row }: RequestType): RequestProgressType | undefined {
    const definition = pinned(row);
    return definition && progressOf(definition, row.state);
  }
}

const pinned = (row: RequestType['row']): WorkflowDefinition | undefined =>
  registry.find(({ kind, version }) => kind === row.kind && version === row.machine_version);

/** Throws for a token that speaks for nobody: it may not even read the rules. */
const known = (context: ViewerContext): Promise<unknown> => context.viewer();
