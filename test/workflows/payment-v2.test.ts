import { beforeEach, describe, expect, it } from '@jest/globals';
import { explain, type Actor } from '../../workflows/kernel/index.js';
import { PAYOUT_FAILURE_CODES, PAYOUT_FAILURES, paymentV2 } from '../../workflows/payment/index.js';
import { codesOf, PureInstance } from '../support/pure-instance.js';
import { policy } from '../support/samples/request.js';
import { uuid } from '../support/samples/sample.js';

const DAY_MS = 86_400_000;
let payment: PureInstance;
let references = 0;

const fail = (code: string) => payment.send('PAYOUT_FAILED', 'SUPPORT', { reference: `f-${String((references += 1))}`, code });
/** Whole days after the one that it is now. */
const daysUntil = (delay: string): number => Math.ceil((Date.parse(payment.due[delay]!) - Date.parse(payment.at)) / DAY_MS) - 1;
const lastTold = (template: string) =>
  payment.effects.filter(({ params }) => (params as { template?: string }).template === template);
const rows = () => payment.timers.map(({ name, dueAt }) => ({ name, dueAt }));
const said = () => explain(paymentV2, payment.snapshot, rows(), payment.at);

const due = async (start = 'statement', change: object = {}) => {
  payment = await PureInstance.of(paymentV2, start, change);
  payment.fire('cycleEnd');
  payment.fire('objectionEnd');
};

beforeEach(async () => {
  references = 0;
  await due();
});

describe('A payout that is due', () => {
  it('is waited for, with the days of the pinned policy; reported as paid it ends the payment', () => {
    expect([payment.state, daysUntil('payoutEnd')]).toEqual(['paying', 15]);
    expect(said()).toMatchObject({ awaits: ['PLATFORM'], by: payment.due['payoutEnd'] });
    expect(said().text).toContain('Waiting for the platform (Report that it was paid out / Report that a payout failed).');
    expect(said().silence).toContain('goes to “Payout late”');
    payment.send('PAYOUT_SUCCEEDED', 'SUPPORT', { reference: 'p-1' });
    expect([payment.state, payment.context['references'], payment.timers]).toEqual(['completed', ['p-1'], []]);
  });

  it.each(['BROADCASTER', 'GUARDIAN', 'GUILD_OWNER', 'GUILD_FINANCE', 'POLICY', 'AUDITOR'])('is not reported by %s', (who) => {
    expect(payment.send('PAYOUT_SUCCEEDED', who, { reference: 'p-1' })).toMatchObject({ code: 'FORBIDDEN' });
    expect(payment.send('ESCROW_PAYMENT', who, { reasonCode: 'COURT_ORDER' })).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is reported, kept back and released by nobody who has a part in it', () => {
    const own: Actor = { id: uuid(70), authorities: ['BROADCASTER', 'SUPPORT'] };
    for (const [event, payload] of [
      ['PAYOUT_SUCCEEDED', { reference: 'p-1' }],
      ['PAYOUT_FAILED', { reference: 'p-1', code: 'TIMEOUT' }],
      ['PAYOUT_FAILED', { reference: 'p-1', code: 'SANCTIONED' }],
      ['PAYOUT_FAILED', { reference: 'p-1', code: 'ACCOUNT_CLOSED' }],
      ['ESCROW_PAYMENT', { reasonCode: 'OTHER' }],
    ] as const)
      expect(codesOf(payment.send(event, own, payload))).toEqual(['NOT_IMPARTIAL']);
    payment.send('ESCROW_PAYMENT', 'SUPPORT', { reasonCode: 'OTHER' });
    expect(codesOf(payment.send('RELEASE_ESCROW', own, { reasonCode: 'CLEARED' }))).toEqual(['NOT_IMPARTIAL']);
    expect(codesOf(payment.send('PAYOUT_SUCCEEDED', own, { reference: 'p-1' }))).toEqual(['NOT_IMPARTIAL']);
  });

  it('is late when nobody reports it: told once, seen from then on, and without a clock that goes on firing', () => {
    payment.fire('payoutEnd');
    expect([payment.state, payment.timers, lastTold('PAYOUT_LATE')]).toMatchObject([
      'payoutLate',
      [],
      [{ params: { audience: ['BROADCASTER', 'GUILD'] } }],
    ]);
    expect(said()).toMatchObject({ awaits: ['PLATFORM'], by: null });
    fail('TIMEOUT');
    payment.fire('retryEnd');
    expect([payment.state, lastTold('PAYOUT_LATE').length]).toEqual(['payoutLate', 1]);
    payment.send('PAYOUT_SUCCEEDED', 'SUPPORT', { reference: 'p-1' });
    expect(payment.state).toBe('completed');
  });

  it.each(['DE89370400440532013000', 'de89370400440532013000', 'a b', '', 'x'.repeat(65), 'Ana García'])(
    'has no %p for a reference',
    (reference) => {
      expect(payment.send('PAYOUT_SUCCEEDED', 'SUPPORT', { reference })).toMatchObject({ code: 'INVALID_INPUT' });
    },
  );
});

