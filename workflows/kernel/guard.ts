import { eventTime } from './calendar.js';
import type { Check, CheckArgs, WorkflowEvent } from './definition.js';
import { SYSTEM_ACTOR } from './definition.js';
import type { Reason } from './reason.js';

/**
 * A guard of a transition: the names of the checks that must all have no objection. Written as data, so that the kernel
 * can ask the same checks for their reasons, and a diagram can print them.
 */
export const permits = (...checks: string[]) => ({ type: 'permits' as const, params: { checks } });

/** The checks that a transition's guard names; none when it has no guard. */
export function checkNames(guard: unknown): readonly string[] {
  return (guard as { params?: { checks?: readonly string[] } } | undefined)?.params?.checks ?? [];
}

/** Runs named checks and gathers every reason. */
export function checksOf<Context>(
  table: Readonly<Record<string, Check<Context>>>,
  names: readonly string[],
  args: CheckArgs<Context>,
): Reason[] {
  return names.flatMap((name) => {
    const check = table[name];
    if (!check) throw new Error(`Check "${name}" is named in a machine but does not exist.`);
    return check(args);
  });
}

/** The one implementation of `permits`, to be given to `setup({guards: {permits: permitsGuard(checks)}})`. */
export function permitsGuard<Context>(table: Readonly<Record<string, Check<Context>>>) {
  return ({ context, event }: { context: Context; event: unknown }, params: { readonly checks: readonly string[] }): boolean => {
    const { actor = SYSTEM_ACTOR, ...payload } = event as Partial<WorkflowEvent>;
    return checksOf(table, params.checks, { context, actor, at: eventTime(event), payload }).length === 0;
  };
}
