import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advance, begin, deadlines, type Accepted } from '../../workflows/kernel/index.js';
import { leaveMutual } from '../../workflows/leave-mutual/index.js';
import { partiesOf } from '../../workflows/phases/index.js';
import {
  against,
  agent,
  BANNED,
  both,
  broadcaster,
  Case,
  codesOf,
  facts,
  finance,
  flow,
  guardian,
  MINOR,
  owner,
  policy,
  sha,
  standIn,
  START,
  support,
} from './case.js';

const said = { primaryReason: 'GROWTH_OUTGREW', secondaryReason: 'MONEY_SPLIT' };
const wishing = { ...said, becomesNotice: true };
const found = { guildSuspended: false };
const byGuild = { initiator: 'GUILD', found };
const LATER = '2026-05-01T00:00:00.000Z';

const proposed = (more: object = {}, change: object = {}, answers: Record<string, object> = {}) =>
  new Case(leaveMutual, { ...said, ...more }, { found, ...change }, answers);
const signing = (more: object = {}, change: object = {}) => proposed(more, change).accept(owner);
const settled = (more: object = {}) => signing(more).sign(broadcaster, owner);
const wish = (instance: Case, becomesNotice: boolean, actor = broadcaster, more: object = {}) =>
  instance.send('WISH_NOTICE', actor, { becomesNotice, ...more });

describe('LEAVE_MUTUAL', () => {
  it('ends the membership on the agreed day, and opens the statement', () => {
    const leave = settled({ leaveAt: LATER });
    expect([leave.state, leave.due('switchAt'), leave.context['switchAt']]).toEqual(['settlement', LATER, LATER]);
    leave.fire('switchAt');
    expect(leave.state).toBe('completed');
    expect(leave.asked('endMembership')).toMatchObject({
      endsAt: LATER,
      endKind: 'VOLUNTARY',
      endCause: 'MUTUAL',
      reason: { source: 'BROADCASTER', primary: 'GROWTH_OUTGREW', secondary: 'MONEY_SPLIT' },
    });
    expect(leave.asked('openStatement')).toBeDefined();
  });

  it('ends it with the last signature when no day was agreed, or it lies behind', () => {
    for (const more of [{}, { leaveAt: '2026-01-01T00:00:00.000Z' }]) {
      expect(settled(more).fire('switchAt').asked('endMembership')).toMatchObject({ endsAt: START });
    }
  });

  it('counts as initiated by the guild when the guild has proposed it, with the guild as the source of the reason', () => {
    const leave = proposed({}, byGuild).accept(broadcaster).sign(agent, broadcaster).fire('switchAt');
    expect(leave.asked('endMembership')).toMatchObject({ endKind: 'GUILD_INITIATED', reason: { source: 'GUILD' } });
  });

  it('can be countered with another day, which voids the signatures', () => {
    const leave = signing().sign(broadcaster);
    expect(leave.send('PROPOSE_TERMS', owner, { terms: { leaveAt: LATER } })).toMatchObject({ ok: true });
    expect([leave.state, leave.context['version'], leave.context['signatures']]).toEqual(['drafting', 2, {}]);
    expect(codesOf(leave.send('PROPOSE_TERMS', broadcaster, { terms: { leaveAt: LATER } }))).toEqual(['TERMS_UNCHANGED']);
    leave.accept(broadcaster).sign(broadcaster, owner);
    expect(leave.due('switchAt')).toBe(LATER);
  });

  it('protects the broadcaster until the switch: they alone can take it back, also after all have signed', () => {
    const leave = settled({ leaveAt: LATER });
    expect(codesOf(leave.send('WITHDRAW_REQUEST', owner))).toEqual(['ONLY_PROTECTED_PARTY']);
    leave.send('WITHDRAW_REQUEST');
    expect([leave.state, leave.asked('endMembership')]).toEqual(['withdrawn', undefined]);
  });

  it('needs the guardian’s signature for a minor, and lets the guardian take it back', () => {
    const leave = signing({ leaveAt: LATER }, MINOR).sign(broadcaster, owner);
    expect(leave.state).toBe('signing');
    leave.sign(guardian);
    expect(leave.state).toBe('settlement');
    leave.send('WITHDRAW_REQUEST', guardian);
    expect(leave.state).toBe('withdrawn');
  });

  it('lets somebody on both sides act only for the side that is named', () => {
    expect(codesOf(wish(proposed(), true, both))).toEqual(['AMBIGUOUS_PARTY']);
    expect(codesOf(wish(proposed(), true, both, { as: 'GUILD' }))).toEqual(['ONLY_BROADCASTER']);
    expect(wish(proposed(), true, both, { as: 'BROADCASTER' })).toMatchObject({ ok: true });
    expect(codesOf(settled({ leaveAt: LATER }).send('WITHDRAW_REQUEST', both, { as: 'GUILD' }))).toEqual([
      'ONLY_PROTECTED_PARTY',
    ]);
  });

  it('commits nobody by finance', () => {
    expect(codesOf(proposed().send('ACCEPT_TERMS', finance, { version: 1 }))).toEqual(['FORBIDDEN']);
  });
});

