import type { PoolClient } from 'pg';
import type { Actor, Json, Reason, WorkflowDefinition } from '../../workflows/kernel/index.js';

/** Free text of a person, kept beside the chain so that it can be erased; the event carries only its id and salted hash. */
export interface Annex {
  readonly kind: string;
  readonly body: string;
}

/** Where words are kept, and what proves that they were these. */
export interface AnnexReference {
  readonly annexId: string;
  /** SHA-256 of salt and words, hex. */
  readonly annexHash: string;
}

/**
 * How an act of a person came in: who said so, how they had proved who they are, what they were shown. Filled once, from the context of
 * the mutation (src/graphql); kept beside the chain, because it is personal, with its hash in the event.
 */
export interface ActEvidence {
  /** What the token said about the person; absent for what was done in bulk or by a program. */
  readonly authentication?: {
    readonly issuer: string;
    readonly subject: string;
    /** How the request itself was authenticated, e.g. `bearer`. */
    readonly method: string;
    /** How the person had logged in, as the issuer says: RFC 8176. */
    readonly amr?: readonly string[];
    readonly acr?: string;
    /** When the person had logged in, ISO 8601. */
    readonly authTime?: string;
  };
  readonly client?: {
    readonly address: string;
    /** The client's `User-Agent`, bounded. */
    readonly agent: string | null;
    /** Under which the server's log knows the request. */
    readonly requestId: string;
  };
  /** The words under which somebody signed, as the client says that it has shown them. */
  readonly consent?: { readonly textId: string; readonly version: number; readonly locale: string; readonly sha256: string };
  /** SHA-256 of what was shown, where something was. */
  readonly shown?: { readonly sha256: string };
  /** By what a signature was made, as verified before it came here. */
  readonly signature?: { readonly level: string; readonly method: string; readonly credentialId?: string };
  /** One item of bulk work: its operation says who has set it off. */
  readonly bulk?: { readonly operationId: string; readonly item: number };
}

interface Command {
  /** Who asks; what it may act as is read from the database in the same batch, never taken from the caller. */
  readonly principalId: string;
  /** Name of the API operation: the scope of an idempotency key. */
  readonly operation: string;
  /** Same key, same command: the first answer again. Kept 30 days, or for good when `permanentKey` is set. */
  readonly idempotencyKey?: string | undefined;
  readonly permanentKey?: boolean;
  /** What is known about the act; without it the record says only which operation it was. */
  readonly evidence?: ActEvidence | undefined;
}

export interface SendCommand extends Command {
  /** Words of the person, stored beside the chain in the same transaction. */
  readonly annex?: Annex | undefined;
  readonly instanceId: string;
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  /** Refused as `STALE_VERSION` unless the instance is exactly at this version. */
  readonly expectedVersion?: number | undefined;
  /** What the server has found out and the event is to say; who sends one of the event's sealed fields is refused. */
  readonly sealed?: Readonly<Record<string, Json>> | undefined;
}

export interface StartCommand extends Command {
  readonly kind: string;
  /** What the kind's opener makes the machine's input of. */
  readonly input: unknown;
  /** Words of the person, stored beside the chain in the same transaction, with its first entry. */
  readonly annex?: Annex | undefined;
}

export interface AcceptedOutcome {
  readonly outcome: 'accepted';
  readonly instanceId: string;
  /** Of the last history row that this command caused. */
  readonly version: number;
  readonly state: string;
  /** True when this is the stored answer of an earlier call with the same key. */
  readonly replayed: boolean;
}

export interface RefusedOutcome {
  readonly outcome: 'refused';
  /** A kernel refusal's code, or `NOT_FOUND`, `STALE_VERSION`, `KEY_REUSED`. */
  readonly code: string;
  readonly reasons: readonly Reason[];
  readonly instanceId?: string;
  readonly version?: number;
  readonly state?: string;
}

export type Outcome = AcceptedOutcome | RefusedOutcome;

/** The transaction that a feature's handler may use; it neither commits nor rolls back. */
export type Transaction = Pick<PoolClient, 'query'>;

/** How a handler reaches other instances, in the transaction that it runs in: all of it is there at the commit, or nothing. */
export interface Links {
  /** Sends an event to another instance. Reasons come back when its machine does not take it; nothing is changed then. */
  send(instanceId: string, event: { readonly type: string; readonly [key: string]: unknown }): Promise<readonly Reason[]>;
  /** Starts another instance on behalf of the system. @throws ExpectedRefusal when its opener refuses. */
  start(kind: string, input: unknown): Promise<{ readonly instanceId: string; readonly state: string }>;
}

/**
 * Opens a new instance inside its first transaction: writes the feature's own row, judges authority and eligibility, and
 * gives the machine's input. Refusing rolls all of it back.
 */
export type Opener = (
  tx: Transaction,
  command: {
    readonly instanceId: string;
    readonly definition: WorkflowDefinition;
    readonly input: unknown;
    readonly principalId: string;
    readonly at: string;
    /** Started by another instance: there is no person whose authority could be judged. */
    readonly linked: boolean;
    /** What the machine's input may hold of the person's words: their id and salted hash. */
    readonly annex?: AnnexReference;
  },
  links: Links,
) => Promise<
  | { readonly ok: true; readonly input: object; readonly authority: string }
  | { readonly ok: false; readonly code: string; readonly reasons: readonly Reason[] }
>;

export interface EffectCall {
  readonly instanceId: string;
  /** Version of the transition that asked for the effect. */
  readonly seq: number;
  readonly at: string;
  /** When the transition was caused by a timer: the instant for which it was set. */
  readonly dueAt?: string;
  readonly actor: Actor;
  readonly params: Json;
}

/** Runs inside the transition's transaction; its answer is the next event of the same send. Undefined: there is nothing to say. */
export type TransactionEffect = (
  tx: Transaction,
  call: EffectCall,
  links: Links,
) => Promise<{ readonly type: string; readonly [key: string]: unknown } | undefined>;

/** Thrown by a transaction effect: the database or a rule said no in a way that the machine knows how to handle. */
export class ExpectedRefusal extends Error {
  constructor(readonly reasons: readonly Reason[]) {
    super(reasons.map((reason) => reason.code).join(', '));
    this.name = 'ExpectedRefusal';
  }
}

export interface Delivery {
  /** Also the idempotency key towards the outside. */
  readonly id: string;
  readonly instanceId: string;
  readonly seq: number;
  readonly type: string;
  readonly params: Json;
  readonly attempts: number;
}

export type DeliveryHandler = (delivery: Delivery, tx: Transaction) => Promise<void>;

/** What the features give to the engine, once, in the composition root. */
export interface EngineHandlers {
  readonly openers: Readonly<Record<string, Opener>>;
  readonly transactionEffects: Readonly<Record<string, TransactionEffect>>;
  readonly deliveries: Readonly<Record<string, DeliveryHandler>>;
  /** SQL expression of type `text[]` over `q.principal_id` and `q.instance_id`: what this person may act as right now. */
  readonly authoritySql: string;
  /** SQL expression of type `text[]` over `h.instance_id`: names of the feeds that a log entry belongs to. */
  readonly topicsSql: string;
}

/** Named points between two steps, where the fault tests stop the process. */
export type EngineStep = 'read' | 'written' | 'effect' | 'committed' | 'claimed' | 'delivered';

export interface EngineLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface EngineObserver {
  readonly log: EngineLog;
  readonly onStep?: (step: EngineStep) => void | Promise<void>;
  readonly onTransition?: (kind: string, event: string) => void;
}
