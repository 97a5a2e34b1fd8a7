import {
  advance,
  begin,
  SYSTEM_ACTOR,
  type Accepted,
  type Actor,
  type Advance,
  type Json,
  type Source,
  type TimerArmed,
  type WorkflowDefinition,
} from '../../workflows/kernel/index.js';
import { actorAs } from './explorer-actors.js';
import { sampleOf } from './samples/load.js';
import { START, type Sample } from './samples/sample.js';

/** An instance of any kind in memory, from the sample of its kind: what the engine does with rows, without the rows. */
export class PureInstance {
  readonly effects: { type: string; params: Json }[] = [];
  timers: readonly TimerArmed[] = [];
  snapshot: Json = null;
  state = '';
  at = START;

  private constructor(
    readonly definition: WorkflowDefinition,
    private readonly sample: Sample,
  ) {}

  static async of(definition: WorkflowDefinition, start: string, change: object = {}): Promise<PureInstance> {
    const sample = await sampleOf(definition);
    const instance = new PureInstance(definition, sample);
    const input = { ...sample.starts[start], ...change } as { policy: unknown };
    const first = begin(definition, { ...input, policy: definition.policy?.parse(input.policy) }, START);
    if (!first.ok) throw new Error(JSON.stringify(first.reasons));
    instance.take(first);
    return instance;
  }

  get context(): Record<string, unknown> {
    return (this.snapshot as { context: Record<string, unknown> }).context;
  }

  /** Who acts: an authority, or somebody in person. */
  send(type: string, by: string | Actor, payload: object = {}, at = this.at): Advance {
    return this.step({ ...payload, type, at, actor: typeof by === 'string' ? actorAs(by) : by }, 'outside');
  }

  link(type: string, payload: object): Advance {
    return this.step({ ...payload, type, at: this.at, actor: SYSTEM_ACTOR }, 'link');
  }

  /** Fires the timer of a delay, on time or late. */
  fire(delay: string, at?: string): Advance {
    const timer = this.timers.find(({ name }) => name.split('.')[2] === delay);
    if (!timer) throw new Error(`No timer ${delay} is armed in ${this.state}.`);
    return this.step({ type: timer.event, at: at ?? timer.dueAt, dueAt: timer.dueAt, actor: SYSTEM_ACTOR }, 'timer');
  }

  get due(): Record<string, string> {
    return Object.fromEntries(this.timers.map(({ name, dueAt }) => [name.split('.')[2]!, dueAt]));
  }

  paramsOf(effect: string): unknown {
    return this.effects.findLast(({ type }) => type === effect)?.params;
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
      const given = this.sample.answers?.[type]?.(params as never, { state: this.state, context: this.context, at: this.at });
      const answer = Array.isArray(given) ? (given as object[])[0] : given;
      if (answer) this.step({ ...answer, at: this.at, actor: SYSTEM_ACTOR } as never, 'effect');
    }
  }
}

export const codesOf = (result: Advance): string[] => (result.ok ? [] : result.reasons.map(({ code }) => code));