describe('Silence on a proposal to leave by agreement', () => {
  it('expires when the broadcaster does not wish for notice', () => {
    expect(proposed().fire('response').state).toBe('expired');
    expect(signing().sign(broadcaster).fire('signatureWindow').state).toBe('expired');
  });

  it('becomes notice in the same step when the broadcaster wishes it, with what was said', () => {
    const leave = proposed({ becomesNotice: true, acceptsExitFee: true, leaveAt: LATER }).fire('response');
    expect(leave.state).toBe('superseded');
    expect(leave.asked('giveNotice')).toEqual({
      membershipId: facts.membership!.id,
      primaryReason: 'GROWTH_OUTGREW',
      secondaryReason: 'MONEY_SPLIT',
      leaveAt: LATER,
      acceptsExitFee: true,
    });
    expect(leave.asked('endMembership')).toBeUndefined();
  });

  it('becomes notice as well when only the guild’s signature is missing, and not when the broadcaster’s is', () => {
    expect(signing(wishing).sign(broadcaster).fire('signatureWindow').state).toBe('superseded');
    expect(signing(wishing).sign(owner).fire('signatureWindow').state).toBe('expired');
    expect(signing(wishing).fire('signatureWindow').state).toBe('expired');
    expect(signing(wishing, MINOR).sign(broadcaster).fire('signatureWindow').state).toBe('expired');
    expect(signing(wishing, MINOR).sign(broadcaster, guardian).fire('signatureWindow').state).toBe('superseded');
  });

  it('is the broadcaster’s own when the guild has proposed last: that expires', () => {
    const leave = proposed(wishing);
    leave.send('PROPOSE_TERMS', owner, { terms: { leaveAt: LATER } });
    expect(leave.fire('response').state).toBe('expired');
    const back = proposed(wishing);
    back.send('PROPOSE_TERMS', owner, { terms: { leaveAt: LATER } });
    back.send('PROPOSE_TERMS', broadcaster, { terms: {} });
    expect(back.fire('response').state).toBe('superseded');
  });

  it('is rejected with the reasons when notice cannot be given then', () => {
    const reasons = [{ code: 'MIN_TERM', message: 'The term is not over.' }];
    const leave = proposed(wishing, {}, { giveNotice: { type: 'NOTICE_REFUSED', reasons } }).fire('response');
    expect([leave.state, leave.codes]).toEqual(['rejected', ['MIN_TERM']]);
  });

  it('follows the last wish, which may change until then, by the broadcaster’s side alone', () => {
    const leave = proposed(wishing);
    expect(codesOf(wish(leave, false, owner))).toEqual(['FORBIDDEN']);
    wish(leave, false);
    expect(leave.fire('response').state).toBe('expired');
    const other = signing();
    wish(other, true, broadcaster, { acceptsExitFee: true });
    expect(other.sign(broadcaster).fire('signatureWindow').asked('giveNotice')).toMatchObject({ acceptsExitFee: true });
    expect(codesOf(wish(settled({ leaveAt: LATER }), true))).toEqual(['WRONG_STATE']);
  });

  it('cannot be wished by a guild that proposes', () => {
    expect(proposed(wishing, byGuild).context['becomesNotice']).toBe(false);
    expect(proposed(wishing, byGuild).fire('response').state).toBe('expired');
  });

  it('is announced: the deadline says where it leads', () => {
    const silence = (instance: Case) =>
      deadlines(
        leaveMutual,
        instance.snapshot,
        instance.timers.map(({ name, dueAt }) => ({ name, dueAt })),
      )[0]?.silence;
    expect(silence(proposed(wishing))).toContain('“Giving notice”');
    expect(silence(proposed())).toContain('“Expired”');
  });

  it('is measured by the guild’s time to answer first, by that of a proposal later, in whole days of the region', () => {
    const leave = proposed();
    expect(leave.due('response')).toBe('2026-03-07T15:00:00.000Z');
    leave.send('PROPOSE_TERMS', owner, { terms: { leaveAt: LATER } });
    expect(leave.due('response')).toBe('2026-03-09T15:00:00.000Z');
    expect(policy).toMatchObject({ guildResponseDays: 5, proposalTtlDays: 7 });
  });
});

