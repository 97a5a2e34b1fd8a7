import type { AnyStateMachine } from 'xstate';
import type { z } from 'zod';
import type { Reason } from './reason.js';

/** Plain JSON: what a context, an event's payload and an effect's parameters are made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Who acts: an opaque id and what it may act as towards this instance right now. Never a name. */
export interface Actor {
  readonly id: string;
  /** e.g. `BROADCASTER`, `GUILD_OWNER`, `SUPPORT`; decided by the engine's read, never by the caller. */
  readonly authorities: readonly string[];
}

/** The actor of timers and of effects' results. */
export const SYSTEM_ACTOR: Actor = { id: '00000000-0000-0000-0000-000000000000', authorities: ['SYSTEM'] };

/** Every event that a machine sees. The kernel puts `at` into all of them, because XState's own delayed events have none. */
export interface WorkflowEvent {
  readonly type: string;
  /** When the event takes effect, ISO 8601 UTC with milliseconds: the time of the database, not of this process. */
  readonly at: string;
  readonly actor: Actor;
  /** Timers only: when the timer was due; `at` is later when it fired late. */
  readonly dueAt?: string;
  /** Timers only, from the kernel: when it began to run. Equal to `dueAt` where there was nothing to wait for. */
  readonly armedAt?: string | undefined;
  /** Acts of people only: the hash of the evidence that is kept beside the chain. No machine looks at it. */
  readonly act?: string;
  readonly [key: string]: unknown;
}

export interface CheckArgs<Context> {
  readonly context: Context;
  readonly actor: Actor;
  readonly at: string;
  /** Absent while somebody only asks what could be done: a check of the payload then has nothing to object to. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** A rule as a pure function: empty when it has no objection, else every objection at once. */
export type Check<Context> = (args: CheckArgs<Context>) => readonly Reason[];

export interface EventSpec {
  /** What the button says, e.g. `Sign the agreement`. */
  readonly title: string;
  /** Authorities that may send it from outside. Empty: only an effect's result, never a person. */
  readonly by: readonly string[];
  /** The payload beside `type`. Strict, bounded, and free of personal data: it is stored in the chain. */
  readonly input: z.ZodType;
  /** It also passes while the instance is on hold; the others wait until the hold is over. */
  readonly whileHeld?: boolean;
  /** Fields of `input` that only the server writes, after it has checked what they say; who sends one is refused. */
  readonly sealed?: readonly string[];
  /** What has to come with it beside its input, as things stand in this instance. */
  readonly needs?: (context: never) => readonly Reason[];
}

export interface EffectSpec {
  /**
   * `transaction`: runs inside the transaction of its transition and answers with an event of the same send, or has nothing to say.
   * `delivery`: leaves by the outbox, at least once.
   */
  readonly mode: 'transaction' | 'delivery';
  readonly params: z.ZodType;
  /** `transaction` only: the event that an expected refusal becomes; its payload is `{reasons}`. */
  readonly refused?: string;
}

/** Somebody who takes part in a request, and the authorities that act for it. */
export interface PartySpec {
  /** As it stands in a sentence, e.g. `the guild`. */
  readonly title: string;
  readonly authorities: readonly string[];
}

/** What a state says of itself; everything else in an explanation is derived from transitions, guards and timers. */
export interface StateMeta {
  /** e.g. `Signing`. */
  readonly title: string;
  /** What the state means, one sentence. */
  readonly description: string;
  /** Drafting, signing, cooling-off, settlement; absent in final states. */
  readonly phase?: string;
  /** Parties whose act is awaited, as a function of the context; absent or empty: nobody, time itself. */
  readonly awaits?: (context: never) => readonly string[];
  /** The events by which an awaited party moves the request on; the others are offered, but nobody waits for them. */
  readonly acts?: readonly string[];
  /** Why the request came here, as a function of the context: for states that are a refusal. */
  readonly reasons?: (context: never) => readonly Reason[];
}

/** The length of a clock that an instance does not have: it is never armed. Not infinity, which comes out of a wrong calculation. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** What a named delay means, and how long it is. */
export interface DelaySpec {
  /** What its end means, e.g. `The time to sign is over`. */
  readonly title: string;
  /**
   * Milliseconds from the event that arms it, or `NEVER`; the machine's own function, so that a plan can ask it again under another
   * policy.
   */
  readonly ms?: (args: { context: never; event: unknown }) => number;
}

/** What the platform's staff may do with any instance of a kind, by events that the kernel itself carries out. */
export interface Supervision {
  /** Who may hold, resume, extend and force. */
  readonly by: readonly string[];
  /** States that two agents together may put an instance into; none that needs a result which only an effect can give. */
  readonly forcible: readonly string[];
}

/** What an instance of an older version becomes; null: it has to stay where it is, as where it would need a policy and has none. */
export type SnapshotMigration = (from: {
  readonly state: string;
  readonly context: Readonly<Record<string, Json>>;
  /** What the new version pins of the policy version that the instance runs by; null where nobody has said it. */
  readonly policy: Json;
}) => { readonly state: string; readonly context: Json } | null;

export interface WorkflowDefinition {
  /** UPPER_SNAKE, e.g. `JOIN`. */
  readonly kind: string;
  /** As a person calls it, e.g. `Join a guild`. */
  readonly title?: string;
  /** What it is for, one or two sentences. */
  readonly description?: string;
  /** The machine's version; an instance keeps the one that it was started with. */
  readonly version: number;
  readonly machine: AnyStateMachine;
  /** The machine's input, without `at`, which the kernel adds. */
  readonly input: z.ZodType;
  readonly parties: Readonly<Record<string, PartySpec>>;
  readonly events: Readonly<Record<string, EventSpec>>;
  readonly checks: Readonly<Record<string, Check<never>>>;
  readonly effects: Readonly<Record<string, EffectSpec>>;
  readonly delays: Readonly<Record<string, DelaySpec>>;
  /** Absent: nobody intervenes. */
  readonly supervision?: Supervision;
  /** The parameters of a policy version that the context keeps under `policy`; absent: none. */
  readonly policy?: z.ZodType;
  /** By older version, what its instances become under this one. */
  readonly migratesFrom?: Readonly<Record<number, SnapshotMigration>>;
  /** The IANA time zone in which people read this request's instants; UTC when absent. */
  readonly timeZone?: (context: never) => string;
}
