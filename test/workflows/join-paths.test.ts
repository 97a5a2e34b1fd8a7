import { describe, expect, it } from '@jest/globals';
import {
  getInitialMicrosteps,
  getMicrosteps,
  getNextTransitions,
  initialTransition,
  transition,
  type AnyMachineSnapshot,
} from 'xstate';
import { getShortestPaths, getSimplePaths } from 'xstate/graph';
import { advance, arrowsOf, begin, type Actor, type Json } from '../../workflows/kernel/index.js';
import { join } from '../../workflows/join/index.js';
import { broadcaster, input, otherTerms, owner, sha, START, support, system, terms, uuid } from './join-fixtures.js';

const { machine } = join;
const given = { ...input, policy: { ...input.policy, maxDraftRounds: 2 } };
const ineligible = { ...given, eligibilityFailures: [{ code: 'LOCKED', message: 'Locked.' }] };
const arrow = (source: string, event: string, target: string) => `${source} --${event}--> ${target}`;

interface SentEvent {
  readonly type: string;
  readonly at: string;
  readonly actor: Actor;
}

/** Every event with a payload that fits the state, from each who could send it; and the clock. */
function eventsIn(snapshot: AnyMachineSnapshot): SentEvent[] {
  const { version } = snapshot.context as { version: number };
  const reasons = [{ code: 'REFUSED', message: 'Refused.' }];
  const by = (actors: readonly Actor[], type: string, payload: object = {}): SentEvent[] =>
    actors.map((actor) => ({ type, at: START, actor, ...payload }));
  const either = [broadcaster, owner];
  const all = [
    ...by(either, 'PROPOSE_TERMS', { terms: version % 2 === 1 ? otherTerms : terms }),
    ...by(either, 'ACCEPT_TERMS', { version }),
    ...by(either, 'SIGN_AGREEMENT', { version, sha256: sha(version) }),
    ...by(either, 'REVOKE_SIGNATURE'),
    ...by(either, 'DECLINE_REQUEST', { reasonCode: 'TERMS' }),
    ...by(either, 'WITHDRAW_REQUEST'),
    ...by([support], 'VOID_REQUEST', { reasonCode: 'FRAUD' }),
    ...by([system], 'AGREEMENT_RENDERED', { version, sha256: sha(version), agreementId: uuid(1) }),
    ...by([system], 'RENDERING_REFUSED', { reasons }),
    ...by([system], 'SWITCHED', { membershipId: uuid(2) }),
    ...by([system], 'SWITCH_REFUSED', { reasons }),
  ];
  const next = [...new Set(getNextTransitions(snapshot).map(({ eventType }) => String(eventType)))];
  const timers = next.filter((type) => type.startsWith('xstate.after.')).flatMap((type) => by([system], type));
  return [...all.filter(({ type }) => next.includes(type)), ...timers];
}

const options = {
  input: { ...given, at: START } as never,
  events: (snapshot: AnyMachineSnapshot) => eventsIn(snapshot) as never,
  serializeState: (snapshot: AnyMachineSnapshot) => JSON.stringify([snapshot.value, snapshot.context]) as never,
};

/** The arrows of a chain of microsteps: the first by the event, the others by the machine itself. */
const walked = (values: string[], event: string) =>
  values.slice(1).map((to, i) => arrow(values[i] ?? '', i === 0 ? event : '', to));

describe('Every path of JOIN', () => {
  const reached = getShortestPaths(machine, options).map(({ state }) => state as AnyMachineSnapshot);
  const simple = getSimplePaths(machine, {
    ...options,
    toState: (snapshot: AnyMachineSnapshot) => snapshot.status === 'done',
  }).map((path) => ({
    state: path.state as AnyMachineSnapshot,
    events: path.steps.slice(1).map(({ event }) => event as SentEvent),
  }));

  it('reaches every state', () => {
    const [start] = getInitialMicrosteps(machine, { ...given, at: START }) as unknown as [AnyMachineSnapshot][];
    const states = new Set(['eligibility', ...reached.map(({ value }) => String(value)), String(start?.[0].value)]);
    expect([...states].sort()).toEqual(Object.keys(machine.states).sort());
  });

  it('takes every arrow of the machine', () => {
    const taken = new Set<string>();
    for (const start of [given, ineligible]) {
      const [first] = initialTransition(machine, { ...start, at: START });
      taken.add(arrow('eligibility', '', String(first.value)));
    }
    // Shortest paths end in every state with every context; from each of them, everything that is open.
    for (const state of reached) {
      for (const event of eventsIn(state).filter((each) => state.can(each as never))) {
        const microsteps = getMicrosteps(machine, state as never, event as never) as unknown as [AnyMachineSnapshot][];
        const values = [state, ...microsteps.map(([after]) => after)].map(({ value }) => String(value));
        for (const each of walked(values, event.type)) taken.add(each);
      }
    }
    const drawn = arrowsOf(join).map(({ source, event, target }) => arrow(source, event, target ?? source));
    expect(drawn.filter((each) => !taken.has(each))).toEqual([]);
    expect(drawn.length).toBe(25);
  });

  it('goes the same way through the kernel, step for step', () => {
    expect(simple.length).toBeGreaterThan(50);
    for (const { events, state } of simple) {
      let current = begin(join, given, START);
      for (const event of events) {
        if (!current.ok) throw new Error(current.code);
        const by = join.events[event.type]?.by;
        current = advance(
          join,
          current.snapshot,
          event as never,
          by === undefined ? 'timer' : by.length > 0 ? 'outside' : 'effect',
        );
      }
      expect(current).toMatchObject({ ok: true, state: String(state.value), done: true });
    }
  });

  it('ends for good: nothing moves a final state, not even the clock', () => {
    const everything = [...Object.keys(join.events), ...new Set(arrowsOf(join).map(({ event }) => event))];
    for (const { state } of simple) {
      const stored = machine.getPersistedSnapshot(state as never) as unknown as Json;
      for (const type of everything) {
        expect(transition(machine, state as never, { type, at: START, actor: support })[0]).toMatchObject({
          value: String(state.value),
        });
        expect(advance(join, stored, { type, at: START, actor: support }, 'timer')).toMatchObject({ ok: false, code: 'FINAL' });
      }
    }
  });
});
