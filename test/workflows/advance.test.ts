import { describe, expect, it } from '@jest/globals';
import { assign } from 'xstate';
import { advance, begin, NEVER, SYSTEM_ACTOR, type Accepted, type Source } from '../../workflows/kernel/index.js';
import { toyDefinition, toyInput, toyKind } from '../support/toy-kind.js';
import { T0, user } from './toy.js';

const started = (given: object = toyInput, definition = toyKind) => begin(definition, given, T0) as Accepted;
const step = (from: Accepted, type: string, payload: object = {}, source: Source = 'outside', actor = user) =>
  advance(toyKind, from.snapshot, { ...payload, type, at: T0, actor }, source);
const TIMER = 'xstate.after.patience.TOY.counting';

describe('A step', () => {
  it('says what is to be stored, armed, taken down and carried out', () => {
    const first = started();
    expect(first).toMatchObject({
      state: 'counting',
      done: false,
      armed: [{ name: TIMER, dueAt: '2026-01-01T01:00:00.000Z' }],
      cancelled: [],
      effects: [],
    });
    expect(step(first, 'STEP', { by: 3 })).toMatchObject({
      state: 'counting',
      armed: [],
      cancelled: [],
      effects: [{ type: 'tell', params: { count: 3 } }],
    });
    expect(step(first, 'PAUSE')).toMatchObject({ state: 'paused', armed: [], cancelled: [TIMER] });
    expect(step(first, TIMER, {}, 'timer', SYSTEM_ACTOR)).toMatchObject({ state: 'expired', done: true });
  });

  it('refuses with the code of the first thing that is wrong', () => {
    const first = started({ ...toyInput, limit: 2 });
    expect(step(first, 'DANCE')).toMatchObject({ ok: false, code: 'UNKNOWN_EVENT' });
    expect(step(first, 'toString')).toMatchObject({ ok: false, code: 'UNKNOWN_EVENT' });
    expect(step(first, TIMER)).toMatchObject({ ok: false, code: 'UNKNOWN_EVENT' });
    expect(step(first, 'RECORDED', { recordId: user.id })).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(step(first, 'RESUME')).toMatchObject({ ok: false, code: 'WRONG_STATE' });
    expect(step(first, 'STEP', { by: 'x' })).toMatchObject({ ok: false, code: 'INVALID_INPUT', reasons: [{ field: 'by' }] });
    expect(step(first, 'STEP', { by: 1, note: 'x' })).toMatchObject({ ok: false, code: 'INVALID_INPUT' });
    expect(step(first, 'STEP', { by: 3 })).toMatchObject({
      ok: false,
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'LIMIT_REACHED' }],
    });
    expect(step(step(first, 'FINISH') as Accepted, 'STEP')).toMatchObject({ ok: false, code: 'FINAL' });
  });

  it('takes the answer of an effect from nobody but the effect', () => {
    const recording = step(step(started(), 'STEP') as Accepted, 'RECORD') as Accepted;
    expect(recording.effects).toEqual([{ type: 'record', params: { count: 1 } }]);
    expect(step(recording, 'RECORDED', { recordId: user.id }, 'outside')).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(step(recording, 'RECORDED', { recordId: user.id }, 'effect', SYSTEM_ACTOR)).toMatchObject({
      ok: true,
      state: 'counting',
    });
    expect(step(recording, 'RECORD_REFUSED', { reasons: [] }, 'effect', SYSTEM_ACTOR)).toMatchObject({
      ok: true,
      state: 'counting',
    });
  });

  it('computes a timer from what entry and transition have just written', () => {
    const definition = toyDefinition({
      states: {
        slow: {
          meta: { title: 'Slow', description: 'Slow.' },
          entry: assign({ patienceMs: 7_200_000 }),
          after: { patience: 'counting' },
        },
      },
      initial: 'slow',
    });
    expect(started(toyInput, definition).armed[0]?.dueAt).toBe('2026-01-01T02:00:00.000Z');
  });

  it('does not arm a clock that the instance does not have', () => {
    const definition = toyDefinition({
      states: { slow: { meta: {}, entry: assign({ patienceMs: NEVER }), after: { patience: 'counting' } } },
      initial: 'slow',
    });
    expect(started(toyInput, definition)).toMatchObject({ armed: [], snapshot: { timers: {} } });
  });

  it.each([NaN, -1, Infinity])('refuses to arm a timer with the delay %p', (patienceMs) => {
    const definition = toyDefinition({
      states: { slow: { meta: {}, entry: assign({ patienceMs }), after: { patience: 'counting' } } },
      initial: 'slow',
    });
    expect(() => begin(definition, toyInput, T0)).toThrow(`has the delay ${String(patienceMs)}`);
  });

  it('throws rather than fire at once when a delay comes out undefined', () => {
    const definition = toyDefinition({
      states: { slow: { meta: {}, entry: assign({ patienceMs: undefined as never }), after: { patience: 'counting' } } },
      initial: 'slow',
    });
    expect(() => begin(definition, toyInput, T0)).toThrow('has the delay undefined');
  });

  it('throws when the stored state is none of the machine: a failed deployment is not a refusal', () => {
    const { snapshot } = started();
    expect(() =>
      advance(toyKind, { ...(snapshot as object), value: 'gone' }, { type: 'STEP', at: T0, actor: user }, 'outside'),
    ).toThrow();
  });

  it('leaves the stored snapshot as it was', () => {
    const first = started();
    const before = JSON.stringify(first.snapshot);
    step(first, 'STEP', { by: 5 });
    expect(JSON.stringify(first.snapshot)).toBe(before);
  });
});
