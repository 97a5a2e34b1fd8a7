import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { amend } from '../../workflows/amend/index.js';
import { renew } from '../../workflows/renew/index.js';
import {
  against,
  BANNED,
  broadcaster,
  Case,
  codesOf,
  facts,
  flow,
  guardian,
  membershipFacts,
  MINOR,
  owner,
  policy,
  START,
} from './case.js';

const terms = { guildSharePercent: 15, termMonths: 6 };
const found = { termStartsAt: membershipFacts.termStartsAt, termEndsAt: membershipFacts.termEndsAt };
const over = { termStartsAt: '2025-08-01T00:00:00.000Z', termEndsAt: '2026-02-01T00:00:00.000Z' };
const LATER = '2026-05-01T00:00:00.000Z';
const COOLING_OFF_END = '2026-03-10T15:00:00.000Z';
const OF_AGE = { minor: false, guardianId: null };
type Kind = typeof amend;

const proposed = (kind: Kind, more: object = {}, change: object = {}) =>
  new Case(kind, { terms: { ...terms, ...more } }, { found, ...change });
const signed = (kind: Kind, more: object = {}, change: object = {}) =>
  proposed(kind, more, change).accept(owner).sign(broadcaster, owner);

describe.each([
  ['AMEND', amend],
  ['RENEW', renew],
] as const)('%s', (_kind, kind) => {
  it('expires when nobody answers or a signature is missing: the old terms stand', () => {
    for (const silent of [
      proposed(kind).fire('response'),
      proposed(kind).accept(owner).sign(broadcaster).fire('signatureWindow'),
    ]) {
      expect([silent.state, silent.asked('amendMembership')]).toEqual(['expired', undefined]);
    }
  });

  it('is signed by both sides, and for a minor by the guardian too', () => {
    const instance = proposed(kind, {}, MINOR).accept(owner).sign(broadcaster, owner);
    expect(instance.state).toBe('signing');
    instance.sign(guardian);
    expect(instance.state).not.toBe('signing');
  });

  it('can be countered within the policy, and not beyond it', () => {
    const instance = proposed(kind);
    const counter = (next: object) => codesOf(instance.send('PROPOSE_TERMS', owner, { terms: next }));
    expect(counter({ guildSharePercent: 31, termMonths: 1 })).toEqual(['GUILD_SHARE_TOO_HIGH', 'TERM_TOO_SHORT']);
    expect(counter({ guildSharePercent: 30, termMonths: 13 })).toEqual(['TERM_TOO_LONG']);
    expect(counter(terms)).toEqual(['TERMS_UNCHANGED']);
    expect(counter({ guildSharePercent: 30, termMonths: 12 })).toEqual([]);
  });

  it('refuses terms beyond the policy without a trace when it is opened', () => {
    const objections = kind.opening.objections!({ terms: { guildSharePercent: 99, termMonths: 99 } } as never, facts);
    expect(objections.map(({ code }) => code)).toEqual(['GUILD_SHARE_TOO_HIGH', 'TERM_TOO_LONG']);
  });

  it('is for members only, one exclusive flow at a time, in a guild that can bind itself', () => {
    expect(against(kind, {})).toEqual([]);
    expect(against(kind, { membership: null })).toEqual(['NOT_A_MEMBER']);
    expect(against(kind, { membership: { ...membershipFacts, startsAt: LATER } })).toEqual([`NOT_BEGUN until ${LATER}`]);
    expect(against(kind, { guild: { ...facts.guild, status: 'SUSPENDED' } })).toEqual(['GUILD_NOT_ACTIVE']);
    expect(against(kind, { broadcaster: { ...facts.broadcaster, restricted: true } })).toEqual(['RESTRICTED']);
    for (const open of ['AMEND', 'RENEW', 'LEAVE_MUTUAL', 'LEAVE_NOTICE', 'LEAVE_CAUSE', 'EXPEL', 'TRANSFER_AGREED'])
      expect(against(kind, { openFlows: [flow(open)] })).toEqual(['FLOW_OPEN']);
  });

  it('becomes a rejection when the membership has ended by then', () => {
    const reasons = [{ code: 'NOT_A_MEMBER', message: 'Ended.' }];
    const instance = new Case(kind, { terms }, { found: over }, { amendMembership: { type: 'SWITCH_REFUSED', reasons } });
    instance.accept(owner).sign(broadcaster, owner);
    if (instance.state === 'coolingOff') instance.fire('coolingOffEnd');
    expect([instance.fire('switchAt').state, instance.codes]).toEqual(['rejected', ['NOT_A_MEMBER']]);
  });
});

