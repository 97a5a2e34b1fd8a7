import type { AnyStateNode } from 'xstate';
import { NEVER, type Json, type WorkflowDefinition, type WorkflowEvent } from './definition.js';
import { parseIntervention } from './intervene.js';
import type { Reason } from './reason.js';
import { reasonsOfInput, refuse, restore, statePath, type Advance } from './step.js';
import { delayOf, keptJson, keptOf, withTimers } from './stored.js';
import { nodesOf, pathOf } from './structure.js';

/**
 * What moving an instance to a newer machine would do, or why it has to stay: nothing is changed by asking. `policy`: parameters of the
 * version that it runs by, for a machine that pins more than the one before.
 */
export function migrateMachine(
  from: WorkflowDefinition,
  to: WorkflowDefinition,
  stored: Json,
  at: string,
  policy?: unknown,
): Advance {
  const before = restore(from, stored);
  const state = statePath(before.value);
  if (before.status !== 'active') return stay('FINAL', 'This request has ended; nothing can change it any more.');
  const plan = to.kind === from.kind ? to.migratesFrom?.[from.version] : undefined;
  if (!plan)
    return stay('NO_MIGRATION', `Version ${String(to.version)} does not say what becomes of version ${String(from.version)}.`);
  const parsed = policy === undefined ? undefined : to.policy?.safeParse(policy);
  if (parsed?.error) return refuse('INVALID_INPUT', reasonsOfInput(parsed.error.issues));
  const planned = plan({ state, context: before.context as never, policy: (parsed?.data ?? null) as Json });
  if (!planned) return stay('STAYS', `In “${state}” an instance of version ${String(from.version)} has to stay as it is.`);
  const node = nodesOf(to).find((candidate) => pathOf(candidate) === planned.state);
  if (node?.type !== 'atomic') return stay('NO_SUCH_STATE', `Version ${String(to.version)} has no state “${planned.state}”.`);
  const { timers: _timers, kernel: _kernel, ...machine } = stored as Readonly<Record<string, Json>>;
  const moved = { ...machine, value: planned.state, context: planned.context, historyValue: {} };
  restore(to, moved);
  const kept = keptOf(stored);
  const clocks = clocksOf(node);
  const strange = [...Object.keys(kept.timers), ...Object.keys(kept.held?.timers ?? {})].filter((name) => !clocks.has(name));
  if (strange.length > 0) {
    return stay(
      'DEADLINE_LOST',
      `Version ${String(to.version)} would not know the clock “${delayOf(strange[0]!)}” in “${planned.state}”.`,
    );
  }
  // A deadline that runs is kept to the millisecond; one that is new with this version runs from now.
  const armed = [...clocks]
    .filter((name) => !kept.timers[name] && !kept.held?.timers[name])
    .flatMap((name) => {
      const dueAt = fromNow(to, name, planned.context, at);
      return dueAt === undefined ? [] : [{ name, event: name, dueAt }];
    });
  const after = withTimers(kept, { cancelled: [], armed }, at);
  return {
    ok: true,
    snapshot: { ...moved, ...keptJson(after) },
    state: planned.state,
    done: false,
    cancelled: [],
    armed: after.held ? [] : armed,
    effects: [],
  };
}

/** The event MIGRATE_MACHINE, which needs both machines: judged like any intervention, then carried out. */
export function migrateByEvent(
  from: WorkflowDefinition,
  definitions: (kind: string, version: number) => WorkflowDefinition | undefined,
  stored: Json,
  event: WorkflowEvent,
): { readonly step: Advance; readonly to: WorkflowDefinition } {
  const { type: _type, at, actor, dueAt: _dueAt, act: _act, ...payload } = event;
  const parsed = parseIntervention(from, 'MIGRATE_MACHINE', actor, payload);
  if ('refused' in parsed) return { step: parsed.refused, to: from };
  const { fromVersion, toVersion, policy } = parsed.said as { fromVersion: number; toVersion: number; policy?: object };
  if (fromVersion !== from.version)
    return { step: stay('OTHER_VERSION', `The request runs under version ${String(from.version)}.`), to: from };
  const to = definitions(from.kind, toVersion);
  if (!to) return { step: stay('UNKNOWN_VERSION', 'There is no such version to move to.'), to: from };
  return { step: migrateMachine(from, to, stored, at, policy), to };
}

/** The timers that a state arms when it is entered, by XState's names, which are also their events. */
const clocksOf = (node: AnyStateNode): Set<string> => new Set(node.after.map(({ eventType }) => String(eventType)));

/** Undefined: this instance does not have the clock. */
function fromNow(to: WorkflowDefinition, name: string, context: Json, at: string): string | undefined {
  const ms = to.delays[delayOf(name)]?.ms?.({ context: context as never, event: { type: 'MIGRATE_MACHINE', at } });
  if (ms === NEVER) return undefined;
  if (ms === undefined || !Number.isFinite(ms) || ms < 0)
    throw new Error(`${to.kind}: the new clock "${name}" has the length ${String(ms)}.`);
  return new Date(Date.parse(at) + Math.ceil(ms)).toISOString();
}

const stay = (code: string, message: string): Advance => {
  const reason: Reason = { code, message };
  return refuse(code === 'FINAL' ? 'FINAL' : 'NOT_ALLOWED', [reason]);
};
