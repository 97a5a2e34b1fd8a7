import type { AnyMachineSnapshot } from 'xstate';
import type { Actor, Json, Supervision, WorkflowDefinition, WorkflowEvent } from './definition.js';
import { FORCE_TRANSITION, forcibleMachine } from './force.js';
import { AFTER_HOLD, interventions, isMigration, MAX_EXTENSION_DAYS, MIGRATORS, type InterventionType } from './interventions.js';
import type { Reason } from './reason.js';
import { accept, reasonsOfInput, refuse, restore, statePath, transition, type Accepted, type Advance } from './step.js';
import { delayOf, keptJson, type Kept, type RunningTimer } from './stored.js';

export interface Intervention {
  readonly definition: WorkflowDefinition;
  readonly snapshot: AnyMachineSnapshot;
  readonly stored: Json;
  readonly kept: Kept;
  readonly type: InterventionType;
  readonly at: string;
  readonly actor: Actor;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Who may intervene in this way, in an instance of this kind. */
export const intervenersOf = (supervision: Supervision, type: InterventionType): readonly string[] =>
  isMigration(type) ? MIGRATORS : supervision.by;

/** The authority and the payload of an intervention, judged alone. */
export function parseIntervention(
  { supervision }: WorkflowDefinition,
  type: InterventionType,
  actor: Actor,
  payload: unknown,
): { readonly refused: Advance } | { readonly said: object } {
  const by = supervision ? intervenersOf(supervision, type) : [];
  if (!by.some((authority) => actor.authorities.includes(authority))) {
    return { refused: refuse('FORBIDDEN', [reason('FORBIDDEN', 'You have no authority for this on this request.')]) };
  }
  const parsed = interventions[type].input.safeParse(payload);
  return parsed.success ? { said: parsed.data } : { refused: refuse('INVALID_INPUT', reasonsOfInput(parsed.error.issues)) };
}

/** Carries out an intervention, or says why not. The machine's state changes only when a transition is forced. */
export function intervene(call: Intervention): Advance {
  const parsed = parseIntervention(call.definition, call.type, call.actor, call.payload);
  return 'refused' in parsed ? parsed.refused : judged(call, parsed.said);
}

/** A hold that an effect asks for: by nobody's authority, judged like any other. */
export function holdAgain(call: Intervention): Advance {
  const parsed = interventions.HOLD_REQUEST.input.safeParse(call.payload);
  return parsed.success ? judged(call, parsed.data) : refuse('INVALID_INPUT', reasonsOfInput(parsed.error.issues));
}

function judged(call: Intervention, said: object): Advance {
  const objections = interventionObjections(call, said);
  if (objections.length > 0) return refuse('NOT_ALLOWED', objections);
  return carryOut(call, said as Payload);
}

interface Payload {
  readonly reasonCode: string;
  readonly deadline: string;
  readonly until: string;
  readonly state: string;
  readonly policy: Readonly<Record<string, Json>>;
  readonly policyVersionId: string;
}

type Asked = Pick<Intervention, 'definition' | 'kept' | 'type' | 'at' | 'actor'>;

const reason = (code: string, message: string, field?: string): Reason => ({
  code,
  message,
  ...(field !== undefined && { field }),
});
const only = (condition: boolean, objection: Reason): Reason[] => (condition ? [] : [objection]);

/** Why this cannot be done now. Without a payload somebody only asks: nothing is said about what they would send. */
export function interventionObjections({ definition, kept, type, at, actor }: Asked, payload?: object): Reason[] {
  const said = payload as Partial<Payload> | undefined;
  switch (type) {
    case 'HOLD_REQUEST':
      return only(!kept.held, reason('ALREADY_HELD', 'The request is on hold already.'));
    case 'RESUME_REQUEST':
      return only(kept.held !== undefined, reason('NOT_HELD', 'The request is not on hold.'));
    case 'EXTEND_DEADLINE':
      if (kept.held) return [reason('HELD', 'The clocks stand still during a hold: end it first.')];
      if (Object.keys(kept.timers).length === 0) return [reason('NO_DEADLINE', 'No clock runs.')];
      return said ? extensionObjections(kept, said as Payload, at) : [];
    case 'PROPOSE_FORCE':
      if (kept.force) return [reason('FORCE_PROPOSED', 'A forced transition is proposed already: approve or reject that one.')];
      return said && !definition.supervision!.forcible.includes(said.state!)
        ? [reason('NOT_FORCIBLE', `It can be forced into: ${definition.supervision!.forcible.join(', ')}.`, 'state')]
        : [];
    case 'APPROVE_FORCE':
      if (!kept.force) return [reason('NO_FORCE_PROPOSED', 'No forced transition is proposed.')];
      return only(
        kept.force.by !== actor.id,
        reason('SECOND_AGENT', 'Another agent than the one who proposed it has to approve.'),
      );
    case 'REJECT_FORCE':
      return only(kept.force !== undefined, reason('NO_FORCE_PROPOSED', 'No forced transition is proposed.'));
    case 'MIGRATE_POLICY': {
      if (!definition.policy) return [reason('NO_POLICY', 'This kind is run by no policy.')];
      const problems = said ? definition.policy.safeParse(said.policy).error?.issues : undefined;
      return problems ? reasonsOfInput(problems).map((problem) => ({ ...problem, field: `policy.${problem.field ?? ''}` })) : [];
    }
    // Which machines there are one definition cannot know: `migrateByEvent` carries this out, with both at hand.
    case 'MIGRATE_MACHINE':
      return said ? [reason('UNKNOWN_VERSION', 'There is no such version to move to.', 'toVersion')] : [];
  }
}

function extensionObjections({ timers }: Kept, { deadline, until }: Payload, at: string): Reason[] {
  const timer = Object.entries(timers).find(([name]) => delayOf(name) === deadline)?.[1];
  if (!timer) {
    const running = Object.keys(timers).map(delayOf).join(', ');
    return [reason('UNKNOWN_DEADLINE', `The clocks that run are: ${running}.`, 'deadline')];
  }
  const untilMs = Date.parse(until);
  return [
    ...only(untilMs > Date.parse(timer.dueAt), reason('NOT_LATER', `The deadline is ${timer.dueAt} already.`, 'until')),
    ...only(
      untilMs <= Date.parse(at) + MAX_EXTENSION_DAYS * 86_400_000,
      reason('TOO_LATE', `A deadline can be moved to at most ${String(MAX_EXTENSION_DAYS)} days from now.`, 'until'),
    ),
  ];
}

function carryOut(call: Intervention, payload: Payload): Advance {
  const { kept, type, at, actor } = call;
  switch (type) {
    case 'HOLD_REQUEST':
      return hold(call, payload.reasonCode);
    case 'RESUME_REQUEST':
      return resume(call);
    case 'EXTEND_DEADLINE': {
      const [name, timer] = Object.entries(kept.timers).find(([key]) => delayOf(key) === payload.deadline)!;
      return rearmed(call, { [name]: { ...timer, dueAt: new Date(payload.until).toISOString() } });
    }
    case 'PROPOSE_FORCE':
      return unmoved(call, { ...kept, force: { state: payload.state, by: actor.id, at, reasonCode: payload.reasonCode } });
    case 'REJECT_FORCE':
      return unmoved(call, withoutForce(kept));
    case 'APPROVE_FORCE':
      return forced(call);
    case 'MIGRATE_POLICY':
      return migratePolicy(call, payload);
    case 'MIGRATE_MACHINE':
      throw new Error('A machine was to be migrated without its successor at hand.');
  }
}

/** A step that leaves the machine where it is. */
function unmoved(
  { snapshot, stored }: Pick<Intervention, 'snapshot' | 'stored'>,
  kept: Kept,
  timers: Pick<Accepted, 'cancelled' | 'armed'> = { cancelled: [], armed: [] },
): Accepted {
  const { timers: _timers, kernel: _kernel, ...machine } = stored as Readonly<Record<string, Json>>;
  return {
    ok: true,
    snapshot: { ...machine, ...keptJson(kept) },
    state: statePath(snapshot.value),
    done: false,
    effects: [],
    ...timers,
  };
}

const withoutForce = ({ force: _force, ...rest }: Kept): Kept => rest;

function hold(call: Intervention, reasonCode: string): Accepted {
  const { kept, at, actor } = call;
  const stopped = Object.fromEntries(
    Object.entries(kept.timers).map(([name, { dueAt, ...timer }]) => [
      name,
      { ...timer, leftMs: Math.max(0, Date.parse(dueAt) - Date.parse(at)) },
    ]),
  );
  return unmoved(
    call,
    { ...kept, timers: {}, held: { since: at, reasonCode, by: actor.id, timers: stopped } },
    { cancelled: Object.keys(kept.timers), armed: [] },
  );
}

function resume(call: Intervention): Accepted {
  const { held, ...kept } = call.kept;
  const atMs = Date.parse(call.at);
  const heldMs = atMs - Date.parse(held!.since);
  const timers = Object.fromEntries(
    Object.entries(held!.timers).map(([name, { armedAt, leftMs, ...timer }]) => {
      // What began to run during the hold begins now; what ran before it began, in effect, as much later as the hold lasted.
      const began = Date.parse(armedAt) > Date.parse(held!.since) ? atMs : Date.parse(armedAt) + heldMs;
      return [name, { ...timer, armedAt: new Date(began).toISOString(), dueAt: new Date(atMs + leftMs).toISOString() }];
    }),
  );
  const effects = call.definition.effects[AFTER_HOLD] ? [{ type: AFTER_HOLD, params: {} }] : [];
  return { ...unmoved(call, { ...kept, timers }, { cancelled: [], armed: armedOf(timers) }), effects };
}

const armedOf = (timers: Readonly<Record<string, RunningTimer>>): Accepted['armed'] =>
  Object.entries(timers).map(([name, { event = name, dueAt }]) => ({ name, event, dueAt }));

function rearmed(call: Intervention, changed: Readonly<Record<string, RunningTimer>>, stored = call.stored): Accepted {
  const kept = { ...call.kept, timers: { ...call.kept.timers, ...changed } };
  return unmoved({ ...call, stored }, kept, { cancelled: Object.keys(changed), armed: armedOf(changed) });
}

function forced(call: Intervention): Advance {
  const { definition, stored, kept, at, actor } = call;
  const event: WorkflowEvent = { type: FORCE_TRANSITION, at, actor, state: kept.force!.state };
  const machine = forcibleMachine(definition);
  // A snapshot knows its machine: that of the definition has no such event.
  const [after, actions] = transition(machine, restore({ ...definition, machine }, stored), event);
  if (after.status === 'error') throw after.error;
  return accept(definition, after, actions, at, withoutForce(kept));
}

/**
 * New parameters, and every clock as long as it would have been had they stood when it began; never before now, and a clock that
 * somebody has extended stays as it is. During a hold the same is done to what is left.
 */
function migratePolicy(call: Intervention, { policy, policyVersionId }: Payload): Accepted {
  const { definition, kept, at, stored } = call;
  const { context, ...rest } = stored as { readonly context: Readonly<Record<string, Json>>; readonly [key: string]: Json };
  const next = { ...context, policy: definition.policy!.parse(policy) as Json };
  const length = (name: string, armedAt: string, of: unknown): number | undefined =>
    definition.delays[delayOf(name)]?.ms?.({ context: of as never, event: { type: 'MIGRATE_POLICY', at: armedAt } });
  const moved: Record<string, RunningTimer> = {};
  for (const [name, timer] of Object.entries(kept.timers)) {
    const before = length(name, timer.armedAt, context);
    const after = length(name, timer.armedAt, next);
    const began = Date.parse(timer.armedAt);
    if (before === undefined || after === undefined || before === after || began + Math.ceil(before) !== Date.parse(timer.dueAt))
      continue;
    moved[name] = { ...timer, dueAt: new Date(Math.max(Date.parse(at), began + Math.ceil(after))).toISOString() };
  }
  const stopped = Object.entries(kept.held?.timers ?? {}).map(([name, timer]) => {
    const longer = (length(name, timer.armedAt, next) ?? 0) - (length(name, timer.armedAt, context) ?? 0);
    return [name, { ...timer, leftMs: Math.max(0, timer.leftMs + longer) }] as const;
  });
  const held = kept.held && { ...kept.held, timers: Object.fromEntries(stopped) };
  return rearmed({ ...call, kept: { ...kept, ...(held && { held }), policyVersionId } }, moved, { ...rest, context: next });
}
