import { describe, expect, it } from '@jest/globals';
import { expel } from '../../workflows/expel/index.js';
import { actorAs } from '../support/explorer-actors.js';
import { codesOf, PureInstance } from '../support/pure-instance.js';
import { MEMBERSHIP } from '../support/samples/request.js';

const begun = (start = 'expulsion', change: object = {}) => PureInstance.of(expel, start, change);
async function appealed(start = 'expulsion'): Promise<PureInstance> {
  const instance = await begun(start);
  instance.send('APPEAL_EXPULSION', 'BROADCASTER', { ground: 'FRAUD' });
  return instance;
}
const decide = (instance: PureInstance, outcome: string) =>
  instance.link('DISPUTE_DECIDED', { disputeId: instance.context['disputeId'], outcome });
const NOTICE_END = '2026-04-01T15:00:00.000Z';

describe('EXPEL', () => {
  it('ends the membership when the notice does, at the instant of its end', async () => {
    const instance = await begun();
    expect([instance.state, instance.due]).toEqual(['noticePeriod', { switchAt: NOTICE_END }]);
    instance.fire('switchAt', '2026-04-03T00:00:00.000Z');
    expect([instance.state, instance.paramsOf('endMembership')]).toMatchObject([
      'completed',
      { endsAt: NOTICE_END, endKind: 'GUILD_INITIATED', endCause: 'CONDUCT', atFault: null },
    ]);
  });

  it('can be later than the notice, never sooner', async () => {
    const at = (leaveAt: string) => begun('expulsion', { said: { reasonCode: 'OTHER', leaveAt } });
    expect((await at('2026-05-01T00:00:00.000Z')).due).toEqual({ switchAt: '2026-05-01T00:00:00.000Z' });
    expect((await at('2026-03-05T00:00:00.000Z')).due).toEqual({ switchAt: NOTICE_END });
  });

  it('has no clock while it is appealed, and goes by the outcome', async () => {
    const instance = await appealed();
    expect([instance.state, instance.timers]).toEqual(['appealed', []]);
    decide(instance, 'UPHELD');
    expect([instance.state, instance.context['reasons']]).toMatchObject(['rejected', [{ code: 'EXPULSION_OVERTURNED' }]]);
    for (const outcome of ['DENIED', 'WITHDRAWN', 'VOIDED']) {
      const other = await appealed();
      decide(other, outcome);
      expect([other.state, other.due]).toEqual(['settlement', { switchAt: NOTICE_END }]);
    }
  });

  it('is not moved into the past by an appeal that outlasts the notice', async () => {
    const instance = await appealed();
    instance.at = '2026-06-01T00:00:00.000Z';
    decide(instance, 'DENIED');
    expect(instance.due).toEqual({ switchAt: '2026-06-01T00:00:00.000Z' });
  });

  it('takes no interim release: who appeals wants to stay', async () => {
    const instance = await appealed();
    expect(instance.link('INTERIM_RELEASE', { disputeId: instance.context['disputeId'] })).toMatchObject({
      ok: false,
      code: 'UNKNOWN_EVENT',
    });
  });

  it('closes the dispute when the guild takes it back, and is taken back by the guild alone', async () => {
    const instance = await appealed();
    expect(instance.send('WITHDRAW_REQUEST', 'GUILD_OWNER')).toMatchObject({ ok: true, state: 'closing' });
    expect([instance.state, instance.paramsOf('closeDispute')]).toEqual([
      'withdrawn',
      { disputeId: instance.context['disputeId'] },
    ]);
    const both = { id: actorAs('BROADCASTER').id, authorities: ['BROADCASTER', 'GUILD_OWNER'] };
    expect(codesOf((await begun()).send('WITHDRAW_REQUEST', both, { as: 'BROADCASTER' }))).toEqual(['ONLY_INITIATOR']);
  });

  it('leaves no dispute behind on whatever way it ends, and does not close one that has decided', async () => {
    const force = (instance: PureInstance) => {
      instance.send('PROPOSE_FORCE', actorAs('SUPPORT'), { state: 'noticePeriod', reasonCode: 'OTHER' });
      instance.send('APPROVE_FORCE', actorAs('SUPPORT', 2), { reasonCode: 'OTHER' });
    };
    const ways: readonly [string, (instance: PureInstance) => unknown][] = [
      ['voided', (instance) => instance.send('VOID_REQUEST', 'SUPPORT', { reasonCode: 'FRAUD' })],
      ['superseded', (instance) => instance.link('SUPERSEDE_REQUEST', { byRequestId: MEMBERSHIP })],
      ['noticePeriod', force],
    ];
    for (const [state, leave] of ways) {
      const instance = await appealed();
      const { disputeId } = instance.context;
      leave(instance);
      expect([instance.state, instance.paramsOf('abandonDispute')]).toEqual([state, { disputeId }]);
    }
    const decided = await appealed();
    decide(decided, 'DENIED');
    expect(decided.paramsOf('abandonDispute')).toEqual({ disputeId: null });
  });

  it('is appealed against by the broadcaster’s side, on a ground', async () => {
    expect(codesOf((await begun()).send('APPEAL_EXPULSION', 'BROADCASTER', { ground: 'QUOTA' }))).toEqual(['NOT_A_GROUND']);
    expect(codesOf((await begun()).send('APPEAL_EXPULSION', 'GUARDIAN', { ground: 'FRAUD' }))).toEqual(['NOT_YOUR_PARTY']);
    const minor = await begun('minor');
    minor.send('APPEAL_EXPULSION', 'GUARDIAN', { ground: 'FRAUD' });
    expect(minor.paramsOf('openDispute')).toEqual({ initiator: 'GUARDIAN', ground: 'FRAUD' });
    const both = { id: actorAs('BROADCASTER').id, authorities: ['BROADCASTER', 'GUILD_OWNER'] };
    const forGuild = (await begun()).send('APPEAL_EXPULSION', both, { ground: 'FRAUD', as: 'GUILD' });
    expect(codesOf(forGuild)).toEqual(['ONLY_BROADCASTER']);
  });
});
