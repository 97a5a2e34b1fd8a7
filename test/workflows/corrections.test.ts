import { describe, expect, it } from '@jest/globals';
import { dispute } from '../../workflows/dispute/index.js';
import { expel } from '../../workflows/expel/index.js';
import { leaveCause } from '../../workflows/leave-cause/index.js';
import { payment } from '../../workflows/payment/index.js';
import type { MembershipFacts, OpeningFacts, RequestDefinition } from '../../workflows/phases/index.js';
import { release } from '../../workflows/release/index.js';
import { reopen } from '../../workflows/reopen/index.js';
import { reversal } from '../../workflows/reversal/index.js';
import { actorAs } from '../support/explorer-actors.js';
import { codesOf, PureInstance } from '../support/pure-instance.js';
import { uuid } from '../support/samples/sample.js';

const AT = '2026-03-02T10:00:00.000Z';
const membership: MembershipFacts = {
  id: uuid(13),
  guildId: uuid(12),
  startsAt: '2025-03-02T10:00:00.000Z',
  endsAt: null,
  terms: {},
  termStartsAt: '2025-03-02T10:00:00.000Z',
  termEndsAt: '2026-03-02T10:00:00.000Z',
  minTermEndsAt: '2026-03-02T10:00:00.000Z',
};
const factsOf = (change: object) =>
  ({
    at: AT,
    policy: { reopenWindowDays: 180 },
    rules: {},
    openFlows: [],
    guild: { status: 'ACTIVE' },
    membership,
    ...change,
  }) as unknown as OpeningFacts;
const parentOf = (change: object) =>
  factsOf({
    parent: {
      kind: 'JOIN',
      state: 'completed',
      done: true,
      endedAt: AT,
      actedBy: [],
      about: [],
      laterSwitches: [],
      began: membership,
      ended: null,
      ...change,
    },
  });
const failures = ({ opening }: RequestDefinition, facts: OpeningFacts, said: object = {}) =>
  opening.eligibility(facts, said as never).map(({ code, until }) => (until === undefined ? code : `${code} until ${until}`));

describe('REOPEN', () => {
  it('is decided by somebody who had no part in the original and represents nobody', async () => {
    const instance = await PureInstance.of(reopen, 'petition', { excluded: [actorAs('SUPPORT').id] });
    const grant = { outcome: 'GRANTED' };
    expect(codesOf(instance.send('DECIDE_PETITION', 'SUPPORT', grant))).toEqual(['OTHER_DECIDER']);
    const partisan = { id: uuid(99), authorities: ['SUPPORT', 'BROADCASTER'] };
    expect(codesOf(instance.send('DECIDE_PETITION', partisan, grant))).toEqual(['NOT_IMPARTIAL']);
    instance.send('DECIDE_PETITION', actorAs('SUPPORT', 2), grant);
    expect([instance.state, instance.paramsOf('reopenRequest')]).toEqual(['completed', { originalId: uuid(14) }]);
    expect(instance.context['reopenedAs']).toBe(uuid(23));
  });

  it('changes nothing by silence of the platform', async () => {
    const instance = await PureInstance.of(reopen, 'petition');
    expect(instance.due).toEqual({ decisionEnd: '2026-03-16T15:00:00.000Z' });
    instance.fire('decisionEnd');
    expect([instance.state, instance.timers]).toEqual(['petitionOverdue', []]);
  });

  it.each<[string, object, string[]]>([
    ['something that runs', { done: false, endedAt: null }, ['NOT_ENDED']],
    ['a petition', { kind: 'REOPEN' }, ['NOT_REOPENABLE']],
    ['what ended at this instant 180 days ago', { endedAt: '2025-09-03T10:00:00.000Z' }, ['TOO_LATE']],
    ['what ended a moment later', { endedAt: '2025-09-03T10:00:00.001Z' }, []],
    ['a second petition', { about: [{ requestId: uuid(9), kind: 'REOPEN', done: false }] }, ['PETITION_OPEN']],
    ['a second petition after the first', { about: [{ requestId: uuid(9), kind: 'REOPEN', done: true }] }, []],
  ])('of %s', (_what, parent, expected) => {
    expect(failures(reopen, parentOf(parent))).toEqual(expected);
  });

  it('excludes everybody of the platform who acted in the original, once', () => {
    const acted = ['a', 'b', 'a'].map((principalId) => ({ principalId, event: 'HOLD_REQUEST' }));
    expect(reopen.opening.input!({}, parentOf({ actedBy: acted }))).toEqual({ excluded: ['a', 'b'] });
  });
});

