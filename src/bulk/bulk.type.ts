import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ConnectionOf, DateTime, JsonObject, Node, Reason } from '../schema/index.js';
import type { BulkItemStatus, BulkStatus } from './types.js';

export enum BulkOperationStatus {
  RUNNING = 'RUNNING',
  PAUSED = 'PAUSED',
  CANCELLED = 'CANCELLED',
  DONE = 'DONE',
}
registerEnumType(BulkOperationStatus, {
  name: 'BulkOperationStatus',
  description: 'Where a bulk operation is.',
  valuesConfig: {
    RUNNING: { description: 'Its items are being worked off.' },
    PAUSED: { description: 'No further item is taken until it is resumed.' },
    CANCELLED: { description: 'The items that had not been begun never will be.' },
    DONE: { description: 'Every item is done or has failed.' },
  },
});

export enum BulkItemState {
  PENDING = 'PENDING',
  DONE = 'DONE',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(BulkItemState, {
  name: 'BulkItemState',
  description: 'Where one item is.',
  valuesConfig: {
    PENDING: { description: 'To be done, or being done.' },
    DONE: { description: 'Carried out, exactly once.' },
    FAILED: { description: 'Refused, with reasons, or given up after several unexpected errors.' },
    CANCELLED: { description: 'Never begun, because the operation was cancelled.' },
  },
});

export interface BulkOperationRow {
  readonly id: string;
  readonly type: string;
  readonly target_type: string;
  readonly reason_code: string;
  readonly comment: string | null;
  readonly params: Record<string, unknown>;
  readonly created_by: string;
  readonly created_at: Date;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly status: BulkStatus;
  readonly finished_at: Date | null;
}

@ObjectType('BulkOperation', {
  description: 'The same thing done to many, one by one: an item that fails does not stop the others.',
  implements: Node,
})
export class BulkOperationType implements Node {
  readonly id!: string;

  @Field(() => String, { description: 'What is done to each, e.g. `VOID_REQUEST`.', simple: true })
  readonly type!: string;

  @Field(() => String, { description: 'The coded reason, which stands in the history of each.', simple: true })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: 'Words of the person who began it.', simple: true })
  readonly comment!: string | null;

  @Field(() => JsonObject, { description: 'What else each item is given, e.g. until when a deadline is extended.', simple: true })
  readonly params!: Record<string, unknown>;

  @Field(() => BulkOperationStatus, { description: 'Where it is.', simple: true })
  readonly status!: BulkStatus;

  @Field(() => Int, { description: 'How many items there are.', simple: true })
  readonly total!: number;

  @Field(() => Int, { description: 'How many were carried out.', simple: true })
  readonly done!: number;

  @Field(() => Int, { description: 'How many were refused or given up.', simple: true })
  readonly failed!: number;

  @Field(() => Int, { description: 'How many will never be begun.', simple: true })
  readonly cancelled!: number;

  @Field(() => Int, { description: 'How many are left.', simple: true })
  readonly pending!: number;

  @Field(() => DateTime, { description: 'When it was begun.', simple: true })
  readonly startedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When its last item was, null while any is left.', simple: true })
  readonly finishedAt!: Date | null;

  /** Not a field: what the others are resolved from. */
  readonly row!: BulkOperationRow;
}

export interface BulkItemRow {
  readonly operation_id: string;
  readonly n: number;
  readonly target_id: string;
  readonly target_type: string;
  readonly status: BulkItemStatus;
  readonly attempts: number;
  readonly refusal_code: string | null;
  readonly reasons: readonly Reason[] | null;
  readonly result_instance_id: string | null;
  readonly finished_at: Date | null;
}

@ObjectType('BulkItem', { description: 'One of the things that a bulk operation does.', simpleResolvers: true })
export class BulkItemType {
  @Field(() => Int, { description: 'Its number in the operation, from 1.' })
  readonly number!: number;

  @Field(() => ID, { description: 'Global id of what it is done to.' })
  readonly targetId!: string;

  @Field(() => BulkItemState, { description: 'Where it is.' })
  readonly status!: string;

  @Field(() => Int, { description: 'How often it was begun; more than 1 after an unexpected error or a crash.' })
  readonly attempts!: number;

  @Field(() => String, { nullable: true, description: 'Why it failed: the code of the refusal, or `UNEXPECTED`.' })
  readonly refusalCode!: string | null;

  @Field(() => [Reason], { description: 'Every objection; empty unless it failed.' })
  readonly reasons!: readonly Reason[];

  @Field(() => ID, { nullable: true, description: 'Global id of the request that it changed or opened.' })
  readonly requestId!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was done, failed or was cancelled.' })
  readonly finishedAt!: Date | null;
}

export const BulkOperationConnection = ConnectionOf('BulkOperation', () => BulkOperationType);
export const BulkItemConnection = ConnectionOf('BulkItem', () => BulkItemType);
