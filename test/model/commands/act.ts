import type fc from 'fast-check';
import { chosen, forbiddenTo, requestOf, inputOf, type Act, type Choice } from '../act.js';
import type { Reply } from '../real.js';
import type { Sequence } from '../sequence.js';
import { ClockCommand } from './around.js';

/** What a command knows is the sequence itself; fast-check's model is not needed beside it. */
export type Command = fc.AsyncCommand<object, Sequence>;

export type Mode = 'plain' | 'keyed' | 'expecting' | 'stale';

/** Codes with which the server may refuse what it has offered: only the payload can be wrong. */
const PAYLOAD_CODES = new Set(['NOT_ALLOWED', 'INVALID_INPUT']);

export class ActCommand implements Command {
  constructor(
    readonly choice: Choice,
    readonly mode: Mode,
  ) {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    const act = chosen(sequence, this.choice);
    if (!act) return;
    const { version } = act.request;
    const more = {
      plain: {},
      keyed: { idempotencyKey: sequence.nextKey() },
      expecting: { expectedVersion: version },
      stale: { expectedVersion: Math.max(0, version - 1) },
    }[this.mode];
    const reply = await sequence.send(act.person, 'sendRequestEvent', inputOf(act, more));
    judge(sequence, act, reply, this.choice.wish);
    if (this.mode !== 'stale' && this.choice.wish !== 'migration') judgeOffered(act, reply);
    if (this.mode === 'stale' && reply.__typename === 'Request') throw new Error('A version of before was accepted.');
    if (this.mode === 'expecting' && reply.code === 'STALE_VERSION')
      throw new Error('The version that stands was refused as stale.');
    await sequence.settled(reply, act.request);
  }

  toString = () => `Act(${JSON.stringify(this.choice)}, ${this.mode})`;
}

/** What may be answered to this act, whatever else comes at the same time. */
export function judge(sequence: Sequence, act: Act, reply: Reply, wish: string): void {
  const said = `${act.event} of ${act.person.subject} on ${act.request.kind} ${act.request.id} in ${act.request.state}`;
  const accepted = reply.__typename === 'Request';
  sequence.tally.answered(wish, accepted ? 'accepted' : reply.code!);
  sequence.told(`${said}: ${accepted ? `${reply.state!} v${String(reply.version)}` : JSON.stringify(reply.reasons)}`);
  const forbidden = forbiddenTo(sequence, act);
  if (accepted && forbidden !== undefined) throw new Error(`${said} was accepted, although ${forbidden}.`);
  // The other of two at once may just have made it possible.
  if (accepted && act.denied && wish !== 'race') throw new Error(`${said} was accepted, although it is not offered.`);
  const stranger = sequence.authorities(act.person, act.request).length === 0;
  if (stranger !== (reply.code === 'NOT_FOUND')) throw new Error(`${said} was answered ${JSON.stringify(reply)}.`);
}

/** Nothing else has come in between: what was offered is refused for its payload only. */
export function judgeOffered(act: Act, reply: Reply): void {
  if (!act.denied && reply.__typename !== 'Request' && !PAYLOAD_CODES.has(reply.code!))
    throw new Error(`${act.event} was offered in ${act.request.state}, and refused as ${reply.code!}.`);
}

/** The same command again under its key, or another one under it. */
export class RepeatCommand implements Command {
  constructor(
    readonly which: number,
    readonly altered: boolean,
  ) {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    const kept = sequence.kept[this.which % sequence.kept.length];
    if (!kept) return;
    const { person, mutation, requestId } = kept;
    const input = this.altered ? { ...kept.input, ...otherThan(kept.input) } : kept.input;
    const reply = await sequence.send(person, mutation, input);
    sequence.tally.answered('repeat', reply.code ?? 'the first answer');
    const request = sequence.requests.find((each) => sequence.globalId(each) === requestId)!;
    const mayStill = sequence.authorities(person, request).length > 0;
    // Of an opening the key is looked at first: it is the caller's own, whatever has become of the request.
    const isTold = mayStill || mutation === 'openRequest';
    const expected = this.altered && isTold ? 'KEY_REUSED' : mayStill ? undefined : 'NOT_FOUND';
    if (reply.code !== expected || (expected === undefined && reply.id !== requestId))
      throw new Error(`A repeated command was answered ${JSON.stringify(reply)}, not ${expected ?? requestId}.`);
    await sequence.changed(undefined);
  }

  toString = () => `Repeat(${String(this.which)}${this.altered ? ', altered' : ''})`;
}

/** Another body for the same key. */
const otherThan = (input: object): object => ('said' in input ? { said: { other: true } } : { input: { other: true } });

/** Two at once on one request, at two servers: the database's order decides, and both answers are true. */
export class RaceCommand implements Command {
  constructor(
    readonly first: Choice,
    readonly second: Choice,
    readonly expecting: boolean,
  ) {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    const first = chosen(sequence, this.first);
    if (!first) return;
    const second = chosen(sequence, this.second, first.request) ?? first;
    const { request } = first;
    const more = this.expecting ? { expectedVersion: request.version } : {};
    const acts = [first, second];
    const replies = await sequence.real.meeting.of(
      acts.map((act, place) => () => sequence.send(act.person, 'sendRequestEvent', inputOf(act, more), place === 0 ? 0 : 1)),
    );
    replies.forEach((reply, index) => judge(sequence, acts[index]!, reply, 'race'));
    const accepted = replies.filter(({ __typename: type }) => type === 'Request');
    await sequence.changed(accepted.length > 0 ? request : undefined);
    const grown = sequence.look.requests.get(request.id)!.version - request.version;
    if (grown < accepted.length)
      throw new Error(`${String(accepted.length)} were accepted, the version grew by ${String(grown)}.`);
    if (this.expecting && accepted.length > 1) throw new Error('Both were accepted at the same version.');
    if (new Set(accepted.map(({ version }) => version)).size !== accepted.length) throw new Error('Both were given one version.');
  }

  toString = () => `Race(${JSON.stringify(this.first)}, ${JSON.stringify(this.second)}${this.expecting ? ', expecting' : ''})`;
}

/** Whoever is awaited acts, a few times in a row: the way to states that lie deep, which chance alone rarely finds. */
export class DriveCommand implements Command {
  constructor(
    readonly steps: number,
    readonly request: number,
    readonly payload: number,
    /** Where nobody is awaited, time itself is: on to the next deadline. */
    readonly through: boolean,
  ) {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    const choice: Choice = { wish: 'next', request: this.request, who: 0, what: 0, payload: this.payload };
    const { id } = requestOf(sequence, choice);
    for (let step = 0; step < this.steps; step += 1) {
      const now = sequence.look.requests.get(id)!;
      const act = now.done ? undefined : chosen(sequence, choice, now);
      if (act) {
        const reply = await sequence.send(act.person, 'sendRequestEvent', inputOf(act));
        judge(sequence, act, reply, 'drive');
        judgeOffered(act, reply);
        await sequence.settled(reply, act.request);
      } else if (this.through && !now.done) await new ClockCommand('deadline').run(_model, sequence);
      else return;
    }
  }

  toString = () =>
    `Drive(${String(this.steps)}, ${String(this.request)}, ${String(this.payload)}${this.through ? ', through' : ''})`;
}
