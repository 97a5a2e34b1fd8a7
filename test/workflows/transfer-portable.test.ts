import { describe, expect, it } from '@jest/globals';
import {
  broadcaster,
  codesOf,
  gaining,
  guardian,
  losing,
  MEMBERSHIP,
  offer,
  ofMinor,
  otherOffer,
  portable,
  START,
  support,
  uuid,
} from './transfer-fixtures.js';

const signed = (said: object = {}) => {
  const transfer = portable(said);
  transfer.sign(gaining);
  transfer.sign(broadcaster);
  return transfer;
};

describe('TRANSFER_PORTABLE', () => {
  it('goes from the code to the switch with two signatures and no word of the guild that is left', () => {
    const transfer = signed();
    expect(transfer.state).toBe('coolingOff');
    expect(transfer.told('COOLING_OFF_STARTED')).toEqual([['BROADCASTER', 'GUILD', 'GAINING_GUILD']]);
    transfer.fire('coolingOffEnd').fire('switchAt');
    expect(transfer.state).toBe('completed');
    expect(transfer.paramsOf('transferMembership')).toEqual({
      membershipId: MEMBERSHIP,
      gainingGuildId: uuid(14),
      at: '2026-03-07T15:00:00.000Z',
      terms: offer,
      lockDays: 60,
      consent: { minor: false, guardianId: null },
    });
    for (const { type, params } of transfer.effects)
      expect(transfer.definition.effects[type]?.params.safeParse(params).error).toBeUndefined();
  });

  it('moves at a later time, where one was offered', () => {
    const transfer = signed({ transferAt: '2026-05-01T00:00:00.000Z' }).fire('coolingOffEnd');
    expect(transfer.due('switchAt')).toBe('2026-05-01T00:00:00.000Z');
  });

  it('makes one text only, which the losing guild neither reads nor signs nor declines', () => {
    const transfer = portable();
    expect(transfer.paramsOf('renderTransfer')).toMatchObject({ agreement: offer, release: null });
    expect(transfer.told('AGREEMENT_READY')).toEqual([['BROADCASTER', 'GAINING_GUILD']]);
    expect(codesOf(transfer.sign(losing))).toContain('NO_SIGNATURE_NEEDED');
    expect(codesOf(transfer.send('DECLINE_REQUEST', losing, { reasonCode: 'OTHER' }))).toEqual(['NOT_ASKED']);
    expect(transfer.do('DECLINE_REQUEST', broadcaster, { reasonCode: 'TERMS' }).state).toBe('declined');
  });

  it('needs the guardian of a minor', () => {
    const transfer = portable({}, ofMinor);
    transfer.sign(gaining);
    transfer.sign(broadcaster);
    expect(transfer.state).toBe('signing');
    transfer.sign(guardian);
    expect(transfer.state).toBe('coolingOff');
  });

  it('takes other offers, which void the signatures, up to the limit and within the policy', () => {
    const transfer = portable();
    transfer.sign(broadcaster);
    expect(codesOf(transfer.send('OFFER_MEMBERSHIP', gaining, { offer }))).toEqual(['TERMS_UNCHANGED']);
    expect(codesOf(transfer.send('OFFER_MEMBERSHIP', gaining, { offer: { guildSharePercent: 31, termMonths: 1 } }))).toEqual([
      'GUILD_SHARE_TOO_HIGH',
      'TERM_TOO_SHORT',
    ]);
    expect(codesOf(transfer.send('OFFER_MEMBERSHIP', gaining, { offer: otherOffer, transferAt: START }))).toEqual([
      'IN_THE_PAST',
    ]);
    transfer.do('OFFER_MEMBERSHIP', gaining, { offer: otherOffer });
    expect([transfer.state, transfer.context['version'], transfer.context['signatures']]).toEqual(['signing', 2, {}]);
    expect(codesOf(transfer.send('OFFER_MEMBERSHIP', gaining, { offer }))).toEqual(['ROUND_LIMIT']);
  });

  it('ends without effect when nobody signs, and with the reasons when it was not eligible', () => {
    expect(portable().fire('signatureWindow').state).toBe('expired');
    const rejected = portable({}, { eligibilityFailures: [{ code: 'MIN_TERM', message: 'Bound.' }] });
    expect([rejected.state, rejected.told('REQUEST_REJECTED')]).toEqual(['rejected', [['GAINING_GUILD']]]);
  });

  it('takes objections of the losing guild while the cooling-off runs, as the other transfer does', () => {
    const transfer = signed().do('OBJECT_TO_TRANSFER', losing, { ground: 'MIN_TERM' });
    expect(transfer.do('DECIDE_OBJECTION', support, { decision: 'UPHELD' }).state).toBe('rejected');
    expect(codesOf(signed().send('OBJECT_TO_TRANSFER', losing, { ground: 'QUOTA' }))).toEqual(['NOT_A_GROUND']);
    expect(portable().send('OBJECT_TO_TRANSFER', losing, { ground: 'FRAUD' })).toMatchObject({ code: 'WRONG_STATE' });
  });

  it('leaves the choice to the broadcaster when the gaining guild pulls out after the signatures', () => {
    const transfer = signed().do('PULL_OUT', gaining, { reasonCode: 'FINANCES' });
    expect(transfer.do('CHOOSE_FREE', broadcaster).state).toBe('completed');
  });
});
