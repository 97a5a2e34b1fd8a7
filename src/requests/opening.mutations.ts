import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeGlobalId, JsonObject } from '../schema/index.js';
import { AskedFor, type Asked } from './asked.js';
import { COMMENT, NOWHERE, OpeningCommandInput, PartyCommandInput, RequestResult, type Result } from './command-inputs.js';
import type { RequestCommands } from './commands.js';
import type { Party as PartyName } from '../../workflows/phases/index.js';
import { Party, RequestKind } from './request-enums.js';

@InputType({ description: 'Opening a request of any kind: the ids that the kind is about, and what it wants to be told.' })
class OpenRequestInput extends OpeningCommandInput {
  @Field(() => RequestKind, { description: 'What is asked for.' })
  readonly kind!: RequestKind;

  @Field(() => ID, { nullable: true, description: 'Global id of the broadcaster; the viewer, when left out.' })
  readonly broadcasterId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Global id of the guild, for kinds that begin without a membership.' })
  readonly guildId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Global id of the guild to which somebody moves.' })
  readonly gainingGuildId?: string | null;

  @Field(() => ID, { nullable: true, description: "Global id of the membership; the broadcaster's own, when left out." })
  readonly membershipId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Global id of the request that this one is about.' })
  readonly parentId?: string | null;

  @Field(() => Party, { nullable: true, description: 'For whom you open it; the first that you can act for, when left out.' })
  readonly actingAs?: Party | null;

  @Field(() => JsonObject, { nullable: true, description: 'What the kind wants to be told: see `WorkflowDefinition.opening`.' })
  readonly said?: Record<string, unknown> | null;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Asking for an early start.' })
class RequestEarlyStartInput extends PartyCommandInput {}

const uuidOf = (type: string, id: string | null | undefined): string | undefined =>
  id == null ? undefined : (decodeGlobalId(type, id) ?? NOWHERE);

const given = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };

@Resolver()
export class OpeningMutations {
  constructor(private readonly commands: RequestCommands) {}

  @Mutation(() => RequestResult, {
    description:
      'Opens a request of any kind. The typed mutations are for people, this is for tools. Who is not eligible gets a request in `REJECTED` with every reason.',
  })
  async openRequest(@Arg('input', () => OpenRequestInput) input: OpenRequestInput, @Ctx() context: ViewerContext): Result {
    const { viewer } = await context.viewer();
    const body = given({
      broadcasterId: uuidOf('Broadcaster', input.broadcasterId) ?? viewer.broadcasterId ?? undefined,
      guildId: uuidOf('Guild', input.guildId),
      gainingGuildId: uuidOf('Guild', input.gainingGuildId),
      membershipId: uuidOf('Membership', input.membershipId),
      parentId: uuidOf('Request', input.parentId),
      initiator: (input.actingAs ?? undefined) as PartyName | undefined,
    });
    return this.commands.start(context, 'openRequest', input.kind, { ...body, said: input.said ?? {} }, input, input.comment);
  }

  @Mutation(() => RequestResult, {
    description:
      'The broadcaster asks to start during the cooling-off. The right to withdraw runs on; withdrawing then undoes the switch.',
  })
  async requestEarlyStart(
    @Arg('input', () => RequestEarlyStartInput) input: RequestEarlyStartInput,
    @AskedFor() asked: Asked,
  ): Result {
    return this.commands.send(asked, 'requestEarlyStart', { type: 'REQUEST_EARLY_START' }, input);
  }
}
