import {
  advance,
  begin,
  type Actor,
  type Advance,
  type Json,
  type Source,
  type TimerArmed,
} from '../../workflows/kernel/index.js';
import type { OpeningFacts, RequestDefinition } from '../../workflows/phases/index.js';
import { MEMBERSHIP, policy as samplePolicy, requestInput } from '../support/samples/request.js';
import { broadcaster, sha, START, support, system, uuid } from './join-fixtures.js';

export { agent, both, broadcaster, finance, owner, sha, START, support } from './join-fixtures.js';

export const guardian: Actor = { id: uuid(7), authorities: ['GUARDIAN'] };
/** Support, while the guild of the request is suspended. */
export const standIn: Actor = { id: support.id, authorities: ['SUPPORT', 'STAND_IN'] };
export const MINOR = { minor: true, parties: ['BROADCASTER', 'GUARDIAN', 'GUILD'] };
export const policy = { ...samplePolicy, maxDraftRounds: 5 };

/** An instance of any kind in memory: what the engine does with rows, without the rows. Answers transaction effects by itself. */
export class Case {
  readonly effects: { type: string; params: Json }[] = [];
  readonly log: { event: object; source: Source }[] = [];
  readonly input: object;
  timers: readonly TimerArmed[] = [];
  snapshot: Json = null;
  state = '';
  at = START;

  constructor(
    readonly definition: RequestDefinition,
    said: object,
    change: object = {},
    private readonly answers: Readonly<Record<string, object>> = {},
  ) {
    const whole = requestInput(said, { membershipId: MEMBERSHIP, policy, ...change });
    this.input = { ...whole, policy: definition.policy!.parse((whole as { policy: object }).policy) };
    this.take(begin(definition, this.input, START));
  }

  send(type: string, actor: Actor = broadcaster, payload: object = {}, at = this.at): Advance {
    return this.step({ ...payload, type, at, actor }, 'outside');
  }

  /** Fires the timer of a delay; when it was due, or late. */
  fire(delay: string, late?: string): this {
    const timer = this.timers.find(({ name }) => name.split('.')[2] === delay);
    if (!timer) throw new Error(`No timer ${delay} is armed in ${this.state}.`);
    this.timers = this.timers.filter((each) => each !== timer);
    const event = { type: timer.event, at: late ?? timer.dueAt, dueAt: timer.dueAt, actor: system };
    const result = this.step(event, 'timer');
    if (!result.ok) throw new Error(JSON.stringify(result.reasons));
    return this;
  }

  get context(): Record<string, unknown> {
    return (this.snapshot as { context: Record<string, unknown> }).context;
  }

  get codes(): string[] {
    return (this.context['reasons'] as { code: string }[]).map(({ code }) => code);
  }

  get done(): boolean {
    return (this.snapshot as { status: string }).status === 'done';
  }

  due(delay: string): string | undefined {
    return this.timers.find(({ name }) => name.split('.')[2] === delay)?.dueAt;
  }

  asked(effect: string): Json | undefined {
    return this.effects.find(({ type }) => type === effect)?.params;
  }

  accept(actor: Actor): this {
    this.send('ACCEPT_TERMS', actor, { version: this.context['version'] });
    return this;
  }

  sign(...actors: readonly Actor[]): this {
    const version = this.context['version'] as number;
    for (const actor of actors) this.send('SIGN_AGREEMENT', actor, { sha256: sha(version), version });
    return this;
  }

  step(event: { type: string; at: string; actor: Actor } & Record<string, unknown>, source: Source): Advance {
    const result = advance(this.definition, this.snapshot, event, source);
    if (!result.ok) return result;
    this.at = event.at;
    this.log.push({ event, source });
    this.take(result);
    return result;
  }

  private take(result: Advance): void {
    if (!result.ok) throw new Error(JSON.stringify(result.reasons));
    this.snapshot = JSON.parse(JSON.stringify(result.snapshot)) as Json;
    this.state = result.state;
    this.timers = [...this.timers.filter(({ name }) => !result.cancelled.includes(name)), ...result.armed];
    for (const effect of result.effects) {
      this.effects.push(effect);
      const answer = this.answers[effect.type] ?? this.usualAnswer(effect.type);
      if (answer) this.step({ at: this.at, actor: system, ...answer } as never, 'effect');
    }
  }

  private usualAnswer(type: string): object | undefined {
    const version = this.context['version'] as number;
    switch (type) {
      case 'renderAgreement':
        return { type: 'AGREEMENT_RENDERED', version, sha256: sha(version), agreementId: uuid(100 + version) };
      case 'endMembership':
      case 'amendMembership':
        return { type: 'SWITCHED', membershipId: MEMBERSHIP };
      case 'openStatement':
        return { type: 'STATEMENT_OPENED', paymentId: uuid(300) };
      case 'giveNotice':
        return { type: 'NOTICE_GIVEN', noticeId: uuid(301) };
      default:
        return undefined;
    }
  }
}

export const codesOf = (result: Advance): string[] => (result.ok ? [] : result.reasons.map(({ code }) => code));

/** A member since the beginning of the year, whose term runs until July, in a guild where nothing speaks against anything. */
export const facts: OpeningFacts = {
  requestId: uuid(10),
  principalId: uuid(1),
  at: START,
  timeZone: 'Asia/Tokyo',
  currency: 'JPY',
  policy,
  rules: {},
  broadcaster: {
    id: uuid(11),
    identityVerified: true,
    birthDate: '2000-01-01',
    ofAgeAttested: false,
    banned: false,
    restricted: false,
    lockedUntil: null,
    payeeChangedAt: null,
    hasGuardian: false,
  },
  minor: false,
  guild: { id: uuid(12), status: 'ACTIVE', memberCap: null, members: 0, mergesAt: null, mergesInto: null },
  gainingGuild: null,
  membership: {
    id: MEMBERSHIP,
    guildId: uuid(12),
    startsAt: '2026-01-01T00:00:00.000Z',
    endsAt: null,
    terms: { guildSharePercent: 20, termMonths: 6 },
    termStartsAt: '2026-01-01T00:00:00.000Z',
    termEndsAt: '2026-07-01T00:00:00.000Z',
    minTermEndsAt: '2026-06-01T00:00:00.000Z',
  },
  lastLeft: null,
  openFlows: [],
  parent: null,
  recentExitsPercent: 0,
};

/** Exits go on for somebody who may do nothing else. */
export const BANNED = { ...facts.broadcaster, banned: true, restricted: true, lockedUntil: '2027-01-01T00:00:00.000Z' };

export const membershipFacts = facts.membership!;
export const flow = (kind: string, state = 'drafting') => ({
  requestId: uuid(50),
  kind,
  state,
  guildId: facts.guild.id,
  membershipId: MEMBERSHIP,
});

/** What speaks against a request of this kind, given facts that differ. */
export const against = ({ opening }: RequestDefinition, change: Partial<OpeningFacts>, said: object = {}) =>
  opening.eligibility({ ...facts, ...change }, said as never).map(({ code, until }) => (until ? `${code} until ${until}` : code));
