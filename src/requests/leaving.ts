import type { RequestDefinition } from '../../workflows/phases/index.js';
import { registry } from '../../workflows/registry.js';

const does = (effect: string) => (definition: RequestDefinition) => Object.hasOwn(definition.effects, effect);

/** Kinds whose switch ends a membership and begins none: a transfer's sets nobody free, and new terms end nothing. */
const exits = new Set(
  registry
    .filter(does('endMembership'))
    .filter((definition) => !does('transferMembership')(definition))
    .map(({ kind }) => kind),
);

/**
 * The end that the membership `m` will have by an exit that is under way and only waits for its instant; a later JOIN may count on it,
 * and is judged again at its own switch. The exit's clock says when, in whatever state it runs: an exit that still has to be decided
 * has none, nor has one on hold, and support may have moved it.
 */
export const leavingAt = `(select min(t.due_at) from guildhall.request r join guildhall.timer t on t.instance_id = r.id
  where r.membership_id = m.id and r.kind in (${[...exits].map((kind) => `'${kind}'`).join(', ')})
    and t.status = 'armed' and t.name like 'xstate.after.switchAt.%')`;
