import {
  keptOf,
  type Accepted,
  type Actor,
  type Json,
  type WorkflowDefinition,
  type WorkflowEvent,
} from '../../workflows/kernel/index.js';
import type { Act } from './act.js';
import { canonicalText, chainHash } from './chain.js';
import { deliveryId } from './ids.js';
import type { AcceptedOutcome } from './types.js';

export type HistorySource = 'start' | 'outside' | 'timer' | 'effect' | 'link';

interface HistoryRow {
  readonly seq: number;
  readonly atMs: number;
  readonly source: HistorySource;
  readonly eventType: string;
  readonly event: string;
  readonly fromState: string | null;
  readonly state: string;
  readonly actorId: string;
  readonly authority: string;
  readonly hash: string;
}

/**
 * One or more steps of one instance that will be written together. Collects what the write needs: rows of history, timers
 * armed and taken down (nothing is written for a timer that both starts and ends inside), and deliveries.
 */
export class Chained {
  readonly expected: number;
  readonly rows: HistoryRow[] = [];
  readonly armed = new Map<string, { armedSeq: number; eventType: string; dueMs: number }>();
  readonly cancelled = new Set<string>();
  readonly acts: (Act & { readonly seq: number })[] = [];
  readonly deliveries: { id: string; seq: number; type: string; params: string }[] = [];
  /** Effects of the last step that have to run inside the transaction, in order. */
  pending: { readonly type: string; readonly params: Json; readonly seq: number }[] = [];
  snapshot: Json;
  state: string | null;
  done = false;

  constructor(
    readonly instanceId: string,
    /** The machine that the last step has left the instance with. */
    public definition: WorkflowDefinition,
    private head: string,
    from: { readonly version: number; readonly state: string | null; readonly snapshot: Json },
  ) {
    this.expected = from.version;
    this.state = from.state;
    this.snapshot = from.snapshot;
  }

  get version(): number {
    return this.expected + this.rows.length;
  }

  get headHash(): string {
    return this.head;
  }

  /** Since when it is on hold; null: it is not. */
  get heldMs(): number | null {
    const since = keptOf(this.snapshot).held?.since;
    return since === undefined ? null : Date.parse(since);
  }

  /** With an act when a person did it: its record is written with the row, and the event carries its hash. */
  add(step: Accepted, event: WorkflowEvent, source: HistorySource, authority: string, act?: Act): void {
    const seq = this.version + 1;
    const text = canonicalText(act ? { ...event, act: act.hash } : event);
    if (act) this.acts.push({ ...act, seq });
    const link = { instanceId: this.instanceId, seq, source, fromState: this.state, state: step.state, event: text };
    this.head = chainHash(this.head, link);
    this.rows.push({
      ...link,
      eventType: event.type,
      atMs: Date.parse(event.at),
      actorId: event.actor.id,
      authority,
      hash: this.head,
    });
    for (const name of step.cancelled) if (!this.armed.delete(name)) this.cancelled.add(name);
    for (const timer of step.armed) {
      this.armed.set(timer.name, { armedSeq: seq, eventType: timer.event, dueMs: Date.parse(timer.dueAt) });
    }
    for (const effect of step.effects) {
      if (this.definition.effects[effect.type]?.mode === 'transaction') this.pending.push({ ...effect, seq });
      else this.deliveries.push({ id: deliveryId(), seq, type: effect.type, params: canonicalText(effect.params) });
    }
    this.snapshot = step.snapshot;
    this.state = step.state;
    this.done = step.done;
  }
}

/** The answer to the command that caused these steps, once they are committed. */
export function accepted({ instanceId, version, rows }: Chained): AcceptedOutcome {
  return { outcome: 'accepted', instanceId, version, state: rows.at(-1)!.state, replayed: false };
}

/** The first of an actor's authorities that the event accepts: what the history says that it acted as. */
export function actingAs(definition: WorkflowDefinition, eventType: string, actor: Actor): string {
  const by = definition.events[eventType]?.by ?? definition.supervision?.by ?? [];
  return by.find((authority) => actor.authorities.includes(authority)) ?? actor.authorities[0] ?? 'NONE';
}
