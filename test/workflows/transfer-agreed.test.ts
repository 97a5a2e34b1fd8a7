import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { differingFields, standingTerms } from '../../workflows/transfer-agreed/index.js';
import { OBJECTION_CODES } from '../../workflows/phases/index.js';
import {
  agreed,
  broadcaster,
  certification,
  codesOf,
  coolingOff,
  gaining,
  guardian,
  losing,
  matched,
  MEMBERSHIP,
  offer,
  ofMinor,
  releaseSha,
  sha,
  standIn,
  START,
  support,
  terms,
  uuid,
} from './transfer-fixtures.js';

describe('TRANSFER_AGREED', () => {
  it('goes from the entries to the switch: signed by three, certified, moved at the agreed time, stated for the losing guild', () => {
    const transfer = coolingOff();
    expect(transfer.state).toBe('coolingOff');
    transfer.fire('coolingOffEnd');
    expect([transfer.state, transfer.due('switchAt')]).toEqual(['settlement', terms.transferAt]);
    transfer.fire('switchAt');
    expect([transfer.state, transfer.timers]).toEqual(['completed', []]);
    expect(transfer.paramsOf('transferMembership')).toEqual({
      membershipId: MEMBERSHIP,
      gainingGuildId: uuid(14),
      at: terms.transferAt,
      terms: offer,
      lockDays: 60,
      consent: { minor: false, guardianId: null },
    });
    expect(transfer.paramsOf('openStatement')).toEqual({ membershipId: MEMBERSHIP });
    for (const { type, params } of transfer.effects)
      expect(transfer.definition.effects[type]?.params.safeParse(params).error).toBeUndefined();
  });

  it('never moves anybody before the cooling-off has ended, nor in the past of a decision that came late', () => {
    const soon = agreed();
    soon.enter(gaining, { transferAt: '2026-03-03T00:00:00.000Z' });
    soon.enter(losing, { transferAt: '2026-03-03T00:00:00.000Z' });
    for (const actor of [broadcaster, losing, gaining]) soon.sign(actor);
    soon.do('CERTIFY_TRANSFER', support);
    const end = soon.due('coolingOffEnd');
    soon.fire('coolingOffEnd', '2026-03-20T00:00:00.000Z');
    expect(soon.context['switchAt']).toBe(end);
    const late = coolingOff();
    late.do('OBJECT_TO_TRANSFER', losing, { ground: 'LOCK' });
    late.send('DECIDE_OBJECTION', support, { decision: 'DISMISSED' }, '2026-06-01T00:00:00.000Z');
    expect([late.state, late.context['switchAt']]).toEqual(['settlement', '2026-06-01T00:00:00.000Z']);
  });

  it('is rejected with every reason before anybody but its initiator has heard of it', () => {
    const transfer = agreed({ eligibilityFailures: [{ code: 'LOCKED', message: 'Locked.' }] });
    expect([transfer.state, transfer.told('REQUEST_REJECTED'), transfer.told('TRANSFER_ANNOUNCED')]).toEqual([
      'rejected',
      [['BROADCASTER']],
      [],
    ]);
  });

  it('ends as a rejection, with the reasons, where the switch is refused', () => {
    const reasons = [{ code: 'GUILD_FULL', message: 'Full.' }];
    const transfer = coolingOff({ transferMembership: { type: 'SWITCH_REFUSED', reasons } })
      .fire('coolingOffEnd')
      .fire('switchAt');
    expect([transfer.state, transfer.context['reasons']]).toEqual(['rejected', reasons]);
    expect(transfer.paramsOf('openStatement')).toBeUndefined();
  });
});

