import type { ParameterDefinition } from './parameter.js';
import type { ParameterName } from './parameter-catalogue.js';
import { parameterDefinitions, type PolicyParameters } from './parameters.js';

/** What a change does to a broadcaster. */
export type ChangeEffect = 'BETTER' | 'WORSE' | 'NEUTRAL';

export interface ParameterChange {
  readonly name: ParameterName;
  readonly before: number | boolean | string;
  readonly after: number | boolean | string;
  readonly effect: ChangeEffect;
}

/** Each parameter in which two versions differ, in the catalogue's order. Pure. */
export function compareParameters(from: PolicyParameters, to: PolicyParameters): ParameterChange[] {
  return parameterDefinitions.flatMap(([name, definition]) => {
    const [before, after] = [from[name], to[name]];
    return before === after ? [] : [{ name, before, after, effect: effectOf(definition, before, after) }];
  });
}

function effectOf(
  definition: ParameterDefinition,
  before: number | boolean | string,
  after: number | boolean | string,
): ChangeEffect {
  if (definition.betterForBroadcaster === 'NEITHER' || definition.type === 'ENUM') return 'NEUTRAL';
  const size = (value: number | boolean | string) =>
    definition.type === 'INTEGER' && definition.zeroMeansNone && value === 0 ? Infinity : Number(value);
  return size(after) > size(before) === (definition.betterForBroadcaster === 'HIGHER') ? 'BETTER' : 'WORSE';
}
