import { describe as suite, expect, it } from '@jest/globals';
import {
  availableActions,
  begin,
  bootProblems,
  deadlines,
  describe,
  diagram,
  explain,
  type Accepted,
} from '../../workflows/kernel/index.js';
import { join } from '../../workflows/join/index.js';
import { toyDefinition, toyInput } from '../support/toy-kind.js';
import {
  both,
  broadcaster,
  coolingOff,
  drafting,
  finance,
  Instance,
  owner,
  settlement,
  signing,
  support,
} from './join-fixtures.js';
import { T0, toyWithNapping, user } from './toy.js';

suite('A state that was just added to a machine', () => {
  const toy = toyWithNapping();
  const { snapshot, armed } = begin(toy, toyInput, T0) as Accepted;

  it('describes itself', () => {
    expect(bootProblems(toy)).toEqual([]);
    expect(describe(toy, snapshot)).toEqual({
      state: 'napping',
      phase: 'rest',
      title: 'Napping',
      description: 'The counter has lain down.',
      awaits: ['USER'],
    });
  });

  it('has its deadline with the state that the machine goes to', () => {
    expect(deadlines(toy, snapshot, armed)).toEqual([
      {
        name: 'patience',
        title: 'Patience is over',
        dueAt: '2026-01-01T01:00:00.000Z',
        leadsTo: 'paused',
        leadsToTitle: 'Paused',
        silence: 'Patience is over at 2026-01-01 01:00 (UTC); the request then goes to “Paused”.',
        moves: true,
      },
    ]);
  });

  it('offers what its guards allow, and says why for the rest', () => {
    expect(availableActions(toy, snapshot, user, T0, armed)).toMatchObject([
      {
        event: 'RESUME',
        title: 'Go on',
        allowed: true,
        reasons: [],
        awaited: true,
        deadline: '2026-01-01T01:00:00.000Z',
        input: { type: 'object' },
      },
      { event: 'RECORD', allowed: false, reasons: [{ code: 'NOTHING_COUNTED' }], awaited: false },
      { event: 'FINISH', allowed: true, awaited: false },
    ]);
    expect(availableActions(toy, snapshot, support, T0, armed).map(({ event }) => event)).toEqual(['FINISH']);
  });

  it('explains who acts, by when, and what silence does', () => {
    expect(explain(toy, snapshot, armed)).toEqual({
      text:
        'Napping: The counter has lain down. Waiting for the user (Go on). ' +
        'Without an answer: Patience is over at 2026-01-01 01:00 (UTC); the request then goes to “Paused”.',
      awaits: ['USER'],
      by: '2026-01-01T01:00:00.000Z',
      silence: 'Patience is over at 2026-01-01 01:00 (UTC); the request then goes to “Paused”.',
    });
  });

  it('is in the diagram', () => {
    const added = diagram(toy)
      .split('\n')
      .filter((line) => line.includes('napping'));
    expect(added).toEqual([
      '  state "Napping" as napping',
      '  [*] --> napping',
      '  napping --> counting: RESUME',
      '  napping --> recording: RECORD [hasCounted]',
      '  napping --> finished: FINISH',
      '  napping --> paused: after patience',
    ]);
    expect(diagram(toyDefinition())).not.toContain('napping');
  });
});

suite('A request that is asked about itself', () => {
  const actions = (instance: Instance, actor: typeof owner) =>
    availableActions(join, instance.snapshot, actor, instance.at, instance.timers);
  const allowed = (instance: Instance, actor: typeof owner) =>
    actions(instance, actor)
      .filter((action) => action.allowed)
      .map(({ event }) => event);
  const waitedFor = (instance: Instance, actor: typeof owner) =>
    actions(instance, actor)
      .filter((action) => action.awaited)
      .map(({ event }) => event);

  it('waits for the party that has to answer', () => {
    expect(describe(join, drafting().snapshot)).toMatchObject({ state: 'drafting', phase: 'drafting', awaits: ['GUILD'] });
    expect(waitedFor(drafting(), owner)).toEqual(['ACCEPT_TERMS', 'PROPOSE_TERMS']);
    expect(waitedFor(drafting(), broadcaster)).toEqual([]);
    expect(allowed(drafting(), broadcaster)).toEqual(['WITHDRAW_REQUEST']);
    expect(allowed(drafting(), support)).toEqual(['VOID_REQUEST', 'HOLD_REQUEST', 'EXTEND_DEADLINE', 'PROPOSE_FORCE']);
    expect(actions(drafting(), finance)).toEqual([]);
  });

  it('gives for a refused act the reason that sending it would give', () => {
    const instance = drafting();
    for (const { event, reasons } of actions(instance, broadcaster).filter((action) => !action.allowed)) {
      expect(
        instance.send(
          event,
          broadcaster,
          { ACCEPT_TERMS: { version: 1 }, DECLINE_REQUEST: { reasonCode: 'TERMS' } }[event] ?? {
            terms: { guildSharePercent: 1, termMonths: 6 },
          },
        ),
      ).toMatchObject({ ok: false, reasons });
    }
  });

  it('offers a person on both sides whatever either side can do', () => {
    expect(allowed(drafting(), both)).toEqual(['ACCEPT_TERMS', 'PROPOSE_TERMS', 'DECLINE_REQUEST', 'WITHDRAW_REQUEST']);
  });

  it('waits only for the signature that is missing', () => {
    const instance = signing();
    instance.sign(broadcaster);
    expect(waitedFor(instance, broadcaster)).toEqual([]);
    expect(waitedFor(instance, owner)).toEqual(['SIGN_AGREEMENT']);
    expect(explain(join, instance.snapshot, instance.timers)).toEqual({
      text:
        'Signing: The terms are agreed; each party signs the same text. Waiting for the guild (Sign the agreement). ' +
        'Without an answer: The time to sign is over at 2026-03-10 00:00 (Asia/Tokyo); the request then goes to “Expired”.',
      awaits: ['GUILD'],
      by: '2026-03-09T15:00:00.000Z',
      silence: 'The time to sign is over at 2026-03-10 00:00 (Asia/Tokyo); the request then goes to “Expired”.',
    });
  });

  it('says that nobody has to act while only the clock runs', () => {
    const { text } = explain(join, coolingOff().snapshot, coolingOff().timers);
    expect(text).toContain(
      'Nobody has to act. The cooling-off period is over at 2026-03-11 00:00 (Asia/Tokyo); the request then goes to “Settlement”.',
    );
    expect(deadlines(join, settlement().snapshot, settlement().timers)).toMatchObject([
      { name: 'switchAt', leadsTo: 'switching' },
    ]);
  });

  it('says why it was rejected, and offers nothing more', () => {
    const instance = new Instance({ eligibilityFailures: [{ code: 'LOCKED', message: 'There is a lock.' }] });
    expect(explain(join, instance.snapshot, [])).toEqual({
      text: 'Rejected: The request cannot be carried out. There is a lock.',
      awaits: [],
      by: null,
      silence: null,
    });
    expect(actions(instance, support)).toEqual([]);
  });

  it('leaves out timers that are none of its state', () => {
    expect(deadlines(join, drafting().snapshot, [{ name: 'xstate.after.switchAt.JOIN.settlement', dueAt: T0 }])).toEqual([]);
  });

  it('leaves out an act that the rules refuse today', () => {
    const last = drafting({ policy: { ...(drafting().context['policy'] as never as object), maxDraftRounds: 1 } as never });
    expect(explain(join, last.snapshot, []).text).toContain('Waiting for the guild (Accept the terms).');
  });
});
