import type { Json, TimerArmed, WorkflowDefinition } from '../../workflows/kernel/index.js';
import { explore } from './explorer.js';
import type { Sample } from './samples/sample.js';

/** A stored instance as it once was: every build from then on has to go on with it. */
export interface Golden {
  readonly kind: string;
  readonly version: number;
  readonly state: string;
  readonly at: string;
  readonly path: readonly string[];
  readonly timers: readonly TimerArmed[];
  readonly snapshot: Json;
}

/** One instance in each state that can be reached, by the shortest way. */
export function goldensOf(definition: WorkflowDefinition, sample: Sample): Golden[] {
  const { kind, version } = definition;
  const byState = new Map<string, Golden>();
  for (const { state, at, path, timers, snapshot } of explore(definition, sample)) {
    if (!byState.has(state)) byState.set(state, { kind, version, state, at, path, timers, snapshot });
  }
  return [...byState.values()];
}