describe('REVERSAL', () => {
  it('takes a second agent, who represents nobody', async () => {
    const instance = await PureInstance.of(reversal, 'reversal', { proposedBy: actorAs('SUPPORT').id });
    expect(codesOf(instance.send('APPROVE_REVERSAL', 'SUPPORT'))).toEqual(['SECOND_AGENT']);
    const partisan = { id: uuid(99), authorities: ['SUPPORT', 'GUILD_OWNER'] };
    expect(codesOf(instance.send('APPROVE_REVERSAL', partisan))).toEqual(['NOT_IMPARTIAL']);
    instance.send('APPROVE_REVERSAL', actorAs('SUPPORT', 2));
    expect([instance.state, instance.paramsOf('reverseSwitch')]).toEqual([
      'completed',
      { originalId: uuid(14), reasonCode: 'FORGED', annulled: uuid(13), restored: null },
    ]);
  });

  it.each<[string, object, string[]]>([
    ['something that was not completed', { state: 'declined' }, ['NOT_COMPLETED']],
    ['something that switched nothing', { began: null }, ['NOTHING_SWITCHED']],
    ['something on which a later switch stands', { laterSwitches: [{ requestId: uuid(8), kind: 'EXPEL' }] }, ['LATER_SWITCH']],
    ['what is being reversed', { about: [{ requestId: uuid(9), kind: 'REVERSAL', done: false }] }, ['REVERSAL_OPEN']],
    ['a switch', {}, []],
  ])('of %s', (_what, parent, expected) => {
    expect(failures(reversal, parentOf(parent))).toEqual(expected);
  });
});

describe('RELEASE', () => {
  it('takes effect at once, without a clock, or at the chosen instant', async () => {
    const now = await PureInstance.of(release, 'atOnce');
    expect([now.state, now.paramsOf('endMembership')]).toMatchObject([
      'completed',
      { endsAt: AT, endKind: 'ENFORCED', endCause: 'GUILD_CLOSED', atFault: null },
    ]);
    const later = await PureInstance.of(release, 'later');
    expect([later.state, later.due]).toEqual(['settlement', { switchAt: '2026-06-01T00:00:00.000Z' }]);
    later.fire('switchAt', '2026-06-02T00:00:00.000Z');
    expect(later.paramsOf('endMembership')).toMatchObject({ endsAt: '2026-06-01T00:00:00.000Z', endKind: 'EXPIRY' });
    const past = await PureInstance.of(release, 'atOnce', {
      said: { ground: 'GUILD_CLOSED', effectiveAt: '2026-01-01T00:00:00.000Z' },
    });
    expect(past.paramsOf('endMembership')).toMatchObject({ endsAt: AT });
  });

  it.each<[string, string, object, string[]]>([
    ['GUILD_CLOSED', 'an open guild', {}, ['GUILD_NOT_CLOSED']],
    ['GUILD_CLOSED', 'a closed guild', { guild: { status: 'CLOSED' } }, []],
    ['GUILD_INACTIVE', 'a guild that the rule calls active', { rules: { inactiveGuild: false } }, ['GUILD_NOT_INACTIVE']],
    ['GUILD_INACTIVE', 'a guild that nobody has looked at', { rules: { inactiveGuild: null } }, ['GUILD_NOT_INACTIVE']],
    ['GUILD_INACTIVE', 'a guild that the rule calls inactive', { rules: { inactiveGuild: true } }, []],
    ['GUILD_INACTIVE', 'a closed guild', { guild: { status: 'CLOSED' } }, []],
    ['TERM_ENDED', 'a term that ends at this instant', {}, []],
    [
      'TERM_ENDED',
      'a term that runs',
      { membership: { ...membership, termEndsAt: '2026-03-02T10:00:00.001Z' } },
      ['TERM_NOT_OVER until 2026-03-02T10:00:00.001Z'],
    ],
    [
      'TERM_ENDED',
      'a membership without a term',
      { membership: { ...membership, termEndsAt: membership.startsAt } },
      ['NO_TERM'],
    ],
    ['INACTIVITY_RULE', 'anybody', {}, []],
    ['INACTIVITY_RULE', 'nobody', { membership: null }, ['NOT_A_MEMBER']],
    [
      'INACTIVITY_RULE',
      'somebody who is being released',
      { openFlows: [{ requestId: uuid(9), kind: 'RELEASE', state: 'settlement', guildId: uuid(12), membershipId: uuid(13) }] },
      ['FLOW_OPEN'],
    ],
  ])('for %s of %s', (ground, _what, change, expected) => {
    expect(failures(release, factsOf(change), { ground })).toEqual(expected);
  });

  it('asks for the rule of inactivity only where it decides', () => {
    expect(release.opening.rules!({ ground: 'GUILD_INACTIVE' } as never)).toEqual(['inactiveGuild']);
    expect(release.opening.rules!({ ground: 'GUILD_CLOSED' } as never)).toEqual([]);
  });
});