describe('A suspended guild', () => {
  it('is stood in for by support while it is suspended: the platform accepts and signs in its place', () => {
    const leave = proposed();
    expect(codesOf(leave.send('STAND_IN', support, { reasonCode: 'GUILD_SUSPENDED' }))).toEqual(['FORBIDDEN']);
    expect(codesOf(leave.send('ACCEPT_TERMS', standIn, { version: 1 }))).toEqual(['NOT_YOUR_PARTY']);
    leave.send('STAND_IN', standIn, { reasonCode: 'GUILD_SUSPENDED' });
    expect(codesOf(leave.send('STAND_IN', standIn, { reasonCode: 'GUILD_SUSPENDED' }))).toEqual(['STANDS_IN']);
    leave.accept(standIn).sign(broadcaster, standIn);
    expect([leave.state, leave.context['signatures']]).toMatchObject(['settlement', { GUILD: { by: standIn.id } }]);
  });

  it('is stood in for from the beginning when it is suspended already', () => {
    const leave = proposed({}, { found: { guildSuspended: true } })
      .accept(standIn)
      .sign(broadcaster, standIn);
    expect(leave.state).toBe('settlement');
    const input = leaveMutual.opening.input!({}, { ...facts, guild: { ...facts.guild, status: 'SUSPENDED' } });
    expect(input).toEqual({ found: { guildSuspended: true } });
  });

  it('acts for itself again when it is reinstated: support has no authority any more', () => {
    const leave = proposed({}, { found: { guildSuspended: true } });
    expect(codesOf(leave.send('ACCEPT_TERMS', support, { version: 1 }))).toEqual(['FORBIDDEN']);
    leave.accept(owner).sign(broadcaster);
    expect(codesOf(leave.send('SIGN_AGREEMENT', support, { version: 1, sha256: sha(1) }))).toEqual(['FORBIDDEN']);
    leave.sign(owner);
    expect(leave.state).toBe('settlement');
  });

  it('is no party of support’s that has no authority to stand in', () => {
    const standing = { parties: ['BROADCASTER', 'GUILD'], platformStandsIn: true };
    expect([partiesOf(support, standing), partiesOf(standIn, standing)]).toEqual([[], ['GUILD']]);
  });

  it('never has the platform sign for the broadcaster', () => {
    const leave = proposed({}, { found: { guildSuspended: true } }).accept(standIn);
    const act = { version: 1, sha256: sha(1), as: 'BROADCASTER' };
    expect(codesOf(leave.send('SIGN_AGREEMENT', standIn, act))).toEqual(['NOT_YOUR_PARTY']);
  });
});