describe('A payout that failed', () => {
  it.each([...PAYOUT_FAILURE_CODES])('as %s leads to where the table says', (code) => {
    fail(code);
    const to = { RETRY: 'retrying', NEW_PAYEE: 'payeeNeeded', ESCROW: 'escrow' }[PAYOUT_FAILURES[code].leadsTo];
    expect([payment.state, payment.context['lastFailure']]).toEqual([to, code]);
    if (to !== 'escrow') expect(said().text).toContain(PAYOUT_FAILURES[code].message);
  });

  it('is no payout of a code that nobody knows', () => {
    expect(fail('BANNED')).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('is tried again after its days, while the days to pay go on, and at most as often as the policy says', () => {
    const end = payment.due['payoutEnd'];
    fail('TIMEOUT');
    expect([payment.state, Object.keys(payment.due), daysUntil('retryEnd')]).toEqual(['retrying', ['retryEnd'], 1]);
    expect(said()).toMatchObject({ awaits: [], silence: expect.stringContaining('“Payout due”') });
    payment.fire('retryEnd');
    expect([payment.state, payment.due['payoutEnd']]).toEqual(['paying', end]);
    // The policy of the sample allows two attempts.
    fail('PROVIDER_UNAVAILABLE');
    expect([payment.state, payment.context['failures']]).toEqual(['payeeNeeded', 2]);
  });

  it('is reported once for each reference, whatever the result', async () => {
    await due('statement', { policy: { ...policy, payoutAttemptsMax: 3 } });
    payment.send('PAYOUT_FAILED', 'SUPPORT', { reference: 'same', code: 'TIMEOUT' });
    payment.fire('retryEnd');
    for (const [event, more] of [
      ['PAYOUT_FAILED', { code: 'TIMEOUT' }],
      ['PAYOUT_FAILED', { code: 'SANCTIONED' }],
      ['PAYOUT_FAILED', { code: 'ACCOUNT_CLOSED' }],
      ['PAYOUT_SUCCEEDED', {}],
    ] as const) {
      const again = payment.send(event, 'SUPPORT', { reference: 'same', ...more });
      expect(again).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'ALREADY_REPORTED', field: 'reference' }] });
    }
    expect(payment.send('PAYOUT_SUCCEEDED', 'SUPPORT', { reference: 'other' })).toMatchObject({ ok: true, done: true });
  });

  const laterStates: readonly (readonly [string, readonly (() => unknown)[]])[] = [
    ['retrying', [() => fail('TIMEOUT')]],
    ['payeeNeeded', [() => fail('ACCOUNT_CLOSED')]],
    ['unclaimed', [() => fail('ACCOUNT_CLOSED'), () => payment.fire('unclaimedEnd')]],
    ['payeeLocked', [() => payment.link('PAYEE_CHANGED', { change: 'PAYEE', payeeId: null })]],
    ['escrow', [() => payment.send('ESCROW_PAYMENT', 'SUPPORT', { reasonCode: 'OTHER' })]],
  ];
  it.each(laterStates)('may have gone out all the same: a success counts in %s too', (state, steps) => {
    for (const step of steps) step();
    expect(payment.state).toBe(state);
    expect(payment.send('PAYOUT_SUCCEEDED', 'SUPPORT', { reference: 'b' })).toMatchObject({ state: 'completed' });
  });
});

