import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { begin, endOfDayAfter } from '../../workflows/kernel/index.js';
import { leaveLowActivity } from '../../workflows/leave-low-activity/index.js';
import { leaveMinor } from '../../workflows/leave-minor/index.js';
import { leaveProbation } from '../../workflows/leave-probation/index.js';
import type { OpeningFacts } from '../../workflows/phases/index.js';
import { against, BANNED, Case, codesOf, facts, flow, guardian, membershipFacts, MINOR, owner, policy, START } from './case.js';

const said = { primaryReason: 'SERVICE_TRAINING' };
const LATER = '2026-03-20T00:00:00.000Z';
const since = (startsAt: string) => ({ membership: { ...membershipFacts, startsAt } });
const fresh = since('2026-02-25T03:00:00.000Z');
const full = { policy: { ...policy, exitQuotaPercentPerMonth: 1 }, recentExitsPercent: 90 };
const low = { rules: { lowActivity: true } };

describe.each([
  ['LEAVE_PROBATION', leaveProbation, 'PROBATION'],
  ['LEAVE_LOW_ACTIVITY', leaveLowActivity, 'LOW_ACTIVITY'],
] as const)('%s', (_kind, definition, endCause) => {
  it('ends the membership in the step in which it is asked for; the guild is only told', () => {
    const leave = new Case(definition, said);
    expect([leave.state, leave.timers]).toEqual(['completed', []]);
    expect(leave.asked('endMembership')).toMatchObject({
      endsAt: START,
      endKind: 'VOLUNTARY',
      endCause,
      reason: { source: 'BROADCASTER', primary: 'SERVICE_TRAINING', secondary: null },
    });
    expect(leave.asked('notifyParties')).toEqual({ audience: ['BROADCASTER', 'GUILD'], template: 'REQUEST_COMPLETED' });
  });

  it('waits for a later day that was asked for, and can be taken back by the broadcaster until then', () => {
    const leave = new Case(definition, { ...said, leaveAt: LATER });
    expect([leave.state, leave.due('switchAt')]).toEqual(['settlement', LATER]);
    expect(codesOf(leave.send('WITHDRAW_REQUEST', owner))).toEqual(['FORBIDDEN']);
    expect(
      new Case(definition, { ...said, leaveAt: LATER }).fire('switchAt', '2026-03-25T00:00:00.000Z').asked('endMembership'),
    ).toMatchObject({
      endsAt: LATER,
    });
    leave.send('WITHDRAW_REQUEST');
    expect([leave.state, leave.asked('endMembership')]).toEqual(['withdrawn', undefined]);
  });

  it('is done at once when the day lies behind', () => {
    expect(new Case(definition, { ...said, leaveAt: '2026-03-01T00:00:00.000Z' }).asked('endMembership')).toMatchObject({
      endsAt: START,
    });
  });

  it('takes no day beyond what notice would be: that is refused without a trace', () => {
    const objections = (leaveAt: string) =>
      definition.opening.objections!({ ...said, leaveAt } as never, facts).map(({ code, field }) => [code, field]);
    expect(objections('2026-04-01T15:00:00.000Z')).toEqual([]);
    expect(objections('2026-04-01T15:00:00.001Z')).toEqual([['LEAVE_AT_TOO_LATE', 'leaveAt']]);
    expect(definition.opening.objections!(said as never, facts)).toEqual([]);
  });

  it('ends as rejected, with every reason, when something speaks against it', () => {
    const leave = new Case(definition, said, { eligibilityFailures: [{ code: 'NOT_A_MEMBER', message: 'Not a member.' }] });
    expect([leave.state, leave.codes, leave.asked('endMembership')]).toEqual(['rejected', ['NOT_A_MEMBER'], undefined]);
  });

  it('becomes a rejection when the membership has ended meanwhile', () => {
    const reasons = [{ code: 'NOT_A_MEMBER', message: 'Ended.' }];
    const late = new Case(definition, said, {}, { endMembership: { type: 'SWITCH_REFUSED', reasons } });
    expect([late.state, late.codes]).toEqual(['rejected', ['NOT_A_MEMBER']]);
  });

  it('always comes to the later of now and the chosen day, whichever they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60_000, max: 40_000 }), (minutes) => {
        const leaveAt = new Date(Date.parse(START) + minutes * 60_000).toISOString();
        const leave = new Case(definition, { ...said, leaveAt });
        if (!leave.done) leave.fire('switchAt');
        expect(leave.state).toBe('completed');
        expect(leave.asked('endMembership')).toMatchObject({ endsAt: leaveAt > START ? leaveAt : START });
      }),
      { numRuns: 60, seed: 2026 },
    );
  });
});