describe('The entries of the two guilds', () => {
  it('are compared field by field, whichever comes first', () => {
    const first = agreed();
    first.enter(losing);
    expect(first.state).toBe('entering');
    first.enter(gaining);
    expect(first.state).toBe('signing');
    expect(matched().state).toBe('signing');
  });

  it.each([
    ['transferAt', '2026-05-02T00:00:00.000Z'],
    ['feeMinor', 50_001],
    ['originSharePercent', 4],
  ])('differ by %s alone', (field, value) => {
    const transfer = agreed();
    transfer.enter(gaining);
    transfer.enter(losing, { [field]: value });
    expect(transfer.state).toBe('differing');
    expect(transfer.told('TRANSFER_TERMS_DIFFER')).toHaveLength(1);
    transfer.enter(losing);
    expect(transfer.state).toBe('signing');
  });

  it('match exactly when no field differs', () => {
    const entry = fc.record({
      transferAt: fc.constantFrom('2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z'),
      feeMinor: fc.nat(2),
      originSharePercent: fc.nat(2),
    });
    fc.assert(
      fc.property(entry, entry, (GUILD, GAINING_GUILD) => {
        const standing = standingTerms({ entries: { GUILD, GAINING_GUILD }, deemed: false });
        expect(standing !== null).toBe(JSON.stringify(GUILD) === JSON.stringify(GAINING_GUILD));
        expect(differingFields(GUILD, GAINING_GUILD)).toEqual(
          (['transferAt', 'feeMinor', 'originSharePercent'] as const).filter((field) => GUILD[field] !== GAINING_GUILD[field]),
        );
      }),
      { seed: 2026 },
    );
  });

  it('may be made anew, as often as the policy says, and no oftener', () => {
    const transfer = agreed();
    transfer.enter(gaining);
    transfer.enter(losing, { feeMinor: 1 });
    transfer.enter(losing, { feeMinor: 2 });
    expect(codesOf(transfer.enter(losing, { feeMinor: 3 }))).toEqual(['ROUND_LIMIT']);
    transfer.enter(gaining, { feeMinor: 2 });
    expect(transfer.state).toBe('signing');
  });

  it('void the signatures when they are made anew after a match', () => {
    const transfer = matched();
    transfer.sign(broadcaster);
    transfer.enter(losing, { feeMinor: 1 });
    expect([transfer.state, transfer.context['signatures'], transfer.context['agreement']]).toEqual(['differing', {}, null]);
    transfer.enter(gaining, { feeMinor: 1 });
    expect([transfer.state, transfer.context['version']]).toEqual(['signing', 2]);
  });

  it('are refused with everything that is wrong with them', () => {
    const transfer = agreed();
    const wrong = { transferAt: '2026-03-01T00:00:00.000Z', originSharePercent: 6 };
    const payload = { terms: { ...terms, ...wrong }, offer: { guildSharePercent: 31, termMonths: 13 } };
    expect(codesOf(transfer.send('ENTER_TRANSFER_TERMS', gaining, payload))).toEqual([
      'IN_THE_PAST',
      'ORIGIN_SHARE_TOO_HIGH',
      'GUILD_SHARE_TOO_HIGH',
      'TERM_TOO_LONG',
    ]);
    expect(codesOf(transfer.enter(losing, { transferAt: '2027-05-01T00:00:00.000Z' }))).toEqual(['TOO_FAR_AHEAD']);
    expect(codesOf(transfer.send('ENTER_TRANSFER_TERMS', gaining, { terms }))).toEqual(['OFFER_MISSING']);
    expect(codesOf(transfer.send('ENTER_TRANSFER_TERMS', losing, { terms, offer }))).toEqual(['NOT_YOUR_OFFER']);
    transfer.enter(gaining);
    expect(codesOf(transfer.enter(gaining))).toEqual(['TERMS_UNCHANGED']);
    expect(transfer.send('ENTER_TRANSFER_TERMS', broadcaster, { terms })).toMatchObject({ code: 'FORBIDDEN' });
    const twice = { id: uuid(90), authorities: ['BROADCASTER', 'GUILD_OWNER'] };
    expect(codesOf(transfer.send('ENTER_TRANSFER_TERMS', twice, { terms, as: 'BROADCASTER' }))).toEqual(['ONLY_GUILDS']);
  });
});

