import type { Reason } from '../../workflows/kernel/index.js';
import type { SendCommand, StartCommand } from '../engine/index.js';

export type BulkStatus = 'RUNNING' | 'PAUSED' | 'CANCELLED' | 'DONE';
export type BulkItemStatus = 'pending' | 'done' | 'failed' | 'cancelled';

/** What an item's command is made of. */
export interface BulkOperation {
  readonly id: string;
  readonly type: string;
  readonly reasonCode: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The principal in whose name every item is carried out, with the authority that they have at that moment. */
  readonly createdBy: string;
}

export interface BulkItem {
  /** From 1, dense, in the order in which the targets were given. */
  readonly n: number;
  readonly targetId: string;
}

/** The worker adds who, as what operation and under which key, so that no type can forget one of them. */
export type BulkCommand =
  { readonly send: Pick<SendCommand, 'instanceId' | 'event'> } | { readonly start: Pick<StartCommand, 'kind' | 'input'> };

/**
 * What a type of bulk work does with one item. Pure: the same item gives the same command, also after a crash and in another
 * process, or its key would be refused as used with another body.
 */
export type BulkType = (item: BulkItem, operation: BulkOperation) => BulkCommand;

/** By type, e.g. `VOID_REQUEST`: given once, in the composition root. */
export type BulkTypes = Readonly<Record<string, BulkType>>;

/** What became of one item; `error`: the unexpected, which is tried again. */
export type BulkResult =
  | { readonly n: number; readonly kind: 'done'; readonly instanceId: string }
  | { readonly n: number; readonly kind: 'refused'; readonly code: string; readonly reasons: readonly Reason[] }
  | { readonly n: number; readonly kind: 'error'; readonly error: string };
