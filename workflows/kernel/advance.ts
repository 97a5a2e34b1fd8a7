import { getNextTransitions, initialTransition } from 'xstate';
import type { CheckArgs, Json, WorkflowDefinition, WorkflowEvent } from './definition.js';
import { checkNames, checksOf } from './guard.js';
import { holdAgain, intervene } from './intervene.js';
import { isIntervention } from './interventions.js';
import { accept, distinct, reasonsOfInput, refuse, restore, transition, wrongState, type Advance } from './step.js';
import { keptOf, withTimers } from './stored.js';
import { OTHER_OUTCOME, type Reason } from './reason.js';

/**
 * `outside`: a person or a program, held to the event's authorities and input. `timer`: the engine, for a timer row.
 * `effect`: the result of an effect of the same instance. `link`: another instance, in the transaction of its own step.
 */
export type Source = 'outside' | 'timer' | 'effect' | 'link';

/** The first step of a new instance. A bad input is refused; a machine that fails on a good one throws. */
export function begin(definition: WorkflowDefinition, input: unknown, at: string): Advance {
  const parsed = definition.input.safeParse(input);
  if (!parsed.success) return refuse('INVALID_INPUT', reasonsOfInput(parsed.error.issues));
  const [snapshot, actions] = initialTransition(definition.machine, { ...(parsed.data as object), at });
  if (snapshot.status === 'error') throw snapshot.error;
  return accept(definition, snapshot, actions, at, { timers: {} });
}

/**
 * One step: state, event and time go in; the next state, its timers and its effects come out. No I/O, no clock. Takes a
 * stored snapshot; the caller stores the new one, or nothing when refused.
 */
export function advance(definition: WorkflowDefinition, stored: Json, event: WorkflowEvent, source: Source): Advance {
  const before = restore(definition, stored);
  if (before.status !== 'active') {
    return refuse('FINAL', [{ code: 'FINAL', message: 'This request has ended; nothing can change it any more.' }]);
  }
  const kept = keptOf(stored);
  const { type, at, actor, dueAt: _dueAt, act: _act, ...payload } = event;
  if (source === 'outside' && definition.supervision && isIntervention(type)) {
    return intervene({ definition, snapshot: before, stored, kept, type, at, actor, payload });
  }
  if (source === 'effect' && definition.supervision && type === 'HOLD_REQUEST') {
    return holdAgain({ definition, snapshot: before, stored, kept, type, at, actor, payload });
  }
  const candidates = getNextTransitions(before).filter((candidate) => candidate.eventType === type);
  // Own keys only: `toString` is no event.
  const spec = Object.hasOwn(definition.events, type) ? definition.events[type] : undefined;
  let clean: WorkflowEvent;
  if (source !== 'timer') {
    if (!spec || type.startsWith('xstate.')) {
      return refuse('UNKNOWN_EVENT', [
        { code: 'UNKNOWN_EVENT', message: `There is no event ${JSON.stringify(type.slice(0, 80))}.` },
      ]);
    }
    if (source === 'outside' && !spec.by.some((authority) => actor.authorities.includes(authority))) {
      return refuse('FORBIDDEN', [{ code: 'FORBIDDEN', message: 'You have no authority for this on this request.' }]);
    }
    if (source === 'outside' && kept.held && spec.whileHeld !== true) return refuse('HELD', [HELD]);
    if (candidates.length === 0) return wrongState(definition, before);
    const parsed = spec.input.safeParse(payload);
    if (!parsed.success) return refuse('INVALID_INPUT', reasonsOfInput(parsed.error.issues));
    clean = { ...(parsed.data as object), type, at, actor };
  } else {
    if (candidates.length === 0) return wrongState(definition, before);
    clean = { ...event, armedAt: kept.timers[type]?.armedAt };
  }
  const args: CheckArgs<unknown> = { context: before.context, actor, at, payload: clean };
  const objections = candidates.map((candidate) => checksOf(definition.checks as never, checkNames(candidate.guard), args));
  if (objections.every((reasons) => reasons.length > 0)) {
    const meant = objections.filter((reasons) => reasons.every(({ code }) => code !== OTHER_OUTCOME));
    return refuse('NOT_ALLOWED', distinct((meant.length > 0 ? meant : objections).flat()));
  }

  const [after, actions] = transition(definition.machine, before, clean);
  if (after.status === 'error') throw after.error;
  return accept(
    definition,
    after,
    actions,
    at,
    source === 'timer' ? withTimers(kept, { cancelled: [type], armed: [] }, at) : kept,
  );
}

/** Why something cannot be done during a hold. */
export const HELD: Reason = {
  code: 'HELD',
  message: 'The request is on hold: its clocks stand still, and this has to wait until the hold is over.',
};
