import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from '../../workflows/join/index.js';
import {
  advance,
  AFTER_HOLD,
  availableActions,
  explain,
  keptOf,
  migrateMachine,
  type Accepted,
} from '../../workflows/kernel/index.js';
import { joinV2 } from '../../workflows/join/index.js';
import type { Instance } from './join-fixtures.js';
import {
  broadcaster,
  coolingOff,
  drafting,
  input,
  owner,
  settlement,
  signing,
  START,
  support,
  system,
  uuid,
} from './join-fixtures.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const otherAgent = { id: uuid(7), authorities: ['SUPPORT'] };
const plus = (ms: number, from = START) => new Date(Date.parse(from) + ms).toISOString();
const because = { reasonCode: 'OTHER' };
const hold = (instance: Instance, at?: string) => instance.send('HOLD_REQUEST', support, { reasonCode: 'INVESTIGATION' }, at);
const dues = (instance: Instance) => instance.timers.map(({ dueAt }) => dueAt);

describe('A hold', () => {
  it('stops the clocks, and they go on with what was left', () => {
    const instance = drafting();
    const [due] = dues(instance);
    const left = Date.parse(due!) - Date.parse(START);
    expect(hold(instance, plus(DAY))).toMatchObject({ ok: true, state: 'drafting', armed: [] });
    expect(instance.timers).toEqual([]);
    expect(keptOf(instance.snapshot).held).toMatchObject({ since: plus(DAY), reasonCode: 'INVESTIGATION', by: support.id });
    expect(instance.send('RESUME_REQUEST', support, because, plus(11 * DAY))).toMatchObject({ ok: true, state: 'drafting' });
    expect(dues(instance)).toEqual([plus(left + 10 * DAY)]);
    expect(keptOf(instance.snapshot).held).toBeUndefined();
  });

  it('lets some events pass and keeps the others waiting', () => {
    const instance = signing();
    hold(instance);
    expect(instance.sign(broadcaster)).toMatchObject({ ok: false, code: 'HELD', reasons: [{ code: 'HELD' }] });
    expect(instance.send('WITHDRAW_REQUEST', broadcaster)).toMatchObject({ ok: true, state: 'withdrawn', done: true });
    expect(instance.snapshot).toMatchObject({ timers: {} });
    expect(instance.snapshot).not.toHaveProperty('kernel');
  });

  it('holds nothing twice, resumes nothing that runs, and is for support alone', () => {
    const instance = drafting();
    expect(instance.send('RESUME_REQUEST', support, because)).toMatchObject({
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'NOT_HELD' }],
    });
    hold(instance);
    expect(hold(instance)).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'ALREADY_HELD' }] });
    expect(instance.send('RESUME_REQUEST', owner, because)).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(instance.send('HOLD_REQUEST', support, {})).toMatchObject({ ok: false, code: 'INVALID_INPUT' });
  });

  it('asks at its end whether another reason stands, and goes on for that one as if it had never ended', () => {
    const instance = drafting();
    hold(instance, plus(DAY));
    const stopped = keptOf(instance.snapshot).held!.timers;
    const resumed = instance.send('RESUME_REQUEST', support, because, plus(3 * DAY));
    expect(resumed).toMatchObject({ ok: true, effects: [{ type: AFTER_HOLD, params: {} }] });
    const event = { type: 'HOLD_REQUEST', reasonCode: 'BAN', at: plus(3 * DAY), actor: system };
    const again = advance(join, instance.snapshot, event, 'effect') as Accepted;
    const held = keptOf(again.snapshot).held!;
    expect(held).toMatchObject({ since: plus(3 * DAY), reasonCode: 'BAN', by: system.id });
    expect(Object.values(held.timers).map(({ leftMs }) => leftMs)).toEqual(Object.values(stopped).map(({ leftMs }) => leftMs));
    expect(again.cancelled).toEqual(instance.timers.map(({ name }) => name));
    expect(advance(join, again.snapshot, event, 'effect')).toMatchObject({ ok: false, reasons: [{ code: 'ALREADY_HELD' }] });
    expect(advance(join, instance.snapshot, { ...event, reasonCode: 'NONE' }, 'effect')).toMatchObject({ code: 'INVALID_INPUT' });
    // Only an effect needs no authority for it, and only for a hold.
    expect(advance(join, instance.snapshot, event, 'outside')).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(advance(join, again.snapshot, { ...event, type: 'RESUME_REQUEST' }, 'effect')).toMatchObject({
      code: 'UNKNOWN_EVENT',
    });
  });

  it('is told to who asks, and offers only what passes', () => {
    const instance = drafting();
    hold(instance);
    expect(explain(join, instance.snapshot, []).text).toContain('On hold since 2026-03-02 19:00 (Asia/Tokyo)');
    const allowed = availableActions(join, instance.snapshot, owner, START, []).filter((action) => action.allowed);
    expect(allowed.map(({ event }) => event)).toEqual(['DECLINE_REQUEST']);
  });

  it('shortens and lengthens no deadline, however often it is repeated', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2 * DAY), fc.nat(30 * DAY)), { maxLength: 6 }), (holds) => {
        const instance = drafting();
        let expected = Date.parse(dues(instance)[0]!);
        let now = Date.parse(START);
        for (const [runs, held] of holds) {
          if (now + runs >= expected) break;
          hold(instance, new Date((now += runs)).toISOString());
          instance.send('RESUME_REQUEST', support, because, new Date((now += held)).toISOString());
          expected += held;
        }
        expect(dues(instance)).toEqual([new Date(expected).toISOString()]);
      }),
      { numRuns: 200, seed: 2026 },
    );
  });

  it('keeps what would begin to run during it with its whole length', () => {
    const instance = coolingOff();
    hold(instance, plus(HOUR));
    // Forced back into drafting during the hold: the response clock does not run, and has all its days afterwards.
    instance.send('PROPOSE_FORCE', support, { state: 'drafting', ...because }, plus(2 * HOUR));
    instance.send('APPROVE_FORCE', otherAgent, because, plus(3 * HOUR));
    expect(instance.state).toBe('drafting');
    expect(instance.timers).toEqual([]);
    const [stopped] = Object.values(keptOf(instance.snapshot).held!.timers);
    instance.send('RESUME_REQUEST', support, because, plus(40 * DAY));
    expect(dues(instance)).toEqual([plus(40 * DAY + stopped!.leftMs)]);
  });
});

