import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advance, begin, type Accepted } from '../../workflows/kernel/index.js';
import { join } from '../../workflows/join/index.js';
import {
  agent,
  both,
  broadcaster,
  coolingOff,
  drafting,
  input,
  Instance,
  otherTerms,
  owner,
  settlement,
  sha,
  signing,
  START,
  support,
  system,
  terms,
} from './join-fixtures.js';

const templates = (instance: Instance) =>
  instance.effects.filter(({ type }) => type === 'notifyParties').map(({ params }) => (params as { template: string }).template);

describe('JOIN', () => {
  it('goes from an application to a membership, telling the parties of every change', () => {
    const instance = coolingOff();
    expect(instance.state).toBe('coolingOff');
    instance.fire('coolingOffEnd');
    instance.fire('switchAt');
    expect(instance.state).toBe('completed');
    expect(instance.timers).toEqual([]);
    expect(templates(instance)).toEqual([
      'TERMS_PROPOSED',
      'AGREEMENT_READY',
      'SIGNATURE_ADDED',
      'SIGNATURE_ADDED',
      'COOLING_OFF_STARTED',
      'SWITCH_SCHEDULED',
      'REQUEST_COMPLETED',
    ]);
    expect(instance.effects.find(({ type }) => type === 'switchMembership')?.params).toEqual({
      broadcasterId: input.broadcasterId,
      guildId: input.guildId,
      startsAt: '2026-03-10T15:00:00.000Z',
      terms,
    });
    for (const { type, params } of instance.effects) expect(join.effects[type]?.params.safeParse(params).success).toBe(true);
  });

  it('goes from an invitation to signing when the broadcaster accepts', () => {
    expect(signing({ initiator: 'GUILD' }).state).toBe('signing');
  });

  it('rejects with every eligibility failure and every broken rule of the policy at once, and tells only who asked', () => {
    const instance = new Instance({
      eligibilityFailures: [{ code: 'TOO_YOUNG', message: 'Too young.' }],
      terms: { guildSharePercent: 99, termMonths: 12 },
    });
    expect(instance.state).toBe('rejected');
    expect(instance.context['reasons']).toMatchObject([{ code: 'TOO_YOUNG' }, { code: 'GUILD_SHARE_TOO_HIGH' }]);
    expect(instance.effects).toEqual([
      { type: 'notifyParties', params: { audience: ['BROADCASTER'], template: 'REQUEST_REJECTED' } },
    ]);
  });

  it('refuses an unknown time zone and terms with unknown fields before anything begins', () => {
    expect(begin(join, { ...input, timeZone: 'Mars/Olympus' }, START)).toMatchObject({
      ok: false,
      code: 'INVALID_INPUT',
      reasons: [{ field: 'timeZone' }],
    });
    expect(begin(join, { ...input, terms: { ...terms, note: 'Ann' } }, START)).toMatchObject({
      ok: false,
      code: 'INVALID_INPUT',
    });
  });

  it('becomes a rejection when the switch or the rendering is refused', () => {
    const refusal = (type: string) => ({ type, reasons: [{ code: 'ALREADY_A_MEMBER', message: 'Still a member.' }] });
    const late = settlement({}, { switchMembership: refusal('SWITCH_REFUSED') });
    late.fire('switchAt');
    expect([late.state, templates(late).at(-1)]).toEqual(['rejected', 'REQUEST_REJECTED']);
    expect(late.effects.at(-1)?.params).toMatchObject({ audience: ['BROADCASTER', 'GUILD'] });
    expect(new Instance({}, { renderAgreement: refusal('RENDERING_REFUSED') }).state).toBe('rejected');
  });
});

