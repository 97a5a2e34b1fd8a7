import { describe, expect, it } from '@jest/globals';
import { deadlines, explain } from '../../workflows/kernel/index.js';
import { leaveNotice } from '../../workflows/leave-notice/index.js';
import { against, BANNED, Case, codesOf, flow, guardian, membershipFacts, MINOR, owner, policy, START, support } from './case.js';

const said = { primaryReason: 'WORKLOAD_HEALTH', secondaryReason: 'LIFE_STUDY' };
const NOTICE_END = '2026-04-01T15:00:00.000Z';
const MERGER = { freeUntil: '2026-03-20T00:00:00.000Z' };
const past = { membership: { ...membershipFacts, minTermEndsAt: START } };
const fee = { acceptsExitFee: true };

describe('LEAVE_NOTICE', () => {
  it('ends the membership when thirty whole days in the region are over, and opens the statement', () => {
    const leave = new Case(leaveNotice, said);
    expect([leave.state, leave.due('switchAt'), leave.context['switchAt']]).toEqual(['noticePeriod', NOTICE_END, NOTICE_END]);
    leave.fire('switchAt');
    expect([leave.state, leave.context['paymentId']]).toEqual(['completed', expect.any(String)]);
    expect(leave.asked('endMembership')).toEqual({
      membershipId: membershipFacts.id,
      endsAt: NOTICE_END,
      endKind: 'VOLUNTARY',
      endCause: 'NOTICE',
      atFault: null,
      reason: { source: 'BROADCASTER', primary: 'WORKLOAD_HEALTH', secondary: 'LIFE_STUDY' },
    });
  });

  it('ends it at the promised instant, however late a server comes to it', () => {
    const leave = new Case(leaveNotice, said).fire('switchAt', '2026-04-09T00:00:00.000Z');
    expect(leave.asked('endMembership')).toMatchObject({ endsAt: NOTICE_END });
  });

  it('waits for a later day that was asked for, and never ends earlier than the notice', () => {
    const late = '2026-06-01T00:00:00.000Z';
    expect(new Case(leaveNotice, { ...said, leaveAt: late }).due('switchAt')).toBe(late);
    expect(new Case(leaveNotice, { ...said, leaveAt: '2026-03-05T00:00:00.000Z' }).due('switchAt')).toBe(NOTICE_END);
  });

  it('moves with the policy that a plan brings, and ends then', () => {
    const leave = new Case(leaveNotice, said);
    const input = { policyVersionId: membershipFacts.id, policy: { noticeDays: 10 }, reasonCode: 'LAW_CHANGED' };
    expect(leave.send('MIGRATE_POLICY', support, input)).toMatchObject({ ok: true });
    expect(leave.due('switchAt')).toBe('2026-03-12T15:00:00.000Z');
    leave.fire('switchAt');
    expect(leave.asked('endMembership')).toMatchObject({ endsAt: '2026-03-12T15:00:00.000Z' });
  });

  it('can be taken back by the broadcaster until then, by nobody else, and by nobody after', () => {
    expect(codesOf(new Case(leaveNotice, said).send('WITHDRAW_REQUEST', owner))).toEqual(['FORBIDDEN']);
    const leave = new Case(leaveNotice, said);
    leave.send('WITHDRAW_REQUEST');
    expect([leave.state, leave.timers, leave.asked('endMembership')]).toEqual(['withdrawn', [], undefined]);
    const minors = new Case(leaveNotice, said, MINOR);
    minors.send('WITHDRAW_REQUEST', guardian);
    expect(minors.state).toBe('withdrawn');
    expect(codesOf(new Case(leaveNotice, said).fire('switchAt').send('WITHDRAW_REQUEST'))).toEqual(['FINAL']);
  });

  it('says who has to act and what silence does', () => {
    const leave = new Case(leaveNotice, said);
    const timers = leave.timers.map(({ name, dueAt }) => ({ name, dueAt }));
    expect(deadlines(leaveNotice, leave.snapshot, timers)).toMatchObject([
      { name: 'switchAt', title: 'The notice is over', dueAt: NOTICE_END },
    ]);
    const { awaits, text } = explain(leaveNotice, leave.snapshot, timers, START);
    expect(awaits).toEqual([]);
    expect(text).toContain('whether the guild answers or not');
  });

  it('needs no notice in the free window before the guild is merged, and ends on the chosen day within it', () => {
    const free = new Case(leaveNotice, { ...said, ...fee }, { found: MERGER });
    expect([free.due('switchAt'), free.context['acceptsExitFee']]).toEqual([START, false]);
    const chosen = '2026-03-19T00:00:00.000Z';
    expect(new Case(leaveNotice, { ...said, leaveAt: chosen }, { found: MERGER }).due('switchAt')).toBe(chosen);
    const beyond = new Case(leaveNotice, { ...said, ...fee, leaveAt: '2026-03-21T00:00:00.000Z' }, { found: MERGER });
    expect([beyond.due('switchAt'), beyond.context['acceptsExitFee']]).toEqual([NOTICE_END, true]);
  });
});

