import {
  advance,
  begin,
  outline,
  SYSTEM_ACTOR,
  type Accepted,
  type Actor,
  type Json,
  type Source,
  type TimerArmed,
  type WorkflowDefinition,
} from '../../workflows/kernel/index.js';
import { AUTHORITIES, actorAs } from './explorer-actors.js';
import { START, type Place, type Sample } from './samples/sample.js';

/** Walks a machine through the pure kernel, as people, clocks and honest handlers would, into every situation that differs. */

/** An instance at rest: what a person finds it in. */
export interface Situation {
  readonly state: string;
  readonly done: boolean;
  readonly snapshot: Json;
  readonly timers: readonly TimerArmed[];
  readonly at: string;
  /** How it came here, e.g. `application`, `ACCEPT_TERMS by GUILD_OWNER`, `response`. */
  readonly path: readonly string[];
}

/** Of one state after one start; what comes later differs from these in nothing that a rule looks at, and nobody would read it. */
const MAX_ALIKE = 6;

export const placeOf = ({ state, snapshot, at }: Pick<Situation, 'state' | 'snapshot' | 'at'>): Place => ({
  state,
  context: (snapshot as { readonly context: unknown }).context,
  at,
});

/** Every situation that differs in more than numbers, ids and instants, by the shortest way there; of an end one is enough. */
export function explore(definition: WorkflowDefinition, sample: Sample): Situation[] {
  const walker = new Walker(definition, sample);
  const found = new Map<string, Situation>();
  const alike = new Map<string, number>();
  const queue: Situation[] = [];
  const visit = (situation: Situation) => {
    const shape = situation.done ? '' : `${JSON.stringify(shapeOf(placeOf(situation).context))} ${clocksOf(situation)}`;
    const key = `${situation.state} ${shape}`;
    const place = `${situation.state} ${situation.path[0]!}`;
    const before = alike.get(place) ?? 0;
    if (found.has(key) || before >= MAX_ALIKE) return;
    alike.set(place, before + 1);
    found.set(key, situation);
    queue.push(situation);
  };
  for (const situation of walker.starts()) visit(situation);
  for (let next = queue.shift(); next; next = queue.shift()) for (const situation of walker.from(next)) visit(situation);
  return [...found.values()];
}

const clocksOf = ({ timers }: Situation): string => timers.map(({ name }) => name).join(' ');

/**
 * A context without what differs from instance to instance: codes stay, numbers become whether they are zero. Of a list, and of a
 * table such as that of the signatures, only how full it is: who exactly has signed would make two thousand situations out of ten.
 */
function shapeOf(value: unknown): unknown {
  if (typeof value === 'string') return /^[A-Z][A-Z0-9_]*$/.test(value) ? value : 'text';
  if (typeof value === 'number') return value === 0 ? 0 : 1;
  if (Array.isArray(value)) return value.length;
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'policy');
  if (entries.every(([, inner]) => inner === null || typeof inner === 'object'))
    return entries.filter(([, inner]) => inner).length;
  return Object.fromEntries(entries.sort(([x], [y]) => (x < y ? -1 : 1)).map(([key, inner]) => [key, shapeOf(inner)]));
}

type Effect = Accepted['effects'][number];
type Way = Pick<Situation, 'timers' | 'at' | 'path'>;
interface Sent {
  readonly type: string;
  readonly [key: string]: unknown;
}

class Walker {
  private readonly transient: ReadonlySet<string>;

  constructor(
    private readonly definition: WorkflowDefinition,
    private readonly sample: Sample,
  ) {
    this.transient = new Set(
      outline(definition)
        .states.filter(({ transient }) => transient)
        .map(({ name }) => name),
    );
  }

  *starts(): Generator<Situation> {
    for (const [name, input] of Object.entries(this.sample.starts)) {
      const first = begin(this.definition, this.pinned(input), START);
      if (!first.ok) throw this.wrong(`the start "${name}" is refused: ${JSON.stringify(first.reasons)}`);
      yield* this.rest(first, { timers: [], at: START, path: [name] });
    }
  }

  /** As the opener does: of all parameters only those that the kind pins. */
  private pinned(input: object): object {
    const { policy } = input as { readonly policy?: unknown };
    return this.definition.policy ? { ...input, policy: this.definition.policy.parse(policy) } : input;
  }

