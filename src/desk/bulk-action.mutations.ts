import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, registerEnumType, Resolver } from 'type-graphql';
import { bulkOperationLoader } from '../bulk/bulk.loader.js';
import { BulkOperationType } from '../bulk/bulk.type.js';
import type { BulkSignal } from '../bulk/index.js';
import type { ViewerContext } from '../identity/index.js';
import { DateTime, IdempotencyKey, decodeGlobalId, resultUnion, type Refusal } from '../schema/index.js';
import { createCaseAction, MAX_BULK_CASES, previewCaseAction, type CaseAction } from './bulk-action.js';
import { DESK_EVENTS } from './bulk-types.js';
import { NOT_FOUND, type DeskRefusal } from './case-file.js';
import { caseConditions, CaseFilter } from './case-filter.js';
import { refusal } from './case.mutations.js';
import { Undo, type DeskWriter } from './desk-writer.js';

export enum BulkCaseActionKind {
  VOID = 'VOID',
  HOLD = 'HOLD',
  RESUME = 'RESUME',
  EXTEND = 'EXTEND',
}
registerEnumType(BulkCaseActionKind, {
  name: 'BulkCaseActionKind',
  description: 'What support does to many requests at once.',
  valuesConfig: {
    VOID: { description: 'Ends them.' },
    HOLD: { description: 'Stops their clocks.' },
    RESUME: { description: 'Lets their clocks go on.' },
    EXTEND: { description: 'Moves one of their deadlines: needs `deadline` and `until`.' },
  },
});

const [VOID_REQUEST, HOLD_REQUEST, RESUME_REQUEST, EXTEND_DEADLINE] = DESK_EVENTS;
const events: Readonly<Record<BulkCaseActionKind, string>> = {
  VOID: VOID_REQUEST,
  HOLD: HOLD_REQUEST,
  RESUME: RESUME_REQUEST,
  EXTEND: EXTEND_DEADLINE,
};

@InputType({ description: 'One intervention on many requests, chosen by id or by a filter.' })
class BulkCaseActionInput {
  @Field(() => [ID], {
    nullable: true,
    description: `Global ids of the requests, at most ${String(MAX_BULK_CASES)}. Or give a filter.`,
  })
  readonly requestIds?: string[] | null;

  @Field(() => CaseFilter, {
    nullable: true,
    description: `Every running request that meets it when the operation is created, at most ${String(MAX_BULK_CASES)}.`,
  })
  readonly filter?: CaseFilter | null;

  @Field(() => BulkCaseActionKind, { description: 'What is done to each.' })
  readonly action!: BulkCaseActionKind;

  @Field(() => String, { description: 'The coded reason of the intervention, as for one request.' })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: 'Words of your own, up to 2,000 characters; kept with the operation.' })
  readonly comment?: string | null;

  @Field(() => String, { nullable: true, description: 'For `EXTEND`: name of the deadline, e.g. `signatureWindow`.' })
  readonly deadline?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'For `EXTEND`: the new end of the deadline.' })
  readonly until?: Date | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Only says what would happen, as things stand; nothing is written.' })
  readonly dryRun: boolean = false;

  @Field(() => IdempotencyKey, {
    nullable: true,
    description: 'Send it again with the same key after a lost answer: it is done once.',
  })
  readonly idempotencyKey?: string | null;
}

@ObjectType('RefusalCount', { description: 'How many would be refused, and why.', simpleResolvers: true })
class RefusalCount {
  @Field(() => String, { description: 'Code of the refusal.' })
  readonly code!: string;

  @Field(() => String, { description: 'Its first reason, of one of them.' })
  readonly message!: string;

  @Field(() => Int, { description: 'How many.' })
  readonly count!: number;
}

@ObjectType('BulkPreview', { description: 'What a bulk action would come to.', simpleResolvers: true })
class BulkPreview {
  @Field(() => Int, { description: 'How many requests it concerns.' })
  readonly total!: number;

  @Field(() => Int, { description: 'How many would take it now.' })
  readonly accepted!: number;

  @Field(() => [RefusalCount], { description: 'The others, the most frequent refusal first.' })
  readonly refused!: readonly RefusalCount[];
}

const BulkCaseActionResult = resultUnion<object>(
  'BulkCaseActionResult',
  'The operation that was begun, with `dryRun` what it would come to, or why neither.',
  [BulkOperationType, BulkPreview],
);

