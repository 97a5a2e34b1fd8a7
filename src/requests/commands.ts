import type { AcceptedOutcome, Annex, Engine, Outcome, SendCommand, StartCommand } from '../engine/index.js';
import type { Principals } from '../identity/principals.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeGlobalId, Refusal } from '../schema/index.js';
import type { Asked } from './asked.js';
import { as, commentProblem } from './command-inputs.js';
import { withClauses, type About } from './clause-reasons.js';
import { requestId, requestLoader } from './request.loader.js';
import { apiState, RequestType } from './request.type.js';
import type { OpeningInput } from './subject.js';

/** What every command of the API carries. */
export interface CommandOptions {
  readonly idempotencyKey?: string | null | undefined;
  readonly expectedVersion?: number | null | undefined;
  /** Of an opening: the language of its text. */
  readonly locale?: string | null | undefined;
}

/** A command about a request: what its input has, whichever of it. */
interface AboutRequest extends CommandOptions {
  readonly requestId: string;
  readonly actingAs?: Parameters<typeof as>[0]['actingAs'];
  readonly comment?: string | null;
}

/**
 * Takes a command from a resolver to the engine and its outcome back to a result union. Who may do what is judged inside the
 * engine, in the same snapshot as the request itself: no transaction of the viewer is open while it works.
 */
export class RequestCommands {
  constructor(
    private readonly engine: Pick<Engine, 'send' | 'start'>,
    private readonly principals: Principals,
  ) {}

  async start(
    context: ViewerContext,
    operation: string,
    kind: string,
    input: OpeningInput,
    options: CommandOptions,
    comment?: string | null,
  ): Promise<RequestType | Refusal> {
    const problem = commentProblem(comment);
    if (problem) return problem;
    const principalId = await this.principals.idOf(context.identity);
    const command: StartCommand = {
      kind,
      input: options.locale == null ? input : { ...input, locale: options.locale },
      principalId,
      operation,
      idempotencyKey: options.idempotencyKey ?? undefined,
      annex: annexOf(comment),
    };
    return this.answer(context, await this.engine.start(command), { kind, input });
  }

  /** Sends an event to the request of the input, for the party that it names. `words`: the comment, where it has another name. */
  async send(
    { context, commitSuffices }: Asked,
    operation: string,
    event: SendCommand['event'],
    input: AboutRequest,
    words = input.comment,
  ): Promise<RequestType | Refusal> {
    const problem = commentProblem(words);
    if (problem) return problem;
    const instanceId = decodeGlobalId('Request', input.requestId);
    if (instanceId === undefined) return notFound();
    const principalId = await this.principals.idOf(context.identity);
    const outcome = await this.engine.send({
      instanceId,
      event: { ...event, ...as(input) },
      principalId,
      operation,
      expectedVersion: input.expectedVersion ?? undefined,
      idempotencyKey: input.idempotencyKey ?? undefined,
      annex: annexOf(words),
    });
    if (commitSuffices && outcome.outcome === 'accepted' && !outcome.replayed) return committed(outcome);
    return this.answer(context, outcome, { requestId: instanceId }, commitSuffices);
  }

  private async answer(
    context: ViewerContext,
    outcome: Outcome,
    about: About,
    commitSuffices = false,
  ): Promise<RequestType | Refusal> {
    if (outcome.outcome === 'refused') {
      return new Refusal({
        code: outcome.code,
        reasons: await withClauses(context, outcome.reasons, about),
        currentState: outcome.state === undefined ? undefined : apiState(outcome.state),
        currentVersion: outcome.version,
      });
    }
    await context.refresh();
    const request = await context.loader(requestLoader).load(outcome.instanceId);
    // Policy staff may move a request to other rules without seeing it: what they have done has happened all the same.
    return request ?? (commitSuffices ? committed(outcome) : notFound());
  }
}

const annexOf = (comment: string | null | undefined): Annex | undefined =>
  comment == null || comment === '' ? undefined : { kind: 'comment', body: comment };

/** What the commit itself tells needs no second look: reading the request again costs a viewer transaction a mutation. */
const committed = ({ instanceId, state, version }: AcceptedOutcome): RequestType =>
  Object.assign(new RequestType(), { id: requestId(instanceId), state: apiState(state), version });

const notFound = (): Refusal =>
  new Refusal({
    code: 'NOT_FOUND',
    reasons: [{ code: 'NOT_FOUND', message: 'There is no such request, or you may not see it.' }],
  });
