import { describe, expect, it } from '@jest/globals';
import { leaveCause } from '../../workflows/leave-cause/index.js';
import { actorAs } from '../support/explorer-actors.js';
import { codesOf, PureInstance } from '../support/pure-instance.js';
import { sha, uuid } from '../support/samples/sample.js';

/** Tokyo: days end at 15:00 UTC. Cure 15 days, confirmation 7, decision 14, appeal 7. */
const begun = (start = 'cause', change: object = {}) => PureInstance.of(leaveCause, start, change);
async function contested(): Promise<PureInstance> {
  const instance = await begun();
  instance.send('ANSWER_CAUSE', 'GUILD_OWNER', { answer: 'CONTESTED' });
  return instance;
}
const UPHELD = { outcome: 'UPHELD', verifiedCause: 'PAID_LATE' };
const DENIED = { outcome: 'DENIED' };
async function denied(): Promise<PureInstance> {
  const instance = await contested();
  instance.send('RULE_CAUSE', 'SUPPORT', DENIED);
  return instance;
}
async function appealed(): Promise<PureInstance> {
  const instance = await denied();
  instance.send('APPEAL_RULING', 'BROADCASTER', { ground: 'WRONG_FACTS' });
  return instance;
}
const ended = (instance: PureInstance) => instance.paramsOf('endMembership');

