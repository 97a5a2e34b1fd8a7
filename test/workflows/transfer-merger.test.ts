import { describe, expect, it } from '@jest/globals';
import { transferMerger } from '../../workflows/transfer-merger/index.js';
import { uuid } from '../support/samples/sample.js';
import { against, BANNED, Case, facts, flow, membershipFacts, policy, START } from './case.js';

const effectiveAt = '2026-02-20T00:00:00.000Z';
const terms = { guildSharePercent: 20, termMonths: 6 };
const termFrom = membershipFacts.termStartsAt;
const change = { gainingGuildId: uuid(14), terms, termFrom, switchAt: effectiveAt };
const switched = { transferMembership: { type: 'SWITCHED', membershipId: uuid(40) } };
const merged = {
  guild: { ...facts.guild, mergesAt: effectiveAt, mergesInto: uuid(14) },
  gainingGuild: { ...facts.guild, id: uuid(14), memberCap: 1, members: 1 },
};

describe('TRANSFER_MERGER', () => {
  it('moves a member at the announced instant, on the same terms, from when they count, and locks nobody', () => {
    const moved = new Case(transferMerger, { effectiveAt }, change, switched);
    expect([moved.state, moved.context['gainedMembershipId']]).toEqual(['completed', uuid(40)]);
    expect(moved.asked('transferMembership')).toEqual({
      membershipId: membershipFacts.id,
      gainingGuildId: uuid(14),
      at: effectiveAt,
      terms,
      lockDays: 0,
      merger: { termFrom },
    });
    expect(moved.context['paymentId']).toEqual(expect.any(String));
  });

  it('is rejected when the database refuses the switch', () => {
    const reasons = [{ code: 'NOT_A_MEMBER', message: 'The membership has ended already.' }];
    const gone = new Case(transferMerger, { effectiveAt }, change, { transferMembership: { type: 'SWITCH_REFUSED', reasons } });
    expect([gone.state, gone.codes]).toEqual(['rejected', ['NOT_A_MEMBER']]);
  });
});

describe('Who goes over with a merged guild', () => {
  it('is every member, banned or not, however full the other guild is', () => {
    expect(against(transferMerger, { ...merged, broadcaster: BANNED })).toEqual([]);
  });

  it('is nobody before the announced instant, or into a third guild', () => {
    const later = { ...merged.guild, mergesAt: '2199-01-01T00:00:00.000Z' };
    expect(against(transferMerger, { ...merged, guild: later })).toEqual(['NOT_MERGED']);
    expect(against(transferMerger, { ...merged, guild: { ...merged.guild, mergesInto: uuid(15) } })).toEqual(['NOT_MERGED']);
    expect(against(transferMerger, { gainingGuild: merged.gainingGuild })).toEqual(['NOT_MERGED']);
  });

  it('is nobody who has left, or is leaving', () => {
    expect(against(transferMerger, { ...merged, membership: null })).toEqual(['NOT_A_MEMBER']);
    expect(against(transferMerger, { ...merged, openFlows: [flow('LEAVE_NOTICE', 'noticePeriod')] })).toEqual(['FLOW_OPEN']);
    expect(against(transferMerger, { ...merged, openFlows: [flow('AMEND')] })).toEqual([]);
  });

  it('is nobody while the other guild takes nobody', () => {
    const gainingGuild = { ...merged.gainingGuild, status: 'SUSPENDED' };
    expect(against(transferMerger, { ...merged, gainingGuild })).toEqual(['GUILD_NOT_ACTIVE']);
  });

  it('goes at an instant between the merger and now', () => {
    const objections = (said: object) =>
      transferMerger.opening.objections!(said as never, { ...facts, ...merged }).map(({ code }) => code);
    expect(objections({})).toEqual([]);
    expect(objections({ effectiveAt })).toEqual([]);
    expect(objections({ effectiveAt: START })).toEqual([]);
    expect(objections({ effectiveAt: '2026-02-19T00:00:00.000Z' })).toEqual(['BAD_INSTANT']);
    expect(objections({ effectiveAt: '2199-01-01T00:00:00.000Z' })).toEqual(['BAD_INSTANT']);
  });

  it('takes the terms along, but for when they first began', () => {
    const carried = (change: object, said: object = {}) =>
      transferMerger.opening.input!({ said, policy }, { ...facts, ...merged, ...change });
    const membership = { ...membershipFacts, terms: { ...terms, startAt: START } };
    expect(carried({ membership }, { effectiveAt })).toMatchObject({ switchAt: effectiveAt, terms, termFrom });
    expect(carried({ membership: null })).toMatchObject({ switchAt: START, terms: null });
  });
});
