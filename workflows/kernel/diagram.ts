import type { WorkflowDefinition } from './definition.js';
import { arrowsOf, nodesOf, pathOf, type Arrow } from './structure.js';
import type { StateMeta } from './definition.js';

/** The machine as a Mermaid state diagram: events with the checks that guard them, timers by the name of their delay. */
export function diagram(definition: WorkflowDefinition): string {
  const nodes = nodesOf(definition);
  const id = (path: string) => path.replaceAll('.', '_');
  const initial = definition.machine.root.initial.target[0];
  return [
    'stateDiagram-v2',
    ...nodes.map(
      (node) =>
        `  state "${((node.meta as StateMeta | undefined)?.title ?? pathOf(node)).replaceAll('"', "'")}" as ${id(pathOf(node))}`,
    ),
    ...(initial ? [`  [*] --> ${id(pathOf(initial))}`] : []),
    ...arrowsOf(definition).map((arrow) => `  ${id(arrow.source)} --> ${id(arrow.target ?? arrow.source)}: ${label(arrow)}`),
    ...nodes.filter((node) => node.type === 'final').map((node) => `  ${id(pathOf(node))} --> [*]`),
    '',
  ].join('\n');
}

function label({ event, delay, checks }: Arrow): string {
  const cause = delay === undefined ? event : `after ${delay}`;
  const guard = checks.length > 0 ? `[${checks.join(', ')}]` : '';
  return [cause, guard].filter(Boolean).join(' ') || 'at once';
}
