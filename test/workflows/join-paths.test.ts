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
import { advance, arrowsOf, begin, type Json } from '../../workflows/kernel/index.js';
import { join } from '../../workflows/join/index.js';
import { broadcaster, input, otherTerms, owner, sha, START, support, system, terms, uuid } from './join-fixtures.js';

const { machine } = join;
const given = { ...input, policy: { ...input.policy, maxDraftRounds: 2 } };
const ineligible = { ...given, eligibilityFailures: [{ code: 'LOCKED', message: 'Locked.' }] };
const arrow = (source: string, event: string, target: string) => `${source} --${event}--> ${target}`;

/** Every event with a payload that fits the state, from each who could send it; and the clock. */
function eventsIn(snapshot: AnyMachineSnapshot): { type: string }[] {
  const { version } = snapshot.context as { version: number };
  const reasons = [{ code: 'REFUSED', message: 'Refused.' }];
  const act = (type: string, payload: object = {}) =>
    [broadcaster, owner].map((actor) => ({ type, at: START, actor, ...payload }));
  const all = [
    ...act('PROPOSE_TERMS', { terms: version % 2 === 1 ? otherTerms : terms }),
    ...act('ACCEPT_TERMS', { version }),
    ...act('SIGN_AGREEMENT', { version, sha256: sha(version) }),
    ...act('REVOKE_SIGNATURE'),
    ...act('DECLINE_REQUEST', { reasonCode: 'TERMS' }),
    ...act('WITHDRAW_REQUEST'),
    { type: 'VOID_REQUEST', at: START, actor: support, reasonCode: 'FRAUD' },
    { type: 'AGREEMENT_RENDERED', at: START, actor: system, version, sha256: sha(version), agreementId: uuid(1) },
    { type: 'RENDERING_REFUSED', at: START, actor: system, reasons },
    { type: 'SWITCHED', at: START, actor: system, membershipId: uuid(2) },
    { type: 'SWITCH_REFUSED', at: START, actor: system, reasons },
  ];
  const next = getNextTransitions(snapshot).map(({ eventType }) => eventType);
  const timers = [...new Set(next.filter((type) => type.startsWith('xstate.after.')))].map((type) => ({
    type,
    at: START,
    actor: system,
  }));
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
  const shortest = getShortestPaths(machine, options);
  const simple = getSimplePaths(machine, { ...options, toState: (snapshot: AnyMachineSnapshot) => snapshot.status === 'done' });

  it('reaches every state', () => {
    const resting = new Set([
      ...simple.flatMap((path) => path.steps.map(({ state }) => String(state.value))),
      ...shortest.map(({ state }) => String(state.value)),
      String(getInitialMicrosteps(machine, { ...given, at: START } as never)[0]?.[0].value),
    ]);
    expect([...resting, 'eligibility'].filter((state, i, all) => all.indexOf(state) === i).sort()).toEqual(
      Object.keys(machine.states).sort(),
    );
  });

  it('takes every arrow of the machine', () => {
    const taken = new Set<string>();
    for (const start of [given, ineligible]) {
      const [first] = initialTransition(machine, { ...start, at: START } as never);
      taken.add(arrow('eligibility', '', String(first.value)));
    }
    for (const { steps } of [...shortest, ...simple]) {
      steps.slice(1).forEach(({ event }, i) => {
        const before = steps[i]?.state as AnyMachineSnapshot;
        const values = [
          before,
          ...getMicrosteps(machine, before as never, event as never).map(([after]) => after as AnyMachineSnapshot),
        ];
        for (const each of walked(
          values.map(({ value }) => String(value)),
          event.type,
        ))
          taken.add(each);
      });
    }
    const drawn = arrowsOf(join).map(({ source, event, target }) => arrow(source, event, target ?? source));
    expect(drawn.filter((each) => !taken.has(each))).toEqual([]);
    expect(drawn.length).toBe(27);
  });

  it('goes the same way through the kernel, step for step', () => {
    expect(simple.length).toBeGreaterThan(50);
    for (const { steps, state } of simple) {
      let current = begin(join, given, START);
      for (const { event } of steps.slice(1)) {
        if (!current.ok) throw new Error(current.code);
        const by = join.events[event.type]?.by;
        current = advance(
          join,
          current.snapshot,
          event as never,
          by === undefined ? 'timer' : by.length > 0 ? 'outside' : 'effect',
        );
      }
      expect(current).toMatchObject({ ok: true, state: state.value, done: true });
    }
  });

  it('ends for good: nothing moves a final state, not even the clock', () => {
    const everything = [...Object.keys(join.events), ...new Set(arrowsOf(join).map(({ event }) => event))];
    for (const { state } of simple) {
      const stored = machine.getPersistedSnapshot(state as never) as unknown as Json;
      for (const type of everything) {
        expect(transition(machine, state as never, { type, at: START, actor: support } as never)[0]).toMatchObject({
          value: state.value,
        });
        expect(advance(join, stored, { type, at: START, actor: support }, 'timer')).toMatchObject({ ok: false, code: 'FINAL' });
      }
    }
  });
});