describe('Who may leave with notice', () => {
  const merging = (mergesAt: string) => ({
    guild: {
      id: membershipFacts.guildId,
      status: 'ACTIVE',
      memberCap: null,
      members: 1,
      mergesAt,
      mergesInto: '00000000-0000-4000-8000-000000000014',
    },
  });
  const full = { policy: { ...policy, exitQuotaPercentPerMonth: 5 }, recentExitsPercent: 5 };

  it.each<[string, Parameters<typeof against>[1], object, string[]]>([
    ['somebody whose minimum term is over', past, {}, []],
    ['not before the minimum term is over, and then from when', {}, {}, ['MIN_TERM until 2026-06-01T00:00:00.000Z']],
    ['before it is over for the capped fee', {}, fee, []],
    ['nobody who is in no guild', { membership: null }, {}, ['NOT_A_MEMBER']],
    ['not where the quota is used up', { ...past, ...full }, {}, ['EXIT_QUOTA']],
    ['where the quota is not used up', { ...past, ...full, recentExitsPercent: 4 }, {}, []],
    ['where there is no quota', { ...past, recentExitsPercent: 99 }, {}, []],
    ['not twice', { ...past, openFlows: [flow('LEAVE_NOTICE', 'noticePeriod')] }, {}, ['FLOW_OPEN']],
    ['not while a cause is being ruled on', { ...past, openFlows: [flow('LEAVE_CAUSE')] }, {}, ['FLOW_OPEN']],
    ['while an agreement is being sought', { ...past, openFlows: [flow('LEAVE_MUTUAL'), flow('AMEND')] }, {}, []],
    ['without term and quota before a merger', { ...full, ...merging('2026-03-20T00:00:00.000Z') }, {}, []],
    [
      'not without minimum term after a merger',
      merging('2026-03-01T00:00:00.000Z'),
      {},
      ['MIN_TERM until 2026-06-01T00:00:00.000Z'],
    ],
    [
      'not without minimum term on a day after the merger',
      merging('2026-03-20T00:00:00.000Z'),
      { leaveAt: '2026-03-21T00:00:00.000Z' },
      ['MIN_TERM until 2026-06-01T00:00:00.000Z'],
    ],
    ['somebody who is banned or locked', { ...past, broadcaster: BANNED }, {}, []],
  ])('%s', (_who, change, more, expected) => {
    expect(against(leaveNotice, change, { ...said, ...more })).toEqual(expected);
  });

  it('names everything at once', () => {
    expect(against(leaveNotice, { ...full, openFlows: [flow('LEAVE_CAUSE')] }, said)).toEqual([
      'MIN_TERM until 2026-06-01T00:00:00.000Z',
      'EXIT_QUOTA',
      'FLOW_OPEN',
    ]);
  });

  it('takes the place of what both would have to agree on', () => {
    expect(leaveNotice.opening.supersedes).toEqual(expect.arrayContaining(['LEAVE_MUTUAL', 'AMEND', 'RENEW', 'TRANSFER_AGREED']));
  });
});
