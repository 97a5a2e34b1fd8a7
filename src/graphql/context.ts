import type { Logger } from 'pino';
import type { ActEvidence } from '../engine/index.js';
import type { Context, Identity, ViewerTransactions } from '../identity/index.js';
import { AuthenticationFailure } from '../identity/index.js';
import { PublicError } from '../schema/index.js';

/** Who asks, through which transport, and under which id their trouble can be found in the log. */
export interface Caller {
  readonly transport: 'http' | 'ws' | 'sse';
  readonly requestId: string;
  /** Absent for somebody who only asks for the schema. */
  readonly identity: Identity | undefined;
  readonly log: Logger;
  /** From where, and with what; absent for a transport over which nobody acts. */
  readonly client?: { readonly address: string; readonly agent: string | null };
}

type Authentication = NonNullable<ActEvidence['authentication']>;

/** One for each verified token, which is kept as one identity: the engine makes its text once. */
const authentications = new WeakMap<Identity, Authentication>();
function authenticationOf(identity: Identity): Authentication {
  const known = authentications.get(identity);
  if (known) return known;
  const { issuer, subject, amr, acr, authTime } = identity;
  const made = {
    issuer,
    subject,
    method: 'bearer',
    ...(amr && { amr }),
    ...(acr !== undefined && { acr }),
    ...(authTime !== undefined && { authTime }),
  };
  authentications.set(identity, made);
  return made;
}

/** The context of one operation or of one event. Whoever makes one calls `end`, also after an error. */
export class OperationContext<Tx> implements Context<Tx> {
  readonly requestId: string;
  readonly log: Logger;
  readonly #caller: Caller;
  readonly #viewers: ViewerTransactions<Tx>;
  readonly #loaders = new Map<unknown, unknown>();
  #snapshot: Promise<Tx> | undefined;
  #snapshotAllowed = true;
  #ended = false;

  constructor(
    caller: Caller,
    viewers: ViewerTransactions<Tx>,
    readonly signal: AbortSignal,
  ) {
    this.#caller = caller;
    this.#viewers = viewers;
    this.requestId = caller.requestId;
    this.log = caller.log;
  }

  get identity(): Identity {
    const { identity } = this.#caller;
    if (!identity) throw new PublicError('UNAUTHENTICATED', new AuthenticationFailure('TOKEN_MISSING').message);
    return identity;
  }

  get evidence(): ActEvidence {
    const { client } = this.#caller;
    return {
      authentication: authenticationOf(this.identity),
      ...(client && { client: { ...client, requestId: this.requestId } }),
    };
  }

  async viewer(): Promise<Tx> {
    // A resolver may outlive its operation (a sibling failed): opened now, a transaction would never be ended.
    if (this.#ended || !this.#snapshotAllowed) throw new Error('The viewer transaction of this operation has ended.');
    this.#snapshot ??= this.#viewers.open(this.identity, 'snapshot');
    return this.#snapshot;
  }

  async shortViewer<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#ended) throw new Error('This operation has ended.');
    const tx = await this.#viewers.open(this.identity, 'short');
    try {
      return await work(tx);
    } finally {
      await this.#close(tx);
    }
  }

  loader<L>(make: (context: Context<Tx>) => L): L {
    if (!this.#loaders.has(make)) this.#loaders.set(make, make(this));
    return this.#loaders.get(make) as L;
  }

  async refresh(): Promise<void> {
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    this.#loaders.clear();
    if (!snapshot) return;
    // When it never opened there is nothing to close, and whoever awaited it was told.
    const tx = await snapshot.then((opened) => ({ opened })).catch(() => undefined);
    if (tx) await this.#close(tx.opened);
  }

  /** A subscription's source goes on after this, without a connection of its own: it reads by `shortViewer`. */
  async endSnapshot(): Promise<void> {
    this.#snapshotAllowed = false;
    await this.refresh();
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.refresh();
  }

  async #close(tx: Tx): Promise<void> {
    try {
      await this.#viewers.close(tx);
    } catch (error) {
      // It only read: the answer is right, and the pool has thrown the connection away.
      this.log.warn({ err: error }, 'a viewer transaction did not end cleanly');
    }
  }
}