describe('Who may leave in probation', () => {
  it.each<[string, Partial<OpeningFacts>, string[]]>([
    ['somebody who joined a few days ago', fresh, []],
    ['until the fourteenth day is over in the region', since('2026-02-16T03:00:00.000Z'), []],
    ['not from then on', since('2026-02-15T03:00:00.000Z'), ['PROBATION_OVER']],
    [
      'nobody where the policy knows no probation',
      { ...since(START), policy: { ...policy, probationDays: 0 } },
      ['PROBATION_OVER'],
    ],
    ['nobody who is in no guild', { membership: null }, ['NOT_A_MEMBER']],
    ['whatever the quota', { ...fresh, ...full }, []],
    ['whoever is banned, locked or restricted', { ...fresh, broadcaster: BANNED }, []],
    [
      'whatever the guild has under way',
      { ...fresh, openFlows: ['EXPEL', 'AMEND', 'RENEW', 'LEAVE_MUTUAL'].map((kind) => flow(kind)) },
      [],
    ],
    ['whoever has given notice', { ...fresh, openFlows: [flow('LEAVE_NOTICE', 'noticePeriod')] }, []],
    ['not twice', { ...fresh, openFlows: [flow('LEAVE_PROBATION', 'settlement')] }, ['FLOW_OPEN']],
    ['of a suspended guild', { ...fresh, guild: { ...facts.guild, status: 'SUSPENDED' } }, []],
  ])('%s', (_who, change, expected) => {
    expect(against(leaveProbation, change)).toEqual(expected);
  });

  it('is counted in whole days of the region, whatever the hour and the zone', () => {
    const zones = ['Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.nat(525_600), fc.nat(40_000), (timeZone, minute, later) => {
        const startsAt = new Date(Date.parse('2026-01-01T00:00:00.000Z') + minute * 60_000).toISOString();
        const at = new Date(Date.parse(startsAt) + later * 60_000).toISOString();
        const isOpen = against(leaveProbation, { ...since(startsAt), timeZone, at }).length === 0;
        expect(isOpen).toBe(at < endOfDayAfter(startsAt, policy.probationDays, timeZone));
        // Fourteen whole days at least, fifteen at most.
        if (later < 14 * 1440 - 60) expect(isOpen).toBe(true);
        if (later > 15 * 1440 + 60) expect(isOpen).toBe(false);
      }),
      { numRuns: 200, seed: 2026 },
    );
  });
});

describe('Who may leave for low activity', () => {
  it.each<[string, Partial<OpeningFacts>, string[]]>([
    ['somebody who is hardly active by the rule', low, []],
    ['not somebody who is active', { rules: { lowActivity: false } }, ['NOT_LOW_ACTIVITY']],
    ['nobody of whose month nothing is known', { rules: { lowActivity: null } }, ['ACTIVITY_UNKNOWN']],
    ['nobody where no rule was worked out', {}, ['ACTIVITY_UNKNOWN']],
    [
      'not before the membership has lasted a whole month',
      { ...low, ...since('2026-02-10T00:00:00.000Z') },
      ['NO_WHOLE_MONTH until 2026-03-31T15:00:00.000Z'],
    ],
    ['somebody who joined with the first instant of the month', { ...low, ...since('2026-01-31T15:00:00.000Z') }, []],
    [
      'not somebody who joined an instant later',
      { ...low, ...since('2026-01-31T15:00:00.001Z') },
      ['NO_WHOLE_MONTH until 2026-03-31T15:00:00.000Z'],
    ],
    ['not where the quota is used up: it is no protected exit', { ...low, ...full }, ['EXIT_QUOTA']],
    ['whoever is banned, locked or restricted', { ...low, broadcaster: BANNED }, []],
    ['not while a cause is being ruled on', { ...low, openFlows: [flow('LEAVE_CAUSE')] }, ['FLOW_OPEN']],
  ])('%s', (_who, change, expected) => {
    expect(against(leaveLowActivity, change)).toEqual(expected);
  });
});

describe('LEAVE_MINOR', () => {
  const minor = { minor: true };

  it.each([
    ['the minor', 'BROADCASTER'],
    ['the guardian', 'GUARDIAN'],
  ])('releases at once when %s asks for it', (_who, initiator) => {
    const leave = new Case(leaveMinor, said, { ...MINOR, initiator });
    expect([leave.state, leave.timers]).toEqual(['completed', []]);
    expect(leave.asked('endMembership')).toMatchObject({ endsAt: START, endCause: 'MINOR', reason: { source: 'BROADCASTER' } });
    expect(leave.asked('notifyParties')).toMatchObject({ audience: ['BROADCASTER', 'GUARDIAN', 'GUILD'] });
  });

  it('is refused to nobody who is a minor and a member', () => {
    const everything = {
      ...minor,
      ...full,
      broadcaster: BANNED,
      guild: { ...facts.guild, status: 'CLOSED' },
      openFlows: ['LEAVE_MUTUAL', 'LEAVE_NOTICE', 'LEAVE_CAUSE', 'EXPEL', 'AMEND', 'TRANSFER_AGREED'].map((kind) => flow(kind)),
    };
    expect(against(leaveMinor, everything)).toEqual([]);
    expect(against(leaveMinor, {})).toEqual(['NOT_A_MINOR']);
    expect(against(leaveMinor, { ...minor, membership: null })).toEqual(['NOT_A_MEMBER']);
  });

  it('takes the place of everything else on the membership', () => {
    expect(leaveMinor.opening.supersedes).toEqual(
      expect.arrayContaining([
        'LEAVE_MUTUAL',
        'LEAVE_NOTICE',
        'LEAVE_CAUSE',
        'EXPEL',
        'AMEND',
        'RENEW',
        'TRANSFER_AGREED',
        'TRANSFER_PORTABLE',
      ]),
    );
  });

  it('takes no day: one that is given is refused, not forgotten', () => {
    expect(leaveMinor.opening.said.safeParse({ ...said, leaveAt: LATER }).success).toBe(false);
    const leave = new Case(leaveMinor, said, MINOR);
    expect(begin(leaveMinor, { ...leave.input, said: { ...said, leaveAt: LATER } }, START)).toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('has the guardian among its parties only for a minor', () => {
    expect(leaveMinor.opening.parties({ ...facts, ...minor })).toContain('GUARDIAN');
    expect(leaveMinor.opening.parties(facts)).not.toContain('GUARDIAN');
    expect(new Case(leaveMinor, said, MINOR).send('WITHDRAW_REQUEST', guardian).ok).toBe(false);
  });
});
