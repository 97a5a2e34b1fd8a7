import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, Resolver, Root } from 'type-graphql';
import { refusal } from '../desk/case.mutations.js';
import type { DeskWriter } from '../desk/desk-writer.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { RequestType } from '../requests/request.type.js';
import { decodeGlobalId, IdempotencyKey, resultUnion, type Refusal } from '../schema/index.js';
import { legalHoldLoader, liftHold, setHold } from './legal-hold.js';
import { LegalHoldReason, LegalHoldType } from './legal-hold.type.js';

@InputType({ description: 'Keeping everything of a request, whatever its retention says.' })
class SetLegalHoldInput {
  @Field(() => ID, { description: 'Global id of the request.' })
  readonly requestId!: string;

  @Field(() => LegalHoldReason, { description: 'Why.' })
  readonly reasonCode!: LegalHoldReason;

  @Field(() => String, { description: 'Why, in your words: the file number, who has asked for it. 1 to 2,000 characters.' })
  readonly remark!: string;

  @Field(() => IdempotencyKey, {
    nullable: true,
    description: 'Send it again with the same key after a lost answer: it is set once.',
  })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Ending a legal hold.' })
class LiftLegalHoldInput {
  @Field(() => ID, { description: 'Global id of the hold.' })
  readonly legalHoldId!: string;

  @Field(() => String, { description: 'Why it is no longer needed. 1 to 2,000 characters.' })
  readonly remark!: string;
}

const LegalHoldResult = resultUnion('LegalHoldResult', 'The hold as it is now, or why nothing was done.', [LegalHoldType]);

@Resolver(() => RequestType)
export class LegalHoldResolver {
  constructor(private readonly write: DeskWriter) {}

  @Mutation(() => LegalHoldResult, {
    description: 'Keeps everything of a request from being erased, until the hold is lifted. Several may stand at once. Support.',
  })
  async setLegalHold(
    @Arg('input', () => SetLegalHoldInput) input: SetLegalHoldInput,
    @Ctx() context: ViewerContext,
  ): Promise<LegalHoldType | Refusal> {
    const { reasonCode, remark, idempotencyKey = null } = input;
    const requestId = decodeGlobalId('Request', input.requestId);
    const set = await this.write(context, (tx) => setHold(tx, requestId, { reasonCode, remark, idempotencyKey }));
    return set instanceof LegalHoldType ? set : refusal(set);
  }

  @Mutation(() => LegalHoldResult, { description: 'Ends a legal hold, with a reason. Support.' })
  async liftLegalHold(
    @Arg('input', () => LiftLegalHoldInput) input: LiftLegalHoldInput,
    @Ctx() context: ViewerContext,
  ): Promise<LegalHoldType | Refusal> {
    const id = decodeGlobalId('LegalHold', input.legalHoldId);
    const lifted = await this.write(context, (tx) => liftHold(tx, id, input.remark));
    return lifted instanceof LegalHoldType ? lifted : refusal(lifted);
  }

  @FieldResolver(() => [LegalHoldType], { description: 'Legal holds on this request, the newest first; for platform staff.' })
  async legalHolds(@Root() request: RequestType, @Ctx() context: ViewerContext): Promise<LegalHoldType[]> {
    return context.loader(legalHoldLoader).load(decodeGlobalId('Request', request.id) ?? '');
  }
}
