import {
  advance,
  begin,
  type Accepted,
  type Actor,
  type Advance,
  type Json,
  type Source,
  type TimerArmed,
} from '../../workflows/kernel/index.js';
import { join, type JoinInput } from '../../workflows/join/index.js';

export const uuid = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const sha = (version: number): string => String(version).padStart(64, 'a');

export const broadcaster: Actor = { id: uuid(1), authorities: ['BROADCASTER'] };
export const owner: Actor = { id: uuid(2), authorities: ['GUILD_OWNER'] };
export const agent: Actor = { id: uuid(3), authorities: ['GUILD_AGENT'] };
export const finance: Actor = { id: uuid(4), authorities: ['GUILD_FINANCE'] };
export const support: Actor = { id: uuid(5), authorities: ['SUPPORT'] };
export const both: Actor = { id: uuid(6), authorities: ['BROADCASTER', 'GUILD_OWNER'] };
export const system: Actor = { id: uuid(0), authorities: ['SYSTEM'] };

export const START = '2026-03-02T10:00:00.000Z';
export const terms = { guildSharePercent: 20, termMonths: 12 };
export const otherTerms = { guildSharePercent: 15, termMonths: 6 };

export const input: JoinInput = {
  requestId: uuid(10),
  broadcasterId: uuid(11),
  guildId: uuid(12),
  initiator: 'BROADCASTER',
  timeZone: 'Asia/Tokyo',
  currency: 'JPY',
  policy: {
    joinCoolingOffDays: 8,
    guildResponseDays: 5,
    proposalTtlDays: 7,
    signatureWindowDays: 7,
    maxDraftRounds: 3,
    minTermMonths: 3,
    maxTermMonths: 12,
    guildShareMaxPercent: 30,
  },
  terms,
  eligibilityFailures: [],
};

/** An instance in memory: what the engine does with rows, without the rows. Answers transaction effects by itself. */
export class Instance {
  readonly log: { event: Record<string, unknown>; source: Source }[] = [];
  readonly effects: { type: string; params: Json }[] = [];
  timers: readonly TimerArmed[] = [];
  snapshot: Json = null;
  state = '';
  at = START;

  constructor(
    change: Partial<JoinInput> = {},
    private readonly answers: Readonly<Record<string, object>> = {},
  ) {
    const first = begin(join, { ...input, ...change }, START);
    if (!first.ok) throw new Error(JSON.stringify(first.reasons));
    this.take(first);
  }

  send(type: string, actor: Actor, payload: object = {}, at = this.at): Advance {
    return this.step({ ...payload, type, at, actor }, 'outside');
  }

  /** Fires the timer of a delay; when it was due, or late. */
  fire(delay: string, at?: string): Advance {
    const timer = this.timers.find(({ name }) => name.split('.')[2] === delay);
    if (!timer) throw new Error(`No timer ${delay} is armed in ${this.state}.`);
    return this.step({ type: timer.event, at: at ?? timer.dueAt, dueAt: timer.dueAt, actor: system }, 'timer');
  }

  get context(): Record<string, unknown> {
    return (this.snapshot as { context: Record<string, unknown> }).context;
  }

  sign(actor: Actor, at = this.at, version = this.context['version'] as number): Advance {
    return this.send('SIGN_AGREEMENT', actor, { sha256: sha(version), version }, at);
  }

  accept(actor: Actor): this {
    this.send('ACCEPT_TERMS', actor, { version: this.context['version'] });
    return this;
  }

  private step(event: { type: string; at: string; actor: Actor } & Record<string, unknown>, source: Source): Advance {
    const result = advance(join, this.snapshot, event, source);
    if (!result.ok) return result;
    this.at = event.at;
    this.log.push({ event, source });
    this.take(result);
    return result;
  }

  private take(result: Accepted): void {
    this.snapshot = JSON.parse(JSON.stringify(result.snapshot)) as Json;
    this.state = result.state;
    this.timers = [...this.timers.filter(({ name }) => !result.cancelled.includes(name)), ...result.armed];
    this.effects.push(...result.effects);
    for (const { type } of result.effects) {
      const answer = this.answers[type] ?? this.usualAnswer(type);
      if (answer) this.step({ at: this.at, actor: system, ...answer } as never, 'effect');
    }
  }

  private usualAnswer(type: string): object | undefined {
    const version = this.context['version'] as number;
    if (type === 'renderAgreement')
      return { type: 'AGREEMENT_RENDERED', version, sha256: sha(version), agreementId: uuid(100 + version) };
    if (type === 'switchMembership') return { type: 'SWITCHED', membershipId: uuid(200) };
    return undefined;
  }
}

export const drafting = (change: Partial<JoinInput> = {}) => new Instance(change);
export const signing = (change: Partial<JoinInput> = {}) =>
  drafting(change).accept(change.initiator === 'GUILD' ? broadcaster : owner);
export function coolingOff(change: Partial<JoinInput> = {}, answers: Readonly<Record<string, object>> = {}): Instance {
  const instance = new Instance(change, answers).accept(owner);
  instance.sign(broadcaster);
  instance.sign(owner);
  return instance;
}
export function settlement(change: Partial<JoinInput> = {}, answers: Readonly<Record<string, object>> = {}): Instance {
  const instance = coolingOff(change, answers);
  instance.fire('coolingOffEnd');
  return instance;
}