describe('A payee who cannot be paid', () => {
  beforeEach(() => void fail('ACCOUNT_CLOSED'));

  it('is replaced by the broadcaster, waits for the lock and is paid', () => {
    expect(said()).toMatchObject({ awaits: ['BROADCASTER'], by: payment.due['unclaimedEnd'] });
    expect(said().text).toContain('Waiting for the broadcaster (Name a new payee).');
    expect(lastTold('PAYEE_NEEDED')).toMatchObject([{ params: { audience: ['BROADCASTER'] } }]);
    payment.send('NAME_PAYEE', 'BROADCASTER', { payeeId: uuid(40) });
    expect(payment.paramsOf('changePayee')).toEqual({ broadcasterId: uuid(11), payeeId: uuid(40), by: 'SELF' });
    expect([payment.state, daysUntil('lockEnd')]).toEqual(['payeeLocked', 7]);
    expect(said()).toMatchObject({ awaits: [], silence: expect.stringContaining('“Payout due”') });
    expect(payment.send('PAYOUT_FAILED', 'SUPPORT', { reference: 'x', code: 'TIMEOUT' })).toMatchObject({ code: 'WRONG_STATE' });
    payment.fire('lockEnd');
    expect([payment.state, payment.context['failures'], daysUntil('payoutEnd')]).toEqual(['paying', 0, 15]);
    payment.send('PAYOUT_SUCCEEDED', 'SUPPORT', { reference: 'p-2' });
    expect(payment.state).toBe('completed');
  });

  it.each(['GUARDIAN', 'GUILD_OWNER', 'GUILD_FINANCE', 'SUPPORT'])('is not replaced by %s', (who) => {
    expect(payment.send('NAME_PAYEE', who, { payeeId: uuid(40) }).ok).toBe(false);
  });

  it('is replaced for a broadcaster who also runs the guild only by the broadcaster in them', () => {
    const both: Actor = { id: uuid(71), authorities: ['BROADCASTER', 'GUILD_OWNER'] };
    expect(codesOf(payment.send('NAME_PAYEE', both, { payeeId: uuid(40), as: 'GUILD' }))).toEqual(['ONLY_BROADCASTER']);
    expect(payment.send('NAME_PAYEE', both, { payeeId: uuid(40), as: 'BROADCASTER' })).toMatchObject({ ok: true });
  });

  it('is named by an id only', () => {
    expect(payment.send('NAME_PAYEE', 'BROADCASTER', { payeeId: 'DE89370400440532013000' })).toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('is not named again when that one has failed too', () => {
    payment.send('NAME_PAYEE', 'BROADCASTER', { payeeId: uuid(40) });
    payment.fire('lockEnd');
    fail('NAME_MISMATCH');
    expect(codesOf(payment.send('NAME_PAYEE', 'BROADCASTER', { payeeId: uuid(40) }))).toEqual(['SAME_PAYEE']);
    expect(payment.send('NAME_PAYEE', 'BROADCASTER', { payeeId: uuid(41) })).toMatchObject({ state: 'namingPayee' });
  });

  it('leaves the funds unclaimed when nobody names another, and they are claimed after that too', () => {
    expect(daysUntil('unclaimedEnd')).toBe(90);
    payment.fire('unclaimedEnd');
    expect([payment.state, lastTold('PAYOUT_UNCLAIMED')]).toMatchObject([
      'unclaimed',
      [{ params: { audience: ['BROADCASTER', 'GUILD'] } }],
    ]);
    expect(said()).toMatchObject({ awaits: ['BROADCASTER'], by: payment.due['claimEnd'] });
    payment.send('NAME_PAYEE', 'BROADCASTER', { payeeId: uuid(40) });
    expect(payment.state).toBe('payeeLocked');
  });

  it('can be claimed for as long as the records are kept, to the end of the day in the region', () => {
    payment.fire('unclaimedEnd');
    const { year, month, day } = localDay(payment.at);
    expect(localDay(new Date(Date.parse(payment.due['claimEnd']!) - 1).toISOString())).toEqual({ year: year + 7, month, day });
    payment.fire('claimEnd');
    expect(payment.state).toBe('expired');
  });

  it('is replaced by a change in the directory, which is the same fact', () => {
    payment.link('PAYEE_CHANGED', { change: 'IDENTITY', payeeId: null });
    expect(payment.state).toBe('payeeNeeded');
    payment.link('PAYEE_CHANGED', { change: 'PAYEE', payeeId: uuid(42) });
    expect([payment.state, payment.context['payeeId'], daysUntil('lockEnd')]).toEqual(['payeeLocked', uuid(42), 7]);
  });
});

/** In the sample's region. */
function localDay(instant: string) {
  const [year, month, day] = new Date(Date.parse(instant) + 9 * 3_600_000).toISOString().slice(0, 10).split('-').map(Number);
  return { year: year!, month: month!, day: day! };
}

describe('A change of payee or identity that nobody has asked for', () => {
  const states: readonly (readonly [string, () => unknown])[] = [
    ['paying', () => undefined],
    ['payoutLate', () => payment.fire('payoutEnd')],
    ['retrying', () => fail('TIMEOUT')],
    ['payeeLocked', () => payment.link('PAYEE_CHANGED', { change: 'PAYEE', payeeId: null })],
  ];
  it.each(states)('locks a payout that is %s, from the change on', (state, go) => {
    go();
    expect(payment.state).toBe(state);
    payment.at = new Date(Date.parse(payment.at) + 2 * DAY_MS).toISOString();
    payment.link('PAYEE_CHANGED', { change: 'IDENTITY', payeeId: null });
    expect([payment.state, daysUntil('lockEnd'), Object.keys(payment.due)]).toEqual(['payeeLocked', 7, ['lockEnd']]);
  });

  it('locks a payout that becomes due before the days are over, whether it came before or after the payment was opened', async () => {
    payment = await PureInstance.of(paymentV2, 'statement');
    payment.fire('cycleEnd');
    payment.link('PAYEE_CHANGED', { change: 'PAYEE', payeeId: null });
    payment.send('AGREE_STATEMENT', 'BROADCASTER');
    payment.send('AGREE_STATEMENT', 'GUILD_OWNER');
    expect([payment.state, daysUntil('lockEnd')]).toEqual(['payeeLocked', 7]);
    const short = { ...policy, settlementCycleDays: 1, objectionDays: 1 };
    await due('statement', { payeeChangedAt: '2026-03-02T09:00:00.000Z', policy: short });
    expect(payment.state).toBe('payeeLocked');
    await due('statement', { payeeChangedAt: '2026-02-20T09:00:00.000Z', policy: short });
    expect(payment.state).toBe('paying');
  });
});

describe('Funds in escrow', () => {
  it.each(['SANCTIONS', 'COURT_ORDER', 'IDENTITY_DOUBT', 'INVESTIGATION'])(
    'for %s wait for the platform, and are paid when it lets them go',
    (reasonCode) => {
      payment.send('ESCROW_PAYMENT', 'SUPPORT', { reasonCode });
      expect([payment.state, payment.timers, said().awaits]).toEqual(['escrow', [], ['PLATFORM']]);
      expect(lastTold('PAYOUT_IN_ESCROW')).toMatchObject([{ params: { audience: ['BROADCASTER', 'GUILD'] } }]);
      payment.send('RELEASE_ESCROW', 'SUPPORT', { reasonCode: 'CLEARED' });
      expect([payment.state, daysUntil('payoutEnd')]).toEqual(['paying', 15]);
    },
  );

  it('are not kept back for a ban', () => {
    expect(payment.send('ESCROW_PAYMENT', 'SUPPORT', { reasonCode: 'BAN' })).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('are released to nobody who cannot be paid, nor before a lock is over', () => {
    fail('ACCOUNT_CLOSED');
    payment.send('ESCROW_PAYMENT', 'SUPPORT', { reasonCode: 'COURT_ORDER' });
    payment.send('RELEASE_ESCROW', 'SUPPORT', { reasonCode: 'COURT_ORDER' });
    expect(payment.state).toBe('payeeNeeded');
    payment.send('ESCROW_PAYMENT', 'SUPPORT', { reasonCode: 'COURT_ORDER' });
    payment.link('PAYEE_CHANGED', { change: 'PAYEE', payeeId: uuid(42) });
    expect(payment.state).toBe('escrow');
    payment.send('RELEASE_ESCROW', 'SUPPORT', { reasonCode: 'COURT_ORDER' });
    expect(payment.state).toBe('payeeLocked');
  });
});