describe('Signing', () => {
  it('takes the signatures in either order', () => {
    for (const order of [
      [broadcaster, agent],
      [agent, broadcaster],
    ]) {
      const instance = signing();
      for (const actor of order) instance.sign(actor);
      expect(instance.state).toBe('coolingOff');
    }
  });

  it('loses every signature and starts its window again when the terms change', () => {
    const instance = signing();
    instance.sign(broadcaster);
    const before = instance.timers;
    instance.send('PROPOSE_TERMS', owner, { terms: otherTerms }, '2026-03-04T10:00:00.000Z');
    expect([instance.state, instance.context['signatures'], instance.context['version']]).toEqual([
      'drafting',
      { BROADCASTER: null, GUILD: null },
      2,
    ]);
    instance.accept(broadcaster);
    expect(instance.timers).toHaveLength(1);
    expect(Date.parse(instance.timers[0]?.dueAt ?? '') - Date.parse(before[0]?.dueAt ?? '')).toBe(2 * 86_400_000);
    expect(instance.sign(broadcaster, instance.at, 1)).toMatchObject({
      ok: false,
      code: 'NOT_ALLOWED',
      reasons: [{ code: 'DIFFERENT_AGREEMENT' }, { code: 'OUTDATED_VERSION' }],
    });
    expect(instance.sign(broadcaster)).toMatchObject({ ok: true });
  });

  it('does not restart its window for a signature, and forgets a revoked one', () => {
    const instance = signing();
    const before = instance.timers;
    expect(instance.sign(broadcaster, '2026-03-03T10:00:00.000Z')).toMatchObject({ armed: [], cancelled: [] });
    instance.send('REVOKE_SIGNATURE', broadcaster);
    instance.sign(owner);
    expect([instance.state, instance.timers]).toEqual(['signing', before]);
  });

  it('expires without effect when a signature is missing', () => {
    const instance = signing();
    instance.sign(broadcaster);
    instance.fire('signatureWindow');
    expect(instance.state).toBe('expired');
    expect(instance.context['signatures']).toMatchObject({ BROADCASTER: { by: broadcaster.id } });
    expect(instance.effects.some(({ type }) => type === 'switchMembership')).toBe(false);
  });

  it('lets a person on both sides act only for the side that is named', () => {
    const instance = signing();
    const act = { sha256: sha(1), version: 1 };
    expect(instance.send('SIGN_AGREEMENT', both, act)).toMatchObject({
      ok: false,
      reasons: [{ code: 'AMBIGUOUS_PARTY', field: 'as' }],
    });
    expect(instance.send('SIGN_AGREEMENT', owner, { ...act, as: 'BROADCASTER' })).toMatchObject({
      ok: false,
      reasons: [{ code: 'NOT_YOUR_PARTY' }],
    });
    expect(instance.send('SIGN_AGREEMENT', both, { ...act, as: 'GUILD' })).toMatchObject({ ok: true, state: 'signing' });
    expect(instance.context['signatures']).toMatchObject({ BROADCASTER: null, GUILD: { by: both.id } });
    expect(instance.send('SIGN_AGREEMENT', both, { ...act, as: 'BROADCASTER' })).toMatchObject({ ok: true, state: 'coolingOff' });
  });
});

describe('The clock of JOIN', () => {
  const due = (instance: Instance) => instance.timers.map(({ dueAt }) => dueAt);

  it('gives the guild its own time for an application, and every other proposal the usual one', () => {
    expect(due(drafting())).toEqual(['2026-03-07T15:00:00.000Z']);
    expect(due(drafting({ initiator: 'GUILD' }))).toEqual(['2026-03-09T15:00:00.000Z']);
    const countered = drafting();
    countered.send('PROPOSE_TERMS', owner, { terms: otherTerms });
    expect(due(countered)).toEqual(['2026-03-09T15:00:00.000Z']);
  });

  it('ends the cooling-off with the last day where the broadcaster lives', () => {
    expect(due(coolingOff())).toEqual(['2026-03-10T15:00:00.000Z']);
    expect(due(coolingOff({ timeZone: 'America/New_York' }))).toEqual(['2026-03-11T04:00:00.000Z']);
    expect(due(coolingOff({ policy: { ...input.policy, joinCoolingOffDays: 0 } }))).toEqual([START]);
  });

  it('begins the membership when the cooling-off was promised to end, however late its timer fires', () => {
    const instance = coolingOff();
    const promised = instance.timers[0]?.dueAt;
    instance.fire('coolingOffEnd', '2026-04-20T08:00:00.000Z');
    instance.fire('switchAt', '2026-04-20T08:00:01.000Z');
    expect(instance.state).toBe('completed');
    expect(instance.effects.find(({ type }) => type === 'switchMembership')?.params).toMatchObject({ startsAt: promised });
  });

  it('switches at the chosen time when that is later than the cooling-off, else at once', () => {
    const later = settlement({ terms: { ...terms, startAt: '2026-05-01T00:00:00.000Z' } });
    expect(due(later)).toEqual(['2026-05-01T00:00:00.000Z']);
    expect(due(settlement({ terms: { ...terms, startAt: '2026-03-03T00:00:00.000Z' } }))).toEqual(['2026-03-10T15:00:00.000Z']);
  });

  it('counts from the real time of a timer that fired late', () => {
    const late = coolingOff();
    late.fire('coolingOffEnd', '2026-03-20T00:00:00.000Z');
    expect(due(late)).toEqual(['2026-03-20T00:00:00.000Z']);
  });

  it('changes nothing by a timer whose state has been left', () => {
    const instance = signing();
    const [stale] = instance.timers;
    instance.sign(broadcaster);
    instance.sign(owner);
    const event = { type: stale?.event ?? '', at: stale?.dueAt ?? '', actor: system };
    expect(advance(join, instance.snapshot, event, 'timer')).toMatchObject({ ok: false, code: 'WRONG_STATE' });
  });
});