describe('Silence', () => {
  it('of the losing guild, after its days from the gaining guild’s entry, is consent without a fee and without its signature', () => {
    const transfer = agreed();
    transfer.enter(gaining);
    expect(transfer.due('losingGuildResponse')).toBe('2026-03-09T15:00:00.000Z');
    transfer.fire('losingGuildResponse');
    expect([transfer.state, transfer.context['deemed'], transfer.context['release']]).toEqual(['signing', true, null]);
    expect(transfer.paramsOf('renderTransfer')).toMatchObject({
      agreement: { feeMinor: 0, transferAt: terms.transferAt },
      release: null,
    });
    expect(codesOf(transfer.enter(losing))).toEqual(['CONSENT_DEEMED']);
    expect(codesOf(transfer.sign(losing))).toEqual(['NO_SIGNATURE_NEEDED', 'DIFFERENT_AGREEMENT']);
    transfer.sign(gaining);
    transfer.sign(broadcaster);
    expect(transfer.state).toBe('certification');
  });

  it('to other terms has to be silence anew', () => {
    const transfer = agreed();
    transfer.enter(gaining);
    transfer.fire('losingGuildResponse');
    transfer.enter(gaining, { transferAt: '2026-06-01T00:00:00.000Z' });
    expect([transfer.state, transfer.context['deemed']]).toEqual(['answering', false]);
    expect([transfer.at, transfer.due('losingGuildResponse')]).toEqual(['2026-03-09T15:00:00.000Z', '2026-03-17T15:00:00.000Z']);
  });

  it('of the gaining guild, of both about a difference, of a signatory and of the platform ends the transfer without effect', () => {
    const unanswered = agreed();
    unanswered.enter(losing);
    const differing = matched();
    differing.enter(losing, { feeMinor: 1 });
    const ends = [
      unanswered.fire('entry'),
      differing.fire('entry'),
      matched().fire('signatureWindow'),
      certification().fire('certificationEnd'),
    ];
    expect(ends.map(({ state }) => state)).toEqual(['expired', 'expired', 'expired', 'expired']);
    expect(ends.flatMap(({ effects }) => effects.filter(({ type }) => type === 'transferMembership'))).toEqual([]);
  });

  it('of the platform about an objection lets the transfer go on', () => {
    const transfer = coolingOff().do('OBJECT_TO_TRANSFER', losing, { ground: 'MIN_TERM' });
    expect(transfer.due('decision')).toBe('2026-03-16T15:00:00.000Z');
    expect(transfer.fire('decision').state).toBe('settlement');
  });
});

describe('The signatures', () => {
  it('bind each the text of its party: the losing guild’s does not know the offer', () => {
    const transfer = matched();
    const { agreement, release } = transfer.paramsOf('renderTransfer') as { agreement: object; release: object };
    expect(agreement).toEqual({ ...terms, ...offer, currency: 'JPY' });
    expect(release).toEqual({ ...terms, currency: 'JPY' });
    expect(codesOf(transfer.send('SIGN_AGREEMENT', losing, { version: 1, sha256: sha(1) }))).toEqual(['DIFFERENT_AGREEMENT']);
    expect(codesOf(transfer.send('SIGN_AGREEMENT', broadcaster, { version: 1, sha256: releaseSha(1) }))).toEqual([
      'DIFFERENT_AGREEMENT',
    ]);
    transfer.sign(losing);
    expect(codesOf(transfer.sign(losing))).toEqual(['ALREADY_SIGNED']);
    transfer.do('REVOKE_SIGNATURE', losing);
    expect(codesOf(transfer.send('REVOKE_SIGNATURE', losing))).toEqual(['NOT_SIGNED']);
    expect(codesOf(transfer.send('SIGN_AGREEMENT', losing, { version: 2, sha256: releaseSha(1) }))).toEqual(['OUTDATED_VERSION']);
  });

  it('of a minor’s guardian is needed too', () => {
    const transfer = matched(ofMinor);
    for (const actor of [broadcaster, losing, gaining]) transfer.sign(actor);
    expect(transfer.state).toBe('signing');
    transfer.sign(guardian);
    expect(transfer.state).toBe('certification');
  });

  it('are given by the platform for a suspended guild, once it has said so, and certified by somebody else', () => {
    const transfer = matched();
    expect(codesOf(transfer.sign(standIn))).toContain('NOT_YOUR_PARTY');
    transfer.do('STAND_IN', standIn, { reasonCode: 'GUILD_SUSPENDED' });
    for (const actor of [broadcaster, gaining, standIn]) transfer.sign(actor);
    expect(transfer.state).toBe('certification');
    expect(codesOf(transfer.send('CERTIFY_TRANSFER', standIn))).toEqual(['SIGNED_THEMSELVES']);
    expect(transfer.do('CERTIFY_TRANSFER', support).state).toBe('coolingOff');
  });

  it('can be withheld: whoever was asked declines, who asked withdraws, and a gaining guild pulls out instead', () => {
    expect(matched().do('DECLINE_REQUEST', losing, { reasonCode: 'TERMS' }).state).toBe('declined');
    expect(codesOf(matched().send('DECLINE_REQUEST', gaining, { reasonCode: 'TERMS' }))).toEqual(['PULL_OUT_INSTEAD']);
    expect(codesOf(matched().send('DECLINE_REQUEST', broadcaster, { reasonCode: 'TERMS' }))).toEqual(['ONLY_ASKED_PARTY']);
    expect(matched().do('WITHDRAW_REQUEST', broadcaster).state).toBe('withdrawn');
    expect(codesOf(matched().send('WITHDRAW_REQUEST', losing))).toEqual(['ONLY_INITIATOR']);
    expect(codesOf(matched({ initiator: 'GAINING_GUILD' }).send('WITHDRAW_REQUEST', gaining))).toEqual(['PULL_OUT_INSTEAD']);
    expect(agreed().do('DECLINE_REQUEST', gaining, { reasonCode: 'TERMS' }).state).toBe('declined');
  });
});