describe('Who may ask to leave by agreement', () => {
  it.each([
    'LEAVE_MUTUAL',
    'LEAVE_NOTICE',
    'LEAVE_PROBATION',
    'LEAVE_LOW_ACTIVITY',
    'LEAVE_CAUSE',
    'EXPEL',
    'TRANSFER_AGREED',
    'TRANSFER_PORTABLE',
  ])('nobody while there is a %s', (kind) => {
    expect(against(leaveMutual, { openFlows: [flow(kind)] })).toEqual(['FLOW_OPEN']);
  });

  it('any member, whatever the term, the quota or a ban', () => {
    expect(
      against(leaveMutual, { broadcaster: BANNED, recentExitsPercent: 99, policy: { ...policy, exitQuotaPercentPerMonth: 1 } }),
    ).toEqual([]);
    expect(against(leaveMutual, { membership: null })).toEqual(['NOT_A_MEMBER']);
    expect(against(leaveMutual, { openFlows: [flow('AMEND'), flow('RENEW'), flow('DISPUTE')] })).toEqual([]);
  });
});

describe('A stored LEAVE_MUTUAL', () => {
  const acts = [
    'ACCEPT',
    'SIGN',
    'PROPOSE_TERMS',
    'REVOKE_SIGNATURE',
    'DECLINE_REQUEST',
    'WITHDRAW_REQUEST',
    'WISH_NOTICE',
    'STAND_IN',
    'TIMER',
  ] as const;
  const story = fc.array(
    fc.record({ act: fc.constantFrom(...acts), actor: fc.constantFrom(broadcaster, owner, standIn), minutes: fc.nat(9_000) }),
    { maxLength: 14 },
  );
  const payloads = (version: number): Record<string, object> => ({
    PROPOSE_TERMS: { terms: { leaveAt: `2026-0${String((version % 5) + 4)}-01T00:00:00.000Z` } },
    DECLINE_REQUEST: { reasonCode: 'OTHER' },
    WISH_NOTICE: { becomesNotice: version % 2 === 1 },
    STAND_IN: { reasonCode: 'OTHER' },
  });
  function tell(steps: { act: string; actor: typeof owner; minutes: number }[]): Case {
    const leave = proposed(wishing);
    for (const { act, actor, minutes } of steps) {
      const at = new Date(Date.parse(leave.at) + minutes * 60_000).toISOString();
      const [timer] = leave.timers;
      if (act === 'TIMER' && timer) leave.fire(timer.name.split('.')[2]!, at > timer.dueAt ? at : timer.dueAt);
      else if (act === 'ACCEPT') leave.accept(actor);
      else if (act === 'SIGN') leave.sign(actor);
      else if (act !== 'TIMER') leave.send(act, actor, payloads(leave.context['version'] as number)[act], at);
    }
    return leave;
  }

  it('ends the membership only when both have signed the text as it stands, and gives notice only when it is wished for', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const leave = tell(steps);
        const { signatures, becomesNotice } = leave.context as { signatures: Record<string, unknown>; becomesNotice: boolean };
        if (leave.asked('endMembership')) expect([signatures['BROADCASTER'], signatures['GUILD']]).not.toContain(undefined);
        if (leave.asked('giveNotice'))
          expect([becomesNotice, leave.state, leave.asked('endMembership')]).toEqual([true, 'superseded', undefined]);
        expect(leave.timers).toHaveLength(leave.done ? 0 : 1);
      }),
      { numRuns: 200, seed: 2026 },
    );
  });

  it('is what replaying its events gives', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const leave = tell(steps);
        let current = begin(leaveMutual, leave.input, START) as Accepted;
        for (const { event, source } of leave.log)
          current = advance(leaveMutual, current.snapshot, event as never, source) as Accepted;
        expect(JSON.stringify(current.snapshot)).toBe(JSON.stringify(leave.snapshot));
      }),
      { numRuns: 100, seed: 2026 },
    );
  });
});