describe('A stored JOIN', () => {
  const acts = [
    'ACCEPT_TERMS',
    'PROPOSE_TERMS',
    'SIGN_AGREEMENT',
    'REVOKE_SIGNATURE',
    'DECLINE_REQUEST',
    'WITHDRAW_REQUEST',
    'VOID_REQUEST',
    'TIMER',
  ] as const;
  const payloads = (instance: Instance): Record<string, object> => {
    const version = instance.context['version'] as number;
    return {
      ACCEPT_TERMS: { version },
      PROPOSE_TERMS: { terms: { guildSharePercent: version, termMonths: 6, startAt: '2027-01-01T00:00:00.000Z' } },
      SIGN_AGREEMENT: { version, sha256: sha(version) },
      DECLINE_REQUEST: { reasonCode: 'OTHER' },
      VOID_REQUEST: { reasonCode: 'OTHER' },
    };
  };
  const story = fc.array(
    fc.record({ act: fc.constantFrom(...acts), actor: fc.constantFrom(broadcaster, owner, support), minutes: fc.nat(20_000) }),
    { maxLength: 14 },
  );
  function tell(steps: { act: string; actor: typeof owner; minutes: number }[]): Instance {
    const instance = new Instance();
    for (const { act, actor, minutes } of steps) {
      const at = new Date(Date.parse(instance.at) + minutes * 60_000).toISOString();
      const [timer] = instance.timers;
      if (act === 'TIMER' && timer) instance.fire(timer.name.split('.')[2] ?? '', at > timer.dueAt ? at : timer.dueAt);
      else if (act !== 'TIMER') instance.send(act, actor, payloads(instance)[act], at);
    }
    return instance;
  }

  it('comes back from JSON as it was, small, with one clock at most', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const instance = tell(steps);
        const restored = join.machine.getPersistedSnapshot(
          join.machine.restoreSnapshot(instance.snapshot as never, undefined as never),
        ) as object;
        const { timers, ...machine } = instance.snapshot as { timers: object };
        expect(JSON.parse(JSON.stringify(restored))).toMatchObject(machine);
        expect(Object.keys(timers)).toHaveLength(instance.timers.length);
        expect(JSON.stringify(instance.snapshot).length).toBeLessThan(1_230);
        expect(instance.timers.length).toBe((instance.snapshot as { status: string }).status === 'done' ? 0 : 1);
      }),
      { numRuns: 150, seed: 2026 },
    );
  });

  it('is what replaying its events gives', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const instance = tell(steps);
        let current = begin(join, input, START) as Accepted;
        for (const { event, source } of instance.log)
          current = advance(join, current.snapshot, event as never, source) as Accepted;
        expect(JSON.stringify(current.snapshot)).toBe(JSON.stringify(instance.snapshot));
      }),
      { numRuns: 100, seed: 2026 },
    );
  });

  // The clock in it is 130 bytes of that: with it, a hold and a plan are judged from the snapshot alone.
  it('is little more than a kilobyte with both signatures and a date', () => {
    const instance = settlement({
      terms: { ...terms, startAt: '2026-05-01T00:00:00.000Z' },
      timeZone: 'America/Argentina/ComodRivadavia',
    });
    expect(JSON.stringify(instance.snapshot).length).toBeLessThan(1_154);
  });
});