describe('After the signatures', () => {
  it('the platform may refuse to certify, with a coded reason', () => {
    const transfer = certification().do('REFUSE_CERTIFICATION', support, { reasonCode: 'FRAUD' });
    expect([transfer.state, transfer.context['reasons']]).toMatchObject(['rejected', [{ code: 'FRAUD' }]]);
  });

  it('only the broadcaster withdraws, until the cooling-off is over', () => {
    for (const make of [certification, coolingOff]) {
      expect(make().do('WITHDRAW_REQUEST', broadcaster).state).toBe('withdrawn');
      expect(codesOf(make().send('WITHDRAW_REQUEST', gaining))).toEqual(['ONLY_PROTECTED_PARTY']);
    }
    expect(coolingOff().do('OBJECT_TO_TRANSFER', losing, { ground: 'FRAUD' }).do('WITHDRAW_REQUEST', broadcaster).state).toBe(
      'withdrawn',
    );
    const objected = coolingOff().do('OBJECT_TO_TRANSFER', losing, { ground: 'FRAUD' });
    expect(codesOf(objected.send('WITHDRAW_REQUEST', losing))).toEqual(['ONLY_PROTECTED_PARTY']);
    expect(coolingOff().fire('coolingOffEnd').send('WITHDRAW_REQUEST', broadcaster)).toMatchObject({ code: 'WRONG_STATE' });
  });

  it.each(OBJECTION_CODES)('the losing guild objects on %s, if that is a ground', (ground) => {
    const transfer = coolingOff();
    const answer = transfer.send('OBJECT_TO_TRANSFER', losing, { ground });
    if ((OBJECTION_CODES as readonly string[]).includes(ground)) {
      expect(transfer.state).toBe('objected');
      transfer.do('DECIDE_OBJECTION', support, { decision: 'UPHELD' });
      expect([transfer.state, transfer.context['reasons']]).toMatchObject(['rejected', [{ code: ground }]]);
    } else {
      expect(answer).toMatchObject({ ok: false, code: 'NOT_ALLOWED', reasons: [{ code: 'NOT_A_GROUND', field: 'ground' }] });
    }
  });

  it('a dismissed objection leaves the rest of the cooling-off, and is not raised a second time', () => {
    const transfer = coolingOff();
    const end = transfer.due('coolingOffEnd');
    transfer.send('OBJECT_TO_TRANSFER', losing, { ground: 'LOCK' }, '2026-03-04T10:00:00.000Z');
    transfer.send('DECIDE_OBJECTION', support, { decision: 'DISMISSED' }, '2026-03-05T10:00:00.000Z');
    expect([transfer.state, transfer.due('coolingOffEnd')]).toEqual(['coolingOff', end]);
    expect(codesOf(transfer.send('OBJECT_TO_TRANSFER', losing, { ground: 'LOCK' }))).toEqual(['DECIDED_ALREADY']);
    expect(transfer.do('OBJECT_TO_TRANSFER', losing, { ground: 'FRAUD' }).state).toBe('objected');
  });

  it('nobody else objects', () => {
    expect(coolingOff().send('OBJECT_TO_TRANSFER', gaining, { ground: 'LOCK' })).toMatchObject({ code: 'FORBIDDEN' });
    const twice = { id: uuid(90), authorities: ['BROADCASTER', 'GUILD_OWNER'] };
    expect(codesOf(coolingOff().send('OBJECT_TO_TRANSFER', twice, { ground: 'LOCK', as: 'BROADCASTER' }))).toEqual([
      'ONLY_LOSING_GUILD',
    ]);
  });
});

