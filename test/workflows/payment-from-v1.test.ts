import { describe, expect, it } from '@jest/globals';
import { advance, keptOf, migrateMachine, SYSTEM_ACTOR, type Accepted, type Json } from '../../workflows/kernel/index.js';
import { payment, paymentV2 } from '../../workflows/payment/index.js';
import { codesOf, PureInstance } from '../support/pure-instance.js';
import { policy } from '../support/samples/request.js';

const moved = (instance: PureInstance, parameters?: object): Accepted =>
  migrateMachine(payment, paymentV2, instance.snapshot, instance.at, parameters) as Accepted;
const contextOf = (snapshot: Json) => (snapshot as { context: Record<string, unknown> }).context;

describe('A payment of version 1', () => {
  const statement = (change: object = {}) => PureInstance.of(payment, 'statement', change);

  it('goes on under version 2 with the deadline that it has, and is paid out there', async () => {
    const instance = await statement();
    instance.fire('cycleEnd');
    const step = moved(instance, policy);
    expect([step.state, keptOf(step.snapshot).timers]).toEqual(['objection', keptOf(instance.snapshot).timers]);
    const [[name, { dueAt }] = ['', { dueAt: '' }]] = Object.entries(keptOf(step.snapshot).timers);
    const due = advance(paymentV2, step.snapshot, { type: name, at: dueAt, dueAt, actor: SYSTEM_ACTOR }, 'timer') as Accepted;
    expect(due.state).toBe('paying');
    expect(due.armed).toMatchObject([{ name: expect.stringContaining('payoutEnd') }]);
  });

  it('keeps what it has pinned, and gets the rest from the policy that is named', async () => {
    const instance = await statement();
    const step = moved(instance, { ...policy, objectionDays: 1, payoutDays: 3 });
    expect(contextOf(step.snapshot)['policy']).toMatchObject({ objectionDays: 10, payoutDays: 3, unclaimedDays: 90 });
  });

  it('of a minor has the guardian take part from then on', async () => {
    const step = moved(await statement({ minor: true }), policy);
    expect(contextOf(step.snapshot)['parties']).toEqual(['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM']);
  });

  it('stays where no policy is named, and is refused one that lacks something', async () => {
    const instance = await statement();
    expect(codesOf(migrateMachine(payment, paymentV2, instance.snapshot, instance.at))).toEqual(['STAYS']);
    expect(migrateMachine(payment, paymentV2, instance.snapshot, instance.at, {})).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('that waits for its dispute is paid when that is decided', async () => {
    const instance = await statement();
    instance.fire('cycleEnd');
    instance.send('OBJECT_TO_STATEMENT', 'BROADCASTER', { ground: 'AMOUNT' });
    const { snapshot } = moved(instance, policy);
    const { disputeId } = instance.context;
    const event = { type: 'DISPUTE_DECIDED', disputeId, outcome: 'DENIED', at: instance.at, actor: SYSTEM_ACTOR };
    expect(advance(paymentV2, snapshot, event, 'link')).toMatchObject({ ok: true, state: 'paying' });
  });
});
