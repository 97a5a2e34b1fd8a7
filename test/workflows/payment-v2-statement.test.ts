import { beforeEach, describe, expect, it } from '@jest/globals';
import { availableActions, deadlines, explain, type Actor } from '../../workflows/kernel/index.js';
import { paymentV2 } from '../../workflows/payment/index.js';
import { codesOf, PureInstance } from '../support/pure-instance.js';
import { actorAs } from '../support/explorer-actors.js';
import { uuid } from '../support/samples/sample.js';

let payment: PureInstance;
const fail = (code: string) => payment.send('PAYOUT_FAILED', 'SUPPORT', { reference: 'f-1', code });
const told = (template: string) =>
  payment.effects.filter(({ params }) => (params as { template?: string }).template === template).length;
const rows = () => payment.timers.map(({ name, dueAt }) => ({ name, dueAt }));
const awaited = () => explain(paymentV2, payment.snapshot, rows(), payment.at).awaits;

beforeEach(async () => {
  payment = await PureInstance.of(paymentV2, 'statement');
  payment.fire('cycleEnd');
  payment.fire('objectionEnd');
});

describe('The statement before the payout', () => {
  const issued = async (start = 'statement') => {
    payment = await PureInstance.of(paymentV2, start);
    payment.fire('cycleEnd');
  };

  it('is agreed by both sides and then paid, never at once', async () => {
    await issued();
    payment.send('AGREE_STATEMENT', 'BROADCASTER');
    payment.send('AGREE_STATEMENT', 'GUILD_FINANCE');
    expect([payment.state, told('PAYOUT_DUE')]).toEqual(['paying', 1]);
  });

  it('is paid out after a dispute too, however that ends', async () => {
    for (const outcome of ['UPHELD', 'DENIED', 'WITHDRAWN', 'VOIDED']) {
      await issued();
      payment.send('OBJECT_TO_STATEMENT', 'GUILD_OWNER', { ground: 'FEE' });
      payment.link('DISPUTE_DECIDED', { disputeId: payment.context['disputeId'], outcome });
      expect(payment.state).toBe('paying');
    }
  });

  it('is not agreed by the platform for a side, nor twice by one', async () => {
    await issued();
    const agentAndOwner: Actor = { id: uuid(72), authorities: ['SUPPORT', 'GUILD_OWNER'] };
    expect(codesOf(payment.send('AGREE_STATEMENT', agentAndOwner, { as: 'PLATFORM' }))).toEqual(['ONLY_PARTIES']);
    expect(payment.send('AGREE_STATEMENT', agentAndOwner, { as: 'GUILD' })).toMatchObject({ ok: true });
    expect(codesOf(payment.send('AGREE_STATEMENT', 'GUILD_OWNER'))).toEqual(['ALREADY_AGREED']);
    expect([payment.state, awaited()]).toEqual(['objection', ['BROADCASTER']]);
  });

  it('of a minor is agreed, and its payee named, by the guardian as well', async () => {
    await issued('minor');
    expect(awaited()).toEqual(['BROADCASTER', 'GUARDIAN', 'GUILD']);
    payment.send('AGREE_STATEMENT', 'GUARDIAN');
    payment.send('AGREE_STATEMENT', 'GUILD_OWNER');
    fail('ACCOUNT_INVALID');
    expect(awaited()).toEqual(['BROADCASTER', 'GUARDIAN']);
    payment.send('NAME_PAYEE', 'GUARDIAN', { payeeId: uuid(40) });
    expect(payment.paramsOf('changePayee')).toMatchObject({ by: 'GUARDIAN' });
  });
});

describe('A hold', () => {
  it('stops the clock of a payout, and lets its result and an escrow pass', () => {
    payment.send('HOLD_REQUEST', 'SUPPORT', { reasonCode: 'INVESTIGATION' });
    const open = availableActions(paymentV2, payment.snapshot, actorAs('SUPPORT'), payment.at, []);
    expect(open.filter(({ allowed }) => allowed).map(({ event }) => event)).toEqual(
      expect.arrayContaining(['PAYOUT_SUCCEEDED', 'PAYOUT_FAILED', 'ESCROW_PAYMENT']),
    );
    expect(payment.send('PAYOUT_SUCCEEDED', 'SUPPORT', { reference: 'p-1' })).toMatchObject({ state: 'completed' });
  });

  it('keeps a payee from being named', () => {
    fail('ACCOUNT_CLOSED');
    payment.send('HOLD_REQUEST', 'SUPPORT', { reasonCode: 'INVESTIGATION' });
    expect(payment.send('NAME_PAYEE', 'BROADCASTER', { payeeId: uuid(40) })).toMatchObject({ code: 'HELD' });
  });
});

describe('Two agents', () => {
  it('force a payment on to its payout, and not round the lock of a payee', () => {
    payment.link('PAYEE_CHANGED', { change: 'PAYEE', payeeId: null });
    expect(codesOf(payment.send('PROPOSE_FORCE', 'SUPPORT', { state: 'paying', reasonCode: 'OTHER' }))).toEqual(['NOT_FORCIBLE']);
    payment.send('PROPOSE_FORCE', 'SUPPORT', { state: 'clearing', reasonCode: 'OTHER' });
    payment.send('APPROVE_FORCE', actorAs('SUPPORT', 2), { reasonCode: 'OTHER' });
    expect(payment.state).toBe('payeeLocked');
  });
});

it('says of every deadline what it leads to, by the state in which a person will find the payment', () => {
  const [end] = deadlines(paymentV2, payment.snapshot, rows());
  expect(end).toMatchObject({ name: 'payoutEnd', leadsTo: 'payoutLate', leadsToTitle: 'Payout late' });
});