describe('Extending a deadline', () => {
  const extend = (instance: Instance, deadline: string, until: string) =>
    instance.send('EXTEND_DEADLINE', support, { deadline, until, ...because });

  it('moves the clock that was named, and nothing else', () => {
    const instance = drafting();
    expect(extend(instance, 'response', plus(30 * DAY))).toMatchObject({ ok: true, state: 'drafting' });
    expect(dues(instance)).toEqual([plus(30 * DAY)]);
    expect(instance.fire('response')).toMatchObject({ ok: true, state: 'expired' });
  });

  it.each([
    ['a clock that does not run', 'signatureWindow', plus(30 * DAY), 'UNKNOWN_DEADLINE'],
    ['an earlier instant', 'response', plus(HOUR), 'NOT_LATER'],
    ['more than a year', 'response', plus(400 * DAY), 'TOO_LATE'],
  ])('refuses %s', (_what, deadline, until, code) => {
    expect(extend(drafting(), deadline, until)).toMatchObject({ ok: false, code: 'NOT_ALLOWED', reasons: [{ code }] });
  });
});

describe('A forced transition', () => {
  const propose = (instance: Instance, state: string) => instance.send('PROPOSE_FORCE', support, { state, ...because });

  it('needs a second agent, and then runs the exits and entries of any other', () => {
    const instance = settlement();
    expect(propose(instance, 'drafting')).toMatchObject({ ok: true, state: 'settlement' });
    expect(instance.send('APPROVE_FORCE', support, because)).toMatchObject({
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'SECOND_AGENT' }],
    });
    expect(instance.send('APPROVE_FORCE', otherAgent, because)).toMatchObject({
      ok: true,
      state: 'drafting',
      effects: [{ type: 'notifyParties' }],
    });
    expect(instance.timers.map(({ name }) => name)).toEqual(['xstate.after.response.JOIN.drafting']);
    expect(keptOf(instance.snapshot).force).toBeUndefined();
  });

  it('leads only where the kind allows, and never past the signatures', () => {
    for (const state of ['settlement', 'completed', 'coolingOff', 'switching', 'nowhere'])
      expect(propose(signing(), state)).toMatchObject({
        code: 'NOT_ALLOWED',
        reasons: [{ code: 'NOT_FORCIBLE', field: 'state' }],
      });
  });

  it('can be rejected, and is proposed one at a time', () => {
    const instance = signing();
    propose(instance, 'expired');
    expect(propose(instance, 'declined')).toMatchObject({ reasons: [{ code: 'FORCE_PROPOSED' }] });
    expect(instance.send('REJECT_FORCE', support, because)).toMatchObject({ ok: true, state: 'signing' });
    expect(instance.send('APPROVE_FORCE', otherAgent, because)).toMatchObject({ reasons: [{ code: 'NO_FORCE_PROPOSED' }] });
  });
});

