import { describe, expect, it } from '@jest/globals';
import { outline, permits, type WorkflowDefinition } from '../../workflows/kernel/index.js';
import { registry } from '../../workflows/registry.js';
import { fileOf, indexPage, workflowPage } from '../../scripts/workflows/page.js';
import { toyDefinition, toyKind } from '../support/toy-kind.js';
import { toyWithNapping } from './toy.js';

const stateIn = (definition: WorkflowDefinition, name: string) =>
  outline(definition).states.find((state) => state.name === name)!;
const word = { title: 'A state', description: 'Of a test.' };

describe('The outline of a machine', () => {
  it('says of a state who may send what, and what a clock leads to', () => {
    expect(stateIn(toyKind, 'counting')).toEqual({
      name: 'counting',
      title: 'Counting',
      description: 'Steps are counted.',
      phase: 'work',
      final: false,
      transient: false,
      awaits: ['USER'],
      acts: [
        act('STEP', 'Count a step', ['USER'], [{ to: 'counting', checks: ['isBelowLimit'] }], true),
        act('RECORD', 'Record the count', ['USER'], [{ to: 'recording', checks: ['hasCounted'] }]),
        act('PAUSE', 'Pause', ['USER'], [{ to: 'paused', checks: [] }]),
        act('FINISH', 'Finish', ['USER', 'SUPPORT'], [{ to: 'finished', checks: [] }]),
      ],
      timers: [{ delay: 'patience', title: 'Patience is over', ways: [{ to: 'expired', checks: [] }] }],
    });
  });

  it('tells a state that is passed through from one in which nobody but another request can act', () => {
    const { states } = outline(
      toyDefinition({
        states: {
          deciding: { meta: word, always: [{ guard: permits('hasCounted'), target: 'counting' }, { target: 'finished' }] },
          waiting: { meta: word, on: { RECORDED: 'counting' } },
          halting: { meta: word, always: { guard: permits('hasCounted'), target: 'finished' }, on: { STEP: {} } },
          timed: {
            meta: word,
            entry: { type: 'record', params: {} },
            on: { RECORDED: 'counting' },
            after: { patience: 'expired' },
          },
        },
      }),
    );
    expect(states.filter(({ transient }) => transient).map(({ name }) => name)).toEqual(['recording', 'deciding']);
  });

  it('gives the arrows of a parent to every state inside, and ends in the state where a parent begins', () => {
    const definition = toyDefinition({
      states: {
        outer: {
          meta: word,
          initial: 'first',
          on: { FINISH: 'finished' },
          states: { first: { meta: word, on: { STEP: 'second' } }, second: { meta: word } },
        },
        before: { meta: word, on: { RESUME: 'outer' } },
      },
    });
    const { states, transitions } = outline(definition);
    expect(states.map(({ name }) => name)).not.toContain('outer');
    expect(transitions.filter(({ from }) => from.startsWith('outer') || from === 'before')).toEqual([
      arrow('outer.first', 'outer.second', 'STEP'),
      arrow('outer.first', 'finished', 'FINISH'),
      arrow('outer.second', 'finished', 'FINISH'),
      arrow('before', 'outer.first', 'RESUME'),
    ]);
  });

  it('names the clock of an arrow, or its event, or neither when the machine takes it by itself', () => {
    const { transitions } = outline(toyKind);
    expect(transitions).toContainEqual({ from: 'counting', to: 'expired', event: null, delay: 'patience', checks: [] });
    expect(transitions).toContainEqual(arrow('recording', 'counting', 'RECORDED'));
  });

  it('marks what passes while held, and lists interventions only where somebody supervises', () => {
    const events = { ...toyKind.events, PAUSE: { ...toyKind.events['PAUSE']!, whileHeld: true } };
    const supervised = toyDefinition({ definition: { events, supervision: { by: ['SUPPORT'], forcible: ['paused'] } } });
    expect(
      stateIn(supervised, 'counting')
        .acts.filter(({ whileHeld }) => whileHeld)
        .map(({ event }) => event),
    ).toEqual(['PAUSE']);
    expect(outline(supervised).interventions).toContainEqual(expect.objectContaining({ name: 'HOLD_REQUEST', by: ['SUPPORT'] }));
    expect(outline(supervised).forcible).toEqual(['paused']);
    expect(outline(toyKind)).toMatchObject({ interventions: [], forcible: [] });
  });

  it('falls back to the kind where a definition has no title, and gives inputs as JSON Schema', () => {
    expect(outline(toyKind)).toMatchObject({ title: 'TOY', description: '' });
    const { input } = outline(toyKind).events.find(({ name }) => name === 'STEP')!;
    expect(input).toMatchObject({ type: 'object', properties: { by: { type: 'integer', minimum: 1, maximum: 1000 } } });
  });

  it.each(registry.map((definition) => [`${definition.kind} v${String(definition.version)}`, definition] as const))(
    'of %s names only states, events and parties that there are, and leaves nobody waiting for nothing',
    (_name, definition) => {
      const { states, transitions, events, parties, initial } = outline(definition);
      const names = new Set(states.map(({ name }) => name));
      const known = new Set(events.map(({ name }) => name));
      expect(names.has(initial)).toBe(true);
      expect(
        transitions.filter(({ from, to, event }) => !names.has(from) || !names.has(to) || (event !== null && !known.has(event))),
      ).toEqual([]);
      const unknown = states.flatMap(({ awaits }) => awaits).filter((party) => !parties.some(({ name }) => name === party));
      expect(unknown).toEqual([]);
      const stuck = states.filter(
        ({ name, final }) => !final && !transitions.some(({ from, to }) => from === name && to !== name),
      );
      expect(stuck).toEqual([]);
    },
  );
});

describe('The pages of the machines', () => {
  it('show who may act, who is awaited, the clock, what silence does and what passes on hold', () => {
    const events = { ...toyKind.events, PAUSE: { ...toyKind.events['PAUSE']!, whileHeld: true } };
    const page = workflowPage(toyDefinition({ definition: { events, title: 'Count | tell', description: 'A toy.' } }));
    expect(page).toContain('# TOY v1: Count | tell');
    const row = page.split('\n').find((line) => line.includes('**Counting**'))!;
    expect(row).toContain('Count a step `STEP`: USER [isBelowLimit]<br>');
    expect(row).toContain('| USER: Count a step |');
    expect(row).toContain('| `patience` → Expired | Patience is over; the request goes to “Expired”. | `PAUSE` |');
    expect(page.split('\n').find((line) => line.includes('**Paused**'))).toContain('Nothing: no clock runs here.');
    expect(page).toContain('no request is ever found there: **Recording** `recording` (The count is being recorded).');
  });

  it('have an index that tells the current version from those that only running instances have', () => {
    const second = { ...toyWithNapping(), version: 2 };
    const index = indexPage([toyKind, second]);
    expect(index).toContain('| [TOY v1](toy-v1.md) (running instances only) |');
    expect(index).toContain('| [TOY v2](toy-v2.md) |');
    expect(fileOf({ kind: 'LEAVE_MUTUAL', version: 3 })).toBe('leave-mutual-v3.md');
  });
});

const arrow = (from: string, to: string, event: string) => ({ from, to, event, delay: null, checks: [] });

function act(event: string, title: string, by: string[], ways: { to: string; checks: string[] }[], moves = false) {
  return { event, title, by, parties: ['USER'], ways, whileHeld: false, moves };
}
