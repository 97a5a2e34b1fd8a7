import {
  advance,
  begin,
  type Accepted,
  type Actor,
  type Advance,
  type Json,
  type Source,
  type TimerArmed,
  type WorkflowDefinition,
} from '../../workflows/kernel/index.js';
import { transferAgreed } from '../../workflows/transfer-agreed/index.js';
import { transferPortable } from '../../workflows/transfer-portable/index.js';
import { actorAs } from '../support/explorer-actors.js';
import { MEMBERSHIP } from '../support/samples/request.js';
import { START, sha, uuid } from '../support/samples/sample.js';
import { offer, releaseSha, transferAnswers, transferInput } from '../support/samples/transfer.js';

export { ofMinor, offer, otherOffer, releaseSha } from '../support/samples/transfer.js';
export { START, sha, uuid } from '../support/samples/sample.js';
export { MEMBERSHIP };

export const broadcaster = actorAs('BROADCASTER');
export const guardian = actorAs('GUARDIAN');
export const losing = actorAs('GUILD_OWNER');
export const gaining = actorAs('GAINING_GUILD_AGENT');
export const support = actorAs('SUPPORT');
export const standIn: Actor = { id: uuid(77), authorities: ['SUPPORT', 'STAND_IN'] };
const system = actorAs('SYSTEM');

export const terms = { transferAt: '2026-05-01T00:00:00.000Z', feeMinor: 50_000, originSharePercent: 5 };
export const codeId = uuid(40);

export const codesOf = (result: Advance): string[] => (result.ok ? [] : result.reasons.map(({ code }) => code));

/** A transfer in memory: what the engine does with rows, without the rows. Answers effects as an honest handler does. */
export class Transfer {
  readonly effects: { type: string; params: Json }[] = [];
  timers: readonly TimerArmed[] = [];
  snapshot: Json = null;
  state = '';
  at = START;

  constructor(
    readonly definition: WorkflowDefinition,
    input: object,
    private readonly answers: Readonly<Record<string, object>> = {},
  ) {
    // As the opener does: of the policy version a kind pins only its own parameters.
    const policy = definition.policy!.parse((input as { policy: unknown }).policy);
    const first = begin(definition, { ...input, policy }, START);
    if (!first.ok) throw new Error(JSON.stringify(first.reasons));
    this.take(first);
  }

  get context(): Record<string, unknown> {
    return (this.snapshot as { context: Record<string, unknown> }).context;
  }

  send(type: string, actor: Actor, payload: object = {}, at = this.at): Advance {
    return this.step({ ...payload, type, at, actor }, 'outside');
  }

  /** As `send`, for what has to be accepted. */
  do(type: string, actor: Actor, payload: object = {}): this {
    const result = this.send(type, actor, payload);
    if (!result.ok) throw new Error(`${type} in ${this.state}: ${JSON.stringify(result.reasons)}`);
    return this;
  }

  enter(actor: Actor, change: object = {}): Advance {
    const own = { terms: { ...terms, ...change } };
    return this.send('ENTER_TRANSFER_TERMS', actor, actor === gaining ? { ...own, offer } : own);
  }

  sign(actor: Actor): Advance {
    const version = this.context['version'] as number;
    return this.send('SIGN_AGREEMENT', actor, {
      version,
      sha256: actor === losing || actor === standIn ? releaseSha(version) : sha(version),
    });
  }

  due(delay: string): string {
    const timer = this.timers.find(({ name }) => name.split('.')[2] === delay);
    if (!timer) throw new Error(`No timer ${delay} is armed in ${this.state}.`);
    return timer.dueAt;
  }

  fire(delay: string, at = this.due(delay)): this {
    const timer = this.timers.find(({ name }) => name.split('.')[2] === delay)!;
    this.timers = this.timers.filter((each) => each !== timer);
    const result = this.step({ type: timer.event, at, dueAt: timer.dueAt, actor: system }, 'timer');
    if (!result.ok) throw new Error(`${delay}: ${JSON.stringify(result.reasons)}`);
    return this;
  }

  told(template: string): unknown[] {
    return this.effects
      .filter(({ params }) => (params as { template?: string }).template === template)
      .map(({ params }) => (params as { audience: unknown }).audience);
  }

  paramsOf(type: string): unknown {
    return this.effects.findLast((effect) => effect.type === type)?.params;
  }

  private step(event: { type: string; at: string; actor: Actor } & Record<string, unknown>, source: Source): Advance {
    const result = advance(this.definition, this.snapshot, event, source);
    if (!result.ok) return result;
    this.at = event.at;
    this.take(result);
    return result;
  }

  private take(result: Accepted): void {
    this.snapshot = JSON.parse(JSON.stringify(result.snapshot)) as Json;
    this.state = result.state;
    this.timers = [...this.timers.filter(({ name }) => !result.cancelled.includes(name)), ...result.armed];
    this.effects.push(...result.effects);
    for (const { type, params } of result.effects) {
      const place = { state: this.state, context: this.context, at: this.at };
      const answer = this.answers[type] ?? transferAnswers[type]?.(params as never, place);
      if (answer) this.step({ at: this.at, actor: system, ...(answer as { type: string }) }, 'effect');
    }
  }
}

export const agreed = (change: object = {}, answers: Readonly<Record<string, object>> = {}): Transfer =>
  new Transfer(transferAgreed, transferInput({}, change), answers);

/** Both guilds have entered the same. */
export function matched(change: object = {}, answers: Readonly<Record<string, object>> = {}): Transfer {
  const transfer = agreed(change, answers);
  transfer.enter(gaining);
  transfer.enter(losing);
  return transfer;
}

export function certification(answers: Readonly<Record<string, object>> = {}): Transfer {
  const transfer = matched({}, answers);
  for (const actor of [broadcaster, losing, gaining]) transfer.sign(actor);
  return transfer;
}

export const coolingOff = (answers: Readonly<Record<string, object>> = {}): Transfer =>
  certification(answers).do('CERTIFY_TRANSFER', support);

export const portable = (said: object = {}, change: object = {}): Transfer =>
  new Transfer(transferPortable, transferInput({ offer, codeId, ...said }, { initiator: 'GAINING_GUILD', ...change }));