const REASON_CODE = /^[A-Z][A-Z0-9_]{0,59}$/;
const DEADLINE = /^[a-zA-Z][a-zA-Z0-9]{0,59}$/;
const MAX_COMMENT = 2_000;
const invalid = (field: string, message: string): DeskRefusal => ({ code: 'INVALID_INPUT', message, field });

@Resolver()
export class BulkActionMutations {
  constructor(
    private readonly write: DeskWriter,
    private readonly signal: BulkSignal,
  ) {}

  @Mutation(() => BulkCaseActionResult, {
    description:
      'Intervenes in many requests, one by one and each in its own history; one that is refused does not stop the others.',
  })
  async bulkCaseAction(
    @Arg('input', () => BulkCaseActionInput) input: BulkCaseActionInput,
    @Ctx() context: ViewerContext,
  ): Promise<BulkOperationType | BulkPreview | Refusal> {
    const { viewer } = await context.viewer();
    if (viewer.platformRole !== 'SUPPORT') return refusal({ code: 'FORBIDDEN', message: 'Only support intervenes.' });
    const action = actionOf(input, viewer.principalId);
    if ('code' in action) return refusal(action);
    if (input.dryRun) {
      const preview = await previewCaseAction(await context.viewer(), action);
      return preview.total > MAX_BULK_CASES ? refusal(TOO_MANY) : Object.assign(new BulkPreview(), preview);
    }
    await context.refresh();
    const created = await this.create(context, action);
    if (created === undefined) return refusal(TOO_MANY);
    if (created.outcome === 'keyReused')
      return refusal({
        code: 'KEY_REUSED',
        message: 'This idempotency key was used with another body.',
        field: 'idempotencyKey',
      });
    this.signal.work();
    return (await context.loader(bulkOperationLoader).load(created.id)) ?? refusal(NOT_FOUND);
  }

  private async create(context: ViewerContext, action: CaseAction) {
    try {
      return await this.write(context, async (tx) => {
        const created = await createCaseAction(tx, action);
        // Known only when they were written down: then nothing of it is kept.
        if ('total' in created && created.total > MAX_BULK_CASES) throw new Undo(undefined);
        return created;
      });
    } catch (error) {
      if (error instanceof Undo) return undefined;
      throw error;
    }
  }
}

const TOO_MANY: DeskRefusal = {
  code: 'TOO_MANY',
  message: `More than ${String(MAX_BULK_CASES)} requests meet the filter: narrow it.`,
  field: 'filter',
};

function actionOf(input: BulkCaseActionInput, viewerId: string): CaseAction | DeskRefusal {
  const { requestIds, filter, action, reasonCode, comment, deadline, until, idempotencyKey } = input;
  if ((requestIds == null) === (filter == null)) return invalid('requestIds', 'Give either ids or a filter.');
  if (requestIds && (requestIds.length === 0 || requestIds.length > MAX_BULK_CASES))
    return invalid('requestIds', `Give 1 to ${String(MAX_BULK_CASES)} ids.`);
  const uuids = requestIds?.map((id) => decodeGlobalId('Request', id)) ?? [];
  const wrong = uuids.indexOf(undefined);
  if (wrong >= 0) return invalid(`requestIds.${String(wrong)}`, 'This is not the id of a request.');
  if (!REASON_CODE.test(reasonCode)) return invalid('reasonCode', 'A reason code is written in UPPER_SNAKE.');
  if (Array.from(comment ?? '').length > MAX_COMMENT)
    return invalid('comment', `A comment has at most ${String(MAX_COMMENT)} characters.`);
  if (comment?.includes('\0')) return invalid('comment', 'A comment holds no NUL character.');
  const extends_ = action === BulkCaseActionKind.EXTEND;
  if (extends_ && (deadline == null || until == null)) return invalid('until', 'To extend, give the deadline and until when.');
  if (!extends_ && (deadline != null || until != null)) return invalid('until', 'Only an extension has a deadline and an end.');
  if (deadline != null && !DEADLINE.test(deadline)) return invalid('deadline', 'This is no name of a deadline.');
  return {
    type: events[action],
    reasonCode,
    comment: comment == null || comment === '' ? undefined : comment,
    params: extends_ ? { deadline, until: until?.toISOString() } : {},
    idempotencyKey: idempotencyKey ?? undefined,
    targets: filter ? caseConditions(filter, viewerId) : uuids.filter((uuid) => uuid !== undefined),
  };
}