describe('Moving to another policy version', () => {
  const migrator = { id: uuid(8), authorities: ['POLICY'] };
  const migrate = (instance: Instance, change: object, at?: string) =>
    instance.send(
      'MIGRATE_POLICY',
      migrator,
      { policyVersionId: uuid(77), policy: { ...input.policy, ...change }, ...because },
      at,
    );

  it('gives a running clock the length that it would have had', () => {
    const instance = drafting();
    migrate(instance, { guildResponseDays: 9 }, plus(DAY));
    expect(dues(instance)).toEqual(dues(drafting({ policy: { ...input.policy, guildResponseDays: 9 } })));
  });

  it('never moves a clock into the past, nor one that somebody has extended', () => {
    const late = drafting();
    migrate(late, { guildResponseDays: 1 }, plus(3 * DAY));
    expect(dues(late)).toEqual([plus(3 * DAY)]);
    const extended = drafting();
    extended.send('EXTEND_DEADLINE', support, { deadline: 'response', until: plus(30 * DAY), ...because });
    migrate(extended, { guildResponseDays: 9 });
    expect(dues(extended)).toEqual([plus(30 * DAY)]);
  });

  it('changes what is left during a hold', () => {
    const instance = drafting();
    hold(instance, plus(DAY));
    migrate(instance, { guildResponseDays: 9 }, plus(2 * DAY));
    instance.send('RESUME_REQUEST', support, because, plus(3 * DAY));
    const asIfAlways = Date.parse(dues(drafting({ policy: { ...input.policy, guildResponseDays: 9 } }))[0]!);
    expect(dues(instance)).toEqual([new Date(asIfAlways + 2 * DAY).toISOString()]);
  });

  it('is refused to others, and with parameters that do not fit', () => {
    const instance = drafting();
    expect(migrate(instance, { guildResponseDays: -1 })).toMatchObject({
      code: 'NOT_ALLOWED',
      reasons: [{ field: 'policy.guildResponseDays' }],
    });
    const payload = { policyVersionId: uuid(77), policy: input.policy, ...because };
    expect(instance.send('MIGRATE_POLICY', owner, payload)).toMatchObject({ ok: false, code: 'FORBIDDEN' });
  });
});

describe('Moving to another machine version', () => {
  it('keeps the state, the terms, the signatures and the running clock to the millisecond', () => {
    const instance = signing();
    instance.sign(broadcaster);
    const before = instance.snapshot as { context: object; timers: object };
    const moved = migrateMachine(join, joinV2, instance.snapshot, plus(DAY)) as Accepted;
    expect(moved).toMatchObject({ ok: true, state: 'signing', armed: [], cancelled: [] });
    expect(moved.snapshot).toMatchObject({
      timers: before.timers,
      context: { terms: (before.context as { terms: object }).terms },
    });
    const sha256 = (before.context as { agreement: { sha256: string } }).agreement.sha256;
    const signed = advance(
      joinV2,
      moved.snapshot,
      { type: 'SIGN_AGREEMENT', version: 1, sha256, at: plus(DAY), actor: owner },
      'outside',
    );
    expect(signed).toMatchObject({ ok: true, state: 'coolingOff' });
  });

  it('keeps a hold', () => {
    const instance = drafting();
    hold(instance, plus(HOUR));
    const moved = migrateMachine(join, joinV2, instance.snapshot, plus(DAY)) as Accepted;
    expect(keptOf(moved.snapshot).held).toEqual(keptOf(instance.snapshot).held);
    const resumed = advance(
      joinV2,
      moved.snapshot,
      { type: 'RESUME_REQUEST', at: plus(2 * DAY), actor: support, ...because },
      'outside',
    );
    expect(resumed).toMatchObject({ ok: true, state: 'drafting', armed: [{ name: 'xstate.after.response.JOIN.drafting' }] });
  });

  it.each([
    ['a state that has to stay', () => settlement(), 'STAYS'],
    ['an ended request', () => ended(), 'FINAL'],
  ])('refuses %s', (_what, make, code) => {
    expect(migrateMachine(join, joinV2, make().snapshot, plus(DAY))).toMatchObject({ ok: false, reasons: [{ code }] });
  });

  it('does not go back', () => {
    expect(migrateMachine(joinV2, join, drafting().snapshot, START)).toMatchObject({ reasons: [{ code: 'NO_MIGRATION' }] });
  });
});

function ended(): Instance {
  const instance = drafting();
  instance.send('WITHDRAW_REQUEST', broadcaster);
  return instance;
}

it('A timer of the system is no intervention: the names of interventions are nobody else’s', () => {
  expect(advance(join, drafting().snapshot, { type: 'HOLD_REQUEST', at: START, actor: system }, 'link')).toMatchObject({
    ok: false,
    code: 'UNKNOWN_EVENT',
  });
});
