import { describe, expect, it } from '@jest/globals';
import { assign, cancel, emit, enqueueActions, fromPromise, not, raise, sendTo, spawnChild } from 'xstate';
import { z } from 'zod';
import { bootProblems, type WorkflowDefinition } from '../../workflows/kernel/index.js';
import { currentVersion, definitionOf, registry } from '../../workflows/registry.js';
import { toyDefinition, toyKind } from '../support/toy-kind.js';

const meta = { title: 'Odd', description: 'An odd state.' };
const odd = (state: object) => bootProblems(toyDefinition({ states: { odd: { meta, ...state } } }));
const changed = (definition: Partial<WorkflowDefinition>) => bootProblems(toyDefinition({ definition }));

describe('Boot', () => {
  it.each(registry.map((definition) => [definition.kind, definition] as const))(
    'finds nothing wrong with %s',
    (_kind, definition) => {
      expect(bootProblems(definition)).toEqual([]);
    },
  );

  it('finds nothing wrong with the toy kind, nor with assigns, cancels and delayed raises', () => {
    expect(bootProblems(toyKind)).toEqual([]);
    expect(
      odd({ entry: [assign({ count: 1 }), cancel('x'), raise({ type: 'STEP' }, { delay: 'patience' as never }), 'tell'] }),
    ).toEqual([]);
  });

  const problems: [string, () => string[], string][] = [
    [
      'a delay that does not exist',
      () => odd({ after: { nowhere: 'counting' } }),
      'uses the delay "nowhere", which setup() does not have',
    ],
    ['a delay without a title', () => changed({ delays: {} }), 'uses the delay "patience", which has no title'],
    ['a timer without a name', () => odd({ after: { 1000: 'counting' } }), 'has a timer without a name'],
    [
      'an action that is neither implemented nor an effect',
      () => odd({ entry: 'mystery' }),
      'the action "mystery", which is neither implemented nor an effect',
    ],
    ['an inline action', () => odd({ exit: () => undefined }), 'never runs in a pure step'],
    ['an action of a transition', () => odd({ on: { STEP: { actions: 'mystery' } } }), '"mystery"'],
    ['a raise without a delay', () => odd({ entry: raise({ type: 'STEP' }) }), 'raises an event without a delay'],
    ['a sendTo', () => odd({ entry: sendTo('x', { type: 'STEP' }) }), '"xstate.sendTo"'],
    ['a spawn', () => odd({ entry: spawnChild(fromPromise(() => Promise.resolve())) }), '"xstate.spawnChild"'],
    ['an emit', () => odd({ entry: emit({ type: 'x' }) }), '"xstate.emit"'],
    ['actions that are chosen at run time', () => odd({ entry: enqueueActions(() => undefined) }), '"xstate.enqueueActions"'],
    ['an invoke', () => odd({ invoke: { src: fromPromise(() => Promise.resolve()) } }), 'invokes an actor'],
    ['a state that says nothing of itself', () => odd({ meta: { title: 'Odd' } }), 'has no meta with a title and a description'],
    ['a parallel state', () => odd({ type: 'parallel', states: {} }), 'is parallel'],
    [
      'a state that awaits what it does not take',
      () => odd({ meta: { ...meta, acts: ['STEP'] } }),
      'awaits "STEP" but does not take it',
    ],
    ['a check that does not exist', () => changed({ checks: {} }), 'names the check "isBelowLimit", which does not exist'],
    ['a guard that gives no reasons', () => odd({ on: { STEP: { guard: () => true } } }), 'guards "STEP" without permits(...)'],
    ['a guard that turns reasons round', () => odd({ on: { STEP: { guard: not('permits') } } }), 'without permits(...)'],
    ['a wildcard', () => odd({ on: { '*': 'counting' } }), '"*" is a wildcard'],
    [
      'an event that is not in events',
      () => odd({ on: { SURPRISE: 'counting' } }),
      'event "SURPRISE" is taken by the machine but not in events',
    ],
    [
      'an event that nobody takes',
      () => changed({ events: { ...toyKind.events, IDLE: { title: 'Idle', by: [], input: z.unknown() } } }),
      'event "IDLE" is in events but no state takes it',
    ],
    [
      'a refusal that is no event',
      () => changed({ effects: { ...toyKind.effects, record: { mode: 'transaction', params: z.unknown(), refused: 'NO' } } }),
      'refused by "NO", which is not in events',
    ],
    [
      'a delivery that could be refused',
      () =>
        changed({ effects: { ...toyKind.effects, tell: { mode: 'delivery', params: z.unknown(), refused: 'RECORD_REFUSED' } } }),
      'is a delivery, which cannot be refused',
    ],
    [
      'an effect that XState would carry out',
      () => changed({ effects: { ...toyKind.effects, count: { mode: 'delivery', params: z.unknown() } } }),
      'effect "count" is also implemented',
    ],
    ['a kind in lower case', () => changed({ kind: 'toy' }), 'not written in UPPER_SNAKE'],
    ['a version that is no number', () => changed({ version: 0 }), 'not a whole number from 1'],
    [
      'a machine that may loop for ever',
      () =>
        changed({
          machine: { root: toyKind.machine.root, implementations: toyKind.machine.implementations, options: {} } as never,
        }),
      'maxIterations is not set',
    ],
  ];

  it.each(problems)('refuses %s', (_name, found, message) => {
    expect(found().join('\n')).toContain(message);
  });
});

describe('The registry', () => {
  it('knows each kind by its version, and says so when it does not', () => {
    expect(definitionOf('JOIN', 1)).toBe(registry[0]);
    expect(() => definitionOf('JOIN', 99)).toThrow('No machine is registered for JOIN v99.');
    expect([currentVersion('JOIN'), currentVersion('NONE')]).toEqual([2, undefined]);
  });

  it('has each kind and version once', () => {
    const names = registry.map(({ kind, version }) => `${kind} ${String(version)}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