describe('AMEND', () => {
  it('puts the new terms in force with the last signature; the term counts from where it counted before', () => {
    const instance = signed(amend).fire('switchAt');
    expect(instance.state).toBe('completed');
    expect(instance.asked('amendMembership')).toEqual({
      membershipId: membershipFacts.id,
      at: START,
      terms,
      termFrom: membershipFacts.termStartsAt,
      consent: OF_AGE,
    });
  });

  it('waits for the chosen instant, and nobody takes back alone what all have signed', () => {
    const instance = signed(amend, { startAt: LATER });
    expect(instance.due('switchAt')).toBe(LATER);
    expect(codesOf(instance.send('WITHDRAW_REQUEST'))).toEqual(['WRONG_STATE']);
    expect(instance.fire('switchAt', '2026-05-03T00:00:00.000Z').asked('amendMembership')).toMatchObject({ at: LATER });
  });

  it('is not asked for terms that are in force', () => {
    const objections = (more: object) =>
      amend.opening.objections!({ terms: { ...membershipFacts.terms, ...more } } as never, facts).map(({ code }) => code);
    expect(objections({})).toEqual(['TERMS_UNCHANGED']);
    expect(objections({ startAt: LATER })).toEqual(['TERMS_UNCHANGED']);
    expect(objections({ guildSharePercent: 19 })).toEqual([]);
  });

  it('is open to somebody who is banned: it binds nobody for longer', () => {
    expect(against(amend, { broadcaster: { ...BANNED, restricted: false } })).toEqual([]);
  });
});

describe('RENEW', () => {
  it('lets the broadcaster withdraw in the cooling-off of a JOIN, and nobody else', () => {
    const instance = signed(renew);
    expect([instance.state, instance.due('coolingOffEnd')]).toEqual(['coolingOff', COOLING_OFF_END]);
    expect(codesOf(instance.send('WITHDRAW_REQUEST', owner))).toEqual(['ONLY_PROTECTED_PARTY']);
    instance.send('WITHDRAW_REQUEST');
    expect([instance.state, instance.asked('amendMembership')]).toEqual(['withdrawn', undefined]);
  });

  it('begins the new term where the running one ends', () => {
    const instance = signed(renew).fire('coolingOffEnd');
    expect(instance.due('switchAt')).toBe(membershipFacts.termEndsAt);
    expect(instance.fire('switchAt').asked('amendMembership')).toEqual({
      membershipId: membershipFacts.id,
      at: membershipFacts.termEndsAt,
      terms,
      consent: OF_AGE,
    });
  });

  it('begins it with the end of the cooling-off when the running term is over', () => {
    expect(signed(renew, {}, { found: over }).fire('coolingOffEnd').due('switchAt')).toBe(COOLING_OFF_END);
  });

  it('has no cooling-off where the policy has none', () => {
    const instance = proposed(renew, {}, { found: over, policy: { ...policy, joinCoolingOffDays: 0 } })
      .accept(owner)
      .sign(broadcaster, owner);
    expect(instance.due('coolingOffEnd')).toBe(START);
    expect(instance.fire('coolingOffEnd').due('switchAt')).toBe(START);
  });

  it('is not for somebody who is banned', () => {
    expect(against(renew, { broadcaster: { ...facts.broadcaster, banned: true } })).toEqual(['BANNED']);
  });

  it('never begins before the running term ends, the cooling-off is over and the chosen instant has come', () => {
    const minutes = fc.integer({ min: -200_000, max: 200_000 });
    fc.assert(
      fc.property(minutes, minutes, (term, start) => {
        const instant = (offset: number) => new Date(Date.parse(START) + offset * 60_000).toISOString();
        const running = { termStartsAt: over.termStartsAt, termEndsAt: instant(term) };
        const instance = signed(renew, { startAt: instant(start) }, { found: running }).fire('coolingOffEnd');
        const latest = [COOLING_OFF_END, instant(term), instant(start)].sort().at(-1);
        expect(instance.due('switchAt')).toBe(latest);
      }),
      { numRuns: 100, seed: 2026 },
    );
  });
});