  /** Everything that can happen next: what people send, what other instances send, and each clock. */
  *from(situation: Situation): Generator<Situation> {
    if (situation.done) return;
    const { events } = this.definition;
    for (const [type, { by }] of Object.entries(events)) {
      for (const [index, payload] of payloadsFor(this.definition, this.sample, type, situation).entries()) {
        const said = index === 0 ? type : `${type} (${String(index + 1)})`;
        if (by.length === 0)
          yield* this.step(situation, { type, ...payload }, 'link', SYSTEM_ACTOR, `${said} by another request`);
        for (const authority of AUTHORITIES.filter((each) => by.includes(each))) {
          // Some acts need another person than the one who acted before.
          for (const actor of [actorAs(authority), actorAs(authority, 2)]) {
            const after = [...this.step(situation, { type, ...payload }, 'outside', actor, `${said} by ${authority}`)];
            yield* after;
            if (after.length > 0) break;
          }
        }
      }
    }
    for (const timer of situation.timers) {
      const event = { type: timer.event, dueAt: timer.dueAt };
      yield* this.step({ ...situation, at: timer.dueAt }, event, 'timer', SYSTEM_ACTOR, delayName(timer.name), timer.name);
    }
  }

  private *step(from: Situation, event: Sent, source: Source, actor: Actor, said: string, fired?: string): Generator<Situation> {
    const result = advance(this.definition, from.snapshot, { ...event, at: from.at, actor }, source);
    if (!result.ok) return;
    const timers = from.timers.filter(({ name }) => name !== fired);
    yield* this.rest(result, { timers, at: from.at, path: [...from.path, said] });
  }

  /** Carries out what a step asks for, in order and with each answer that it may have, until the instance is at rest. */
  private *rest(result: Accepted, from: Way, asked: readonly Effect[] = []): Generator<Situation> {
    const timers = [...from.timers.filter(({ name }) => !result.cancelled.includes(name)), ...result.armed];
    const snapshot = JSON.parse(JSON.stringify(result.snapshot)) as Json;
    const situation: Situation = { ...from, state: result.state, done: result.done, snapshot, timers };
    yield* this.carriedOut(situation, [...asked, ...result.effects]);
  }

  private *carriedOut(situation: Situation, [effect, ...others]: readonly Effect[]): Generator<Situation> {
    if (!effect) {
      if (this.transient.has(situation.state))
        throw this.wrong(`no answer leads out of "${situation.state}" (${situation.path.join(', ')})`);
      yield situation;
      return;
    }
    const { state, snapshot, at, path } = situation;
    const answers = this.answersTo(effect, situation);
    if (answers.length === 0) yield* this.carriedOut(situation, others);
    for (const { answer, said } of answers) {
      const result = advance(this.definition, snapshot, { ...answer, at, actor: SYSTEM_ACTOR }, 'effect');
      if (result.ok) yield* this.rest(result, { ...situation, path: said === undefined ? path : [...path, said] }, others);
      else if (said === undefined)
        throw this.wrong(`"${state}" refuses the answer ${answer.type}: ${JSON.stringify(result.reasons)}`);
    }
  }

  /** The honest answer, the others that the sample knows, and the refusal; `said` names those that are not the first. */
  private answersTo({ type, params }: Effect, situation: Situation): { answer: Sent; said?: string }[] {
    const spec = this.definition.effects[type]!;
    const parsed = spec.params.safeParse(params);
    if (!parsed.success) throw this.wrong(`the parameters of "${type}" do not fit: ${parsed.error.message}`);
    if (spec.mode !== 'transaction') return [];
    const given = this.sample.answers?.[type]?.(params as never, placeOf(situation)) ?? [];
    const honest = (Array.isArray(given) ? given : [given]) as Sent[];
    const reasons = [{ code: 'REFUSED', message: 'Refused.' }];
    return [
      ...honest.map((answer, index) => (index === 0 ? { answer } : { answer, said: answer.type })),
      ...(spec.refused === undefined ? [] : [{ answer: { type: spec.refused, reasons }, said: spec.refused }]),
    ];
  }

  private wrong(problem: string): Error {
    return new Error(`${this.definition.kind} v${String(this.definition.version)}: ${problem}.`);
  }
}

const delayName = (timer: string): string => timer.split('.')[2] ?? timer;

/** The payloads that a sample has for an event. Every event that people send must have one. */
export function payloadsFor(
  { kind, version, events }: WorkflowDefinition,
  { payloads }: Sample,
  type: string,
  situation: Situation,
): object[] {
  const made = Object.hasOwn(payloads, type) ? payloads[type]!(placeOf(situation)) : undefined;
  if (made === undefined && (events[type]?.by.length ?? 0) > 0)
    throw new Error(`The sample of ${kind} v${String(version)} has no payload for ${type}.`);
  return made === undefined ? [] : Array.isArray(made) ? (made as object[]) : [made];
}