describe('PAYMENT v1', () => {
  const issued = async () => {
    const instance = await PureInstance.of(payment, 'statement');
    instance.fire('cycleEnd');
    return instance;
  };

  it('waits for the dispute that an objection opens, without a clock, and goes on however that ends', async () => {
    for (const outcome of ['UPHELD', 'DENIED', 'WITHDRAWN', 'VOIDED']) {
      const instance = await issued();
      instance.send('OBJECT_TO_STATEMENT', 'GUILD_FINANCE', { ground: 'FEE' });
      expect([instance.state, instance.timers]).toEqual(['disputed', []]);
      expect(instance.paramsOf('openDispute')).toEqual({ initiator: 'GUILD', ground: 'FEE' });
      instance.link('DISPUTE_DECIDED', { disputeId: instance.context['disputeId'], outcome });
      expect(instance.state).toBe('completed');
    }
  });

  it('is objected to by neither side after it has agreed, nor by nobody’s guardian', async () => {
    const instance = await issued();
    instance.send('AGREE_STATEMENT', 'BROADCASTER');
    expect(codesOf(instance.send('OBJECT_TO_STATEMENT', 'BROADCASTER', { ground: 'AMOUNT' }))).toEqual(['ALREADY_AGREED']);
    expect(codesOf(instance.send('OBJECT_TO_STATEMENT', 'GUARDIAN', { ground: 'AMOUNT' }))).toEqual(['NOT_YOUR_PARTY']);
    expect(instance.send('OBJECT_TO_STATEMENT', 'GUILD_OWNER', { ground: 'AMOUNT' })).toMatchObject({ ok: true });
  });

  it('stands when nobody objects', async () => {
    const instance = await issued();
    instance.fire('objectionEnd');
    expect(instance.state).toBe('completed');
  });
});

describe.each([leaveCause, expel, release, dispute, reopen, reversal])('$kind', (definition) => {
  it('ends at once for what speaks against it, and tells who asked alone', async () => {
    const instance = await PureInstance.of(definition, 'ineligible');
    expect([instance.state, instance.context['reasons'], instance.timers]).toMatchObject(['rejected', [{ code: 'LOCKED' }], []]);
    const { initiator } = instance.context;
    expect(instance.effects).toEqual([
      { type: 'notifyParties', params: { audience: initiator === 'PLATFORM' ? [] : [initiator], template: 'REQUEST_REJECTED' } },
    ]);
  });
});