describe('When the gaining guild pulls out', () => {
  const places = {
    signing: matched,
    certification,
    coolingOff,
    objected: () => coolingOff().do('OBJECT_TO_TRANSFER', losing, { ground: 'LOCK' }),
    settlement: () => coolingOff().fire('coolingOffEnd'),
  };

  it.each(Object.entries(places))('in %s the broadcaster chooses', (_state, make) => {
    const out = () => make().do('PULL_OUT', gaining, { reasonCode: 'ROSTER_FULL' });
    expect([out().state, out().told('CHOICE_NEEDED')]).toEqual(['choosing', [['BROADCASTER', 'GUILD', 'GAINING_GUILD']]]);
    const stays = out().do('CHOOSE_STAY', broadcaster);
    const free = out().do('CHOOSE_FREE', broadcaster);
    const silent = out().fire('choice');
    expect([stays.state, free.state, silent.state]).toEqual(['withdrawn', 'completed', 'withdrawn']);
    for (const each of [stays, silent]) expect(each.paramsOf('endMembership')).toBeUndefined();
    expect(free.paramsOf('endMembership')).toMatchObject({ membershipId: MEMBERSHIP, endKind: 'VOLUNTARY', atFault: null });
    expect(free.paramsOf('transferMembership')).toBeUndefined();
    expect(free.paramsOf('openStatement')).toEqual({ membershipId: MEMBERSHIP });
  });

  it('nobody chooses for the broadcaster', () => {
    const transfer = coolingOff().do('PULL_OUT', gaining, { reasonCode: 'OTHER' });
    expect(transfer.send('CHOOSE_FREE', gaining)).toMatchObject({ code: 'FORBIDDEN' });
    expect(codesOf(transfer.send('CHOOSE_FREE', guardian))).toEqual(['NOT_YOUR_PARTY']);
    const twice = { id: uuid(90), authorities: ['BROADCASTER', 'GUILD_OWNER'] };
    expect(codesOf(transfer.send('CHOOSE_FREE', twice, { as: 'GUILD' }))).toEqual(['ONLY_BROADCASTER']);
  });
});

describe('Support', () => {
  it('corrects the terms of both guilds, and everybody signs anew', () => {
    const transfer = certification().do('CORRECT_REQUEST', support, {
      terms: { ...terms, feeMinor: 1 },
      reasonCode: 'PLATFORM_ERROR',
    });
    expect([transfer.state, transfer.context['version'], transfer.context['signatures']]).toEqual(['signing', 2, {}]);
    expect(transfer.paramsOf('renderTransfer')).toMatchObject({ agreement: { feeMinor: 1 }, release: { feeMinor: 1 } });
  });

  it('corrects them only within the policy', () => {
    const beyond = { terms: { ...terms, originSharePercent: 6 }, reasonCode: 'PLATFORM_ERROR' };
    expect(codesOf(certification().send('CORRECT_REQUEST', support, beyond))).toEqual(['ORIGIN_SHARE_TOO_HIGH']);
  });

  it('voids it wherever it rests', () => {
    const resting = [agreed(), matched(), certification(), coolingOff(), coolingOff().fire('coolingOffEnd')];
    for (const transfer of resting) expect(transfer.do('VOID_REQUEST', support, { reasonCode: 'FRAUD' }).state).toBe('voided');
    expect(resting[0]!.at).toBe(START);
  });
});
