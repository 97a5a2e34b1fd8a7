import { createMachine, type AnyStateMachine } from 'xstate';
import type { WorkflowDefinition } from './definition.js';

export const FORCE_TRANSITION = 'FORCE_TRANSITION';

const forced = new WeakMap<AnyStateMachine, AnyStateMachine>();

/**
 * The machine with one more event at its root, which leads to each forcible state. Entry and exit actions run as they always do,
 * so that timers and effects of a forced transition are those of any other. Kept apart: the machine itself takes no such event.
 */
export function forcibleMachine({ machine, supervision }: WorkflowDefinition): AnyStateMachine {
  const known = forced.get(machine);
  if (known) return known;
  const config = machine.config as { readonly on?: object };
  const arrows = (supervision?.forcible ?? []).map((state) => ({
    guard: ({ event }: { event: { readonly state?: string } }) => event.state === state,
    target: `.${state}`,
    reenter: true,
  }));
  const made = createMachine(
    { ...config, on: { ...config.on, [FORCE_TRANSITION]: arrows } } as never,
    machine.implementations as never,
  ) as AnyStateMachine;
  forced.set(machine, made);
  return made;
}