describe('LEAVE_CAUSE', () => {
  it('gives the guild whole days to cure, and releases the broadcaster at their end, however late the timer fires', async () => {
    const instance = await begun();
    expect([instance.state, instance.due]).toEqual(['curing', { cureEnd: '2026-03-17T15:00:00.000Z' }]);
    instance.fire('cureEnd', '2026-03-20T00:00:00.000Z');
    expect(instance.state).toBe('completed');
    expect(ended(instance)).toMatchObject({
      endsAt: '2026-03-17T15:00:00.000Z',
      endKind: 'VOLUNTARY',
      endCause: 'UNPAID',
      atFault: 'GUILD',
    });
    expect(instance.context).toMatchObject({ releasedBecause: 'UNANSWERED', primaryReason: 'MONEY_UNPAID' });
  });

  it('goes to the platform at once for what cannot be cured', async () => {
    expect((await begun('notCurable')).state).toBe('ruling');
  });

  it.each([
    ['CURED', 'confirming'],
    ['CONTESTED', 'ruling'],
    ['ACCEPTED', 'completed'],
  ])('goes by the answer %s to %s', async (answer, state) => {
    const instance = await begun();
    instance.send('ANSWER_CAUSE', 'GUILD_AGENT', { answer });
    expect([instance.state, instance.context['answer']]).toEqual([state, answer]);
  });

  it('takes silence on a cure for no confirmation', async () => {
    const instance = await begun();
    instance.send('ANSWER_CAUSE', 'GUILD_OWNER', { answer: 'CURED' });
    expect(instance.due).toEqual({ confirmEnd: '2026-03-09T15:00:00.000Z' });
    instance.fire('confirmEnd');
    expect(instance.state).toBe('ruling');
  });

  it('records the cause that was found, not the one that was alleged', async () => {
    const instance = await contested();
    instance.send('RULE_CAUSE', 'SUPPORT', UPHELD);
    expect(ended(instance)).toMatchObject({ endCause: 'PAID_LATE', atFault: 'GUILD' });
    expect(codesOf((await contested()).send('RULE_CAUSE', 'SUPPORT', { outcome: 'UPHELD' }))).toEqual(['INVALID_INPUT']);
  });

  it('releases provisionally when the ruling is late, with nobody at fault; the ruling changes only that', async () => {
    const instance = await contested();
    instance.fire('decisionEnd');
    expect([instance.state, ended(instance)]).toMatchObject(['released', { atFault: null, endsAt: '2026-03-16T15:00:00.000Z' }]);
    expect(instance.timers).toEqual([]);
    instance.send('RULE_CAUSE', 'SUPPORT', UPHELD);
    expect(instance.state).toBe('completed');
    expect(instance.paramsOf('recordFault')).toMatchObject({ atFault: 'GUILD', endCause: 'PAID_LATE' });
    expect(instance.effects.filter(({ type }) => type === 'endMembership')).toHaveLength(1);
  });

  it('leaves nobody at fault when the late ruling denies the cause', async () => {
    const instance = await contested();
    instance.fire('decisionEnd');
    instance.send('RULE_CAUSE', 'SUPPORT', DENIED);
    expect([instance.state, instance.paramsOf('recordFault')]).toEqual(['completed', undefined]);
  });

  it('waits for an appeal only as long as there may be one, and ends as its dispute does', async () => {
    const silent = await denied();
    silent.fire('appealEnd');
    expect([silent.state, silent.context['reasons']]).toMatchObject(['rejected', [{ code: 'CAUSE_DENIED' }]]);
    for (const [outcome, state] of Object.entries({
      UPHELD: 'completed',
      DENIED: 'rejected',
      WITHDRAWN: 'rejected',
      VOIDED: 'rejected',
    })) {
      const instance = await appealed();
      expect([instance.state, instance.timers]).toEqual(['appealed', []]);
      instance.link('DISPUTE_DECIDED', { disputeId: instance.context['disputeId'], outcome });
      expect([outcome, instance.state]).toEqual([outcome, state]);
    }
  });

  it('is released until the decision when the panel of its appeal is late', async () => {
    const instance = await appealed();
    instance.link('INTERIM_RELEASE', { disputeId: instance.context['disputeId'] });
    expect([instance.state, ended(instance)]).toMatchObject(['released', { atFault: null }]);
    expect(codesOf(instance.send('RULE_CAUSE', 'SUPPORT', UPHELD))).toEqual(['RULED']);
    instance.link('DISPUTE_DECIDED', { disputeId: instance.context['disputeId'], outcome: 'UPHELD' });
    expect([instance.state, instance.paramsOf('recordFault')]).toMatchObject([
      'completed',
      { atFault: 'GUILD', endCause: 'UNPAID' },
    ]);
  });

  it('is ruled on by nobody who represents a party or has acted in it before', async () => {
    const instance = await contested();
    const partisan = { id: actorAs('SUPPORT').id, authorities: ['SUPPORT', 'GUILD_FINANCE'] };
    expect(codesOf(instance.send('RULE_CAUSE', partisan, DENIED))).toEqual(['NOT_IMPARTIAL']);
    const again = await begun('notCurable', { excluded: [actorAs('SUPPORT').id] });
    expect(codesOf(again.send('RULE_CAUSE', 'SUPPORT', DENIED))).toEqual(['OTHER_DECIDER']);
    expect(again.send('RULE_CAUSE', actorAs('SUPPORT', 2), DENIED)).toMatchObject({ ok: true, state: 'denied' });
  });

  it('is acted in by each side for itself: a guardian of nobody here does nothing, and who is both says for whom', async () => {
    expect(codesOf((await begun()).send('WITHDRAW_REQUEST', 'GUARDIAN'))).toEqual(['NOT_YOUR_PARTY']);
    const evidence = { annexId: uuid(50), annexHash: sha(50) };
    expect(codesOf((await begun()).send('ADD_EVIDENCE', 'GUARDIAN', evidence))).toEqual(['NOT_YOUR_PARTY']);
    expect((await begun('minor')).send('WITHDRAW_REQUEST', 'GUARDIAN')).toMatchObject({ ok: true, state: 'withdrawn' });
    const both = { id: actorAs('BROADCASTER').id, authorities: ['BROADCASTER', 'GUILD_OWNER'] };
    const answer = { answer: 'ACCEPTED' };
    expect(codesOf((await begun()).send('ANSWER_CAUSE', both, answer))).toEqual(['AMBIGUOUS_PARTY']);
    expect(codesOf((await begun()).send('ANSWER_CAUSE', both, { ...answer, as: 'BROADCASTER' }))).toEqual(['ONLY_GUILD']);
    expect((await begun()).send('ANSWER_CAUSE', both, { ...answer, as: 'GUILD' })).toMatchObject({ ok: true });
  });

  it('asks for evidence before anything is recorded, and for the rule whether it can be cured', () => {
    const { objections, rules } = leaveCause.opening;
    expect(objections!({ cause: 'UNPAID' } as never, {} as never)).toMatchObject([{ code: 'EVIDENCE_MISSING' }]);
    expect(rules!({ cause: 'UNPAID' } as never)).toEqual(['causeCurable']);
  });
});
