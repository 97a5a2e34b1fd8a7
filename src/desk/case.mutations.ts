import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import type { ViewerTransaction } from '../database/index.js';
import type { ViewerContext } from '../identity/index.js';
import { DateTime, IdempotencyKey, Refusal, decodeGlobalId, resultUnion, refuse } from '../schema/index.js';
import { addNote, changeCase, mayWrite, NOT_FOUND, type CaseChange, type DeskRefusal } from './case-file.js';
import { caseLoader, toCaseNote } from './case.loader.js';
import { CaseAssignee, CaseNoteType, CasePriority, CaseType, priorities } from './case.type.js';
import type { DeskWriter } from './desk-writer.js';
import { takeNext } from './queue.js';

@InputType()
abstract class CaseInput {
  @Field(() => ID, { description: 'Global id of the request.' })
  readonly requestId!: string;

  @Field(() => Int, { nullable: true, description: 'Refused as `STALE_REVISION` unless the case is exactly at this revision.' })
  readonly expectedRevision?: number | null;
}

@InputType({ description: 'Whose a case is to be.' })
class AssignCaseInput extends CaseInput {
  @Field(() => CaseAssignee, { description: 'Whose.' })
  readonly to!: CaseAssignee;

  @Field(() => ID, { nullable: true, description: 'With `to: AGENT`: whose.' })
  readonly agentId?: string | null;
}

@InputType({ description: 'How urgent a case is.' })
class SetCasePriorityInput extends CaseInput {
  @Field(() => CasePriority, {
    nullable: true,
    description: 'Null takes it out of the queue again, when nothing else keeps it there.',
  })
  readonly priority?: CasePriority | null;
}

@InputType({ description: 'When to look at a case again.' })
class SetCaseFollowUpInput extends CaseInput {
  @Field(() => DateTime, { nullable: true, description: 'From then on the case is overdue; null: not planned.' })
  readonly followUpAt?: Date | null;
}

@InputType({ description: 'A note for colleagues.' })
class AddCaseNoteInput {
  @Field(() => ID, { description: 'Global id of the request.' })
  readonly requestId!: string;

  @Field(() => String, { description: 'The words, 1 to 4,000 characters.' })
  readonly body!: string;

  @Field(() => IdempotencyKey, {
    nullable: true,
    description: 'Send it again with the same key after a lost answer: it is written once.',
  })
  readonly idempotencyKey?: string | null;
}

const CaseResult = resultUnion('CaseResult', 'The case as it is now, or why nothing was done.', [CaseType]);
const CaseNoteResult = resultUnion('CaseNoteResult', 'The note, or why it was not written.', [CaseNoteType]);
const MAX_NOTE = 4_000;

export const refusal = ({ code, message, field }: DeskRefusal): Refusal => refuse(code, message, field);

@Resolver()
export class CaseMutations {
  constructor(private readonly write: DeskWriter) {}

  @Mutation(() => CaseResult, { description: 'Gives a case to an agent, or back to the queue.' })
  assignCase(
    @Arg('input', () => AssignCaseInput) input: AssignCaseInput,
    @Ctx() context: ViewerContext,
  ): Promise<CaseType | Refusal> {
    return this.change(context, input, ({ viewer }) => ({
      assigneeId:
        input.to === CaseAssignee.NOBODY
          ? null
          : input.to === CaseAssignee.ME
            ? viewer.principalId
            : (decodeGlobalId('Principal', input.agentId ?? '') ?? NO_ONE),
    }));
  }

  @Mutation(() => CaseResult, { description: 'Says how urgent a case is, which puts it into the queue.' })
  setCasePriority(
    @Arg('input', () => SetCasePriorityInput) input: SetCasePriorityInput,
    @Ctx() context: ViewerContext,
  ): Promise<CaseType | Refusal> {
    return this.change(context, input, () => ({ priority: input.priority == null ? null : priorities.indexOf(input.priority) }));
  }

  @Mutation(() => CaseResult, { description: 'Plans when to look at a case again; then it comes into the queue.' })
  setCaseFollowUp(
    @Arg('input', () => SetCaseFollowUpInput) input: SetCaseFollowUpInput,
    @Ctx() context: ViewerContext,
  ): Promise<CaseType | Refusal> {
    return this.change(context, input, () => ({ followUpAt: input.followUpAt ?? null }));
  }

  @Mutation(() => CaseResult, {
    description:
      'Gives the most urgent case that nobody has to the viewer. Two agents at the same time get two cases; refused as `QUEUE_EMPTY` when there is none.',
  })
  async takeNextCase(@Ctx() context: ViewerContext): Promise<CaseType | Refusal> {
    const taken = await this.write(context, async (tx) =>
      tx.viewer.platformRole === 'SUPPORT'
        ? ((await takeNext(tx)) ?? { code: 'QUEUE_EMPTY', message: 'No case waits for an agent.' })
        : { code: 'FORBIDDEN', message: 'Only support takes cases.' },
    );
    return typeof taken === 'string' ? this.read(context, taken) : refusal(taken);
  }

  @Mutation(() => CaseNoteResult, { description: 'Writes a note about a case. It can be erased later, but not changed.' })
  async addCaseNote(
    @Arg('input', () => AddCaseNoteInput) input: AddCaseNoteInput,
    @Ctx() context: ViewerContext,
  ): Promise<CaseNoteType | Refusal> {
    const { body, idempotencyKey = null } = input;
    const length = Array.from(body).length;
    if (length < 1 || length > MAX_NOTE)
      return refusal({ code: 'INVALID_INPUT', message: `A note has 1 to ${String(MAX_NOTE)} characters.`, field: 'body' });
    if (body.includes('\0')) return refusal({ code: 'INVALID_INPUT', message: 'A note holds no NUL character.', field: 'body' });
    const requestId = decodeGlobalId('Request', input.requestId);
    const note = await this.write(
      context,
      async (tx) => (await mayWrite(tx, requestId)) ?? addNote(tx, requestId!, body, idempotencyKey),
    );
    if ('code' in note) return refusal(note);
    await context.refresh();
    return toCaseNote(note);
  }

  private async change(
    context: ViewerContext,
    input: CaseInput,
    changeOf: (tx: ViewerTransaction) => CaseChange,
  ): Promise<CaseType | Refusal> {
    const requestId = decodeGlobalId('Request', input.requestId);
    const refused = await this.write(
      context,
      async (tx) => (await mayWrite(tx, requestId)) ?? changeCase(tx, requestId!, changeOf(tx), input.expectedRevision ?? null),
    );
    return refused ? refusal(refused) : this.read(context, requestId!);
  }

  private async read(context: ViewerContext, requestId: string): Promise<CaseType | Refusal> {
    await context.refresh();
    return (await context.loader(caseLoader).load(requestId)) ?? refusal(NOT_FOUND);
  }
}

/** Belongs to nobody: what an id of another type stands for. */
const NO_ONE = '00000000-0000-0000-0000-000000000000';
