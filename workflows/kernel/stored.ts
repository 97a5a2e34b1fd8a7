import type { Json } from './definition.js';

/** A clock of an instance that runs. */
export interface RunningTimer {
  /** The event type that it sends, where that is not its name. */
  readonly event?: string;
  /** When it began to run; moved on by the length of a hold. */
  readonly armedAt: string;
  readonly dueAt: string;
}

/** A clock of an instance on hold. */
export interface StoppedTimer {
  readonly event?: string;
  readonly armedAt: string;
  readonly leftMs: number;
}

/** The clocks stand still, and most events wait. */
export interface Hold {
  readonly since: string;
  readonly reasonCode: string;
  /** Who holds it. */
  readonly by: string;
  /** By timer name, what was left when the hold began, or began to run during it. */
  readonly timers: Readonly<Record<string, StoppedTimer>>;
}

/** A transition that one agent has proposed and another has to approve. */
export interface ProposedForce {
  readonly state: string;
  readonly by: string;
  readonly at: string;
  readonly reasonCode: string;
}

/** What the kernel keeps beside XState's own snapshot. The engine's timer rows are the index of `timers`, not its truth. */
export interface Kept {
  readonly timers: Readonly<Record<string, RunningTimer>>;
  readonly held?: Hold;
  readonly force?: ProposedForce;
  /** The policy version that it was moved to; absent: the one that was pinned when it was opened. */
  readonly policyVersionId?: string;
}

/** Snapshots from before the kernel kept timers have none; the migration that introduced them has filled in what ran then. */
export function keptOf(stored: Json): Kept {
  const { timers = {}, kernel = {} } = stored as unknown as { timers?: Kept['timers']; kernel?: Omit<Kept, 'timers'> };
  return { timers, ...kernel };
}

/** What changed about the clocks in a step of the machine. */
export interface TimerChange {
  readonly cancelled: Iterable<string>;
  readonly armed: Iterable<{ readonly name: string; readonly event: string; readonly dueAt: string }>;
}

/**
 * The clocks after a step. During a hold nothing is armed: what would begin to run is kept with its whole length, and what is
 * taken down is taken from what was kept.
 */
export function withTimers(kept: Kept, change: TimerChange, at: string): Kept {
  const timers = { ...kept.timers };
  const stopped = { ...kept.held?.timers };
  for (const name of change.cancelled) {
    Reflect.deleteProperty(timers, name);
    Reflect.deleteProperty(stopped, name);
  }
  for (const { name, event, dueAt } of change.armed) {
    const sends = event === name ? {} : { event };
    if (kept.held) stopped[name] = { ...sends, armedAt: at, leftMs: Date.parse(dueAt) - Date.parse(at) };
    else timers[name] = { ...sends, armedAt: at, dueAt };
  }
  return { ...kept, timers, ...(kept.held && { held: { ...kept.held, timers: stopped } }) };
}

/** The kernel's part of a snapshot as it is stored: `kernel` is absent while there is nothing to say. */
export function keptJson({ timers, held, force, policyVersionId }: Kept): Readonly<Record<string, Json>> {
  const kernel = { ...(held && { held }), ...(force && { force }), ...(policyVersionId !== undefined && { policyVersionId }) };
  return { timers, ...(Object.keys(kernel).length > 0 && { kernel }) } as unknown as Record<string, Json>;
}

/** The delay's name in the name that XState gives to a timer, e.g. `response` in `xstate.after.response.JOIN.drafting`. */
export const delayOf = (timer: string): string => /^xstate\.after\.([^.]+)\./.exec(timer)?.[1] ?? timer;
