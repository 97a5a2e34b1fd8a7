import type { Source } from '../../../workflows/kernel/index.js';

export interface InstanceRow {
  readonly id: string;
  readonly kind: string;
  readonly machine_version: number;
  readonly state: string;
  readonly status: string;
  readonly version: number;
  readonly snapshot: string;
  readonly head_hash: string;
  readonly held_since: Date | null;
  readonly ended_at: Date | null;
}

export interface HistoryRow {
  readonly instance_id: string;
  readonly seq: number;
  readonly source: Source | 'start';
  readonly event: string;
  readonly event_type: string;
  readonly from_state: string | null;
  readonly state: string;
  readonly at: Date;
  readonly actor_id: string;
  readonly authority: string;
  readonly hash: string;
  /** Seq of the row that the log tells before this one; null for the first. */
  readonly logged_before: number | null;
}

export interface TimerRow {
  readonly instance_id: string;
  readonly name: string;
  readonly armed_seq: number;
  readonly event_type: string;
  readonly due_at: Date;
  readonly status: 'armed' | 'fired' | 'cancelled';
}

export interface ActRow {
  readonly instance_id: string;
  readonly seq: number;
  readonly body: string;
  readonly details_hash: string;
  readonly salt: string | null;
  readonly details: string | null;
}

export interface DeliveryRow {
  readonly instance_id: string;
  readonly seq: number;
  readonly type: string;
  readonly params: string;
}
