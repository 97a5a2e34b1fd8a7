import { describe, expect, it } from '@jest/globals';
import { SYSTEM_ACTOR } from '../../workflows/kernel/index.js';
import { dispute } from '../../workflows/dispute/index.js';
import { NOT_GROUNDS, OBJECTION_CODES, type OpeningFacts } from '../../workflows/phases/index.js';
import { actorAs } from '../support/explorer-actors.js';
import { codesOf, PureInstance } from '../support/pure-instance.js';

const filed = (start = 'filed', change: object = {}) => PureInstance.of(dispute, start, change);
async function answered(): Promise<PureInstance> {
  const instance = await filed();
  instance.send('ANSWER_DISPUTE', 'GUILD_OWNER', { answer: 'CONTESTED' });
  return instance;
}
async function decided(outcome = 'DENIED'): Promise<PureInstance> {
  const instance = await answered();
  instance.send('DECIDE_DISPUTE', 'SUPPORT', { outcome });
  return instance;
}
async function appealed(outcome = 'DENIED'): Promise<PureInstance> {
  const instance = await decided(outcome);
  instance.send('APPEAL_DISPUTE', outcome === 'DENIED' ? 'BROADCASTER' : 'GUILD_OWNER', { ground: 'WRONG_FACTS' });
  return instance;
}
const reported = (instance: PureInstance) => (instance.paramsOf('reportDecision') as { outcome: string } | undefined)?.outcome;

describe('DISPUTE', () => {
  it('has a clock of its own for each step, and silence goes on to the next', async () => {
    const instance = await filed();
    expect(instance.due).toEqual({ answerEnd: '2026-03-09T15:00:00.000Z' });
    instance.fire('answerEnd');
    expect([instance.state, instance.due]).toEqual(['answered', { decisionEnd: '2026-03-24T15:00:00.000Z' }]);
    instance.fire('decisionEnd');
    expect([instance.state, instance.timers]).toEqual(['decisionOverdue', []]);
    instance.send('DECIDE_DISPUTE', 'SUPPORT', { outcome: 'UPHELD' });
    instance.fire('appealEnd');
    expect([instance.state, reported(instance)]).toEqual(['completed', 'UPHELD']);
  });

  it('counts a late answer as none', async () => {
    const instance = await filed();
    instance.fire('answerEnd');
    expect(instance.send('ANSWER_DISPUTE', 'GUILD_OWNER', { answer: 'CONTESTED' })).toMatchObject({
      ok: false,
      code: 'WRONG_STATE',
    });
    expect(instance.context['answer']).toBeNull();
  });

  it('is answered by the side against which it was filed', async () => {
    expect(codesOf((await filed()).send('ANSWER_DISPUTE', 'BROADCASTER', { answer: 'CONCEDED' }))).toEqual(['ONLY_ASKED_PARTY']);
    expect(codesOf((await filed('byGuild')).send('ANSWER_DISPUTE', 'GUILD_OWNER', { answer: 'CONCEDED' }))).toEqual([
      'ONLY_ASKED_PARTY',
    ]);
    // A guardian filed it: the minor is on the same side.
    expect(codesOf((await filed('minor')).send('ANSWER_DISPUTE', 'BROADCASTER', { answer: 'CONCEDED' }))).toEqual([
      'ONLY_ASKED_PARTY',
    ]);
  });

  it('reports every end to what it is about: decided, conceded, withdrawn, voided', async () => {
    const conceded = await filed();
    conceded.send('ANSWER_DISPUTE', 'GUILD_AGENT', { answer: 'CONCEDED' });
    expect([conceded.state, reported(conceded)]).toEqual(['completed', 'UPHELD']);
    const withdrawn = await filed();
    withdrawn.send('WITHDRAW_REQUEST', 'BROADCASTER');
    expect([withdrawn.state, reported(withdrawn)]).toEqual(['withdrawn', 'WITHDRAWN']);
    const voided = await appealed();
    voided.send('VOID_REQUEST', 'SUPPORT', { reasonCode: 'FRAUD' });
    expect([voided.state, reported(voided)]).toEqual(['voided', 'VOIDED']);
    const closed = await decided();
    closed.link('CLOSE_DISPUTE', {});
    expect([closed.state, reported(closed)]).toEqual(['superseded', undefined]);
  });

  it('is appealed by the side that lost, on a ground of appeal', async () => {
    const appeal = { ground: 'UNFAIR_PROCESS' };
    expect(codesOf((await decided('DENIED')).send('APPEAL_DISPUTE', 'GUILD_OWNER', appeal))).toEqual(['NOT_AGGRIEVED']);
    expect(codesOf((await decided('UPHELD')).send('APPEAL_DISPUTE', 'BROADCASTER', appeal))).toEqual(['NOT_AGGRIEVED']);
    expect((await appealed('UPHELD')).state).toBe('appealed');
    expect(codesOf((await decided()).send('APPEAL_DISPUTE', 'BROADCASTER', { ground: 'NO_ANSWER' }))).toEqual(['NOT_A_GROUND']);
  });

  it('is decided on appeal by another person, in time or late, and then for good', async () => {
    for (const late of [false, true]) {
      const instance = await appealed();
      if (late) instance.fire('decisionEnd');
      expect(codesOf(instance.send('DECIDE_DISPUTE', 'SUPPORT', { outcome: 'UPHELD' }))).toEqual(['OTHER_DECIDER']);
      instance.send('DECIDE_DISPUTE', actorAs('SUPPORT', 2), { outcome: 'UPHELD' });
      expect([instance.state, reported(instance)]).toEqual(['completed', 'UPHELD']);
    }
  });

  it('is decided by nobody who represents a party, or has acted in what it appeals against', async () => {
    const instance = await answered();
    for (const authority of ['BROADCASTER', 'GUARDIAN', 'GUILD_OWNER', 'GUILD_FINANCE', 'GAINING_GUILD_AGENT']) {
      const partisan = { id: actorAs('SUPPORT').id, authorities: ['SUPPORT', authority] };
      expect(codesOf(instance.send('DECIDE_DISPUTE', partisan, { outcome: 'DENIED' }))).toEqual(['NOT_IMPARTIAL']);
    }
    const appeal = await filed('filed', { excluded: [actorAs('SUPPORT').id] });
    appeal.fire('answerEnd');
    expect(codesOf(appeal.send('DECIDE_DISPUTE', 'SUPPORT', { outcome: 'DENIED' }))).toEqual(['OTHER_DECIDER']);
  });

  it('asks what it is about to release whom it keeps when the panel is late, and keeps whether that was taken', async () => {
    const instance = await answered();
    instance.fire('decisionEnd');
    expect(instance.paramsOf('releaseInterim')).toEqual({ parentId: instance.context['parentId'] });
    expect(instance.send('WITHDRAW_REQUEST', 'BROADCASTER')).toMatchObject({ ok: true });
  });
});

describe('What can be disputed', () => {
  const facts = (parent: object, change: object = {}) =>
    ({
      at: '2026-03-02T10:00:00.000Z',
      principalId: 'somebody',
      policy: { reopenWindowDays: 180 },
      parent: { kind: 'JOIN', endedAt: null, actedBy: [], about: [], ...parent },
      ...change,
    }) as unknown as OpeningFacts;
  const objections = (ground: string, parent: object = {}, change: object = {}) =>
    dispute.opening.objections!({ ground } as never, facts(parent, change)).map(({ code }) => code);
  const failures = (parent: object, change: object = {}) =>
    dispute.opening.eligibility(facts(parent, change), { ground: 'FRAUD' } as never).map(({ code }) => code);

  it.each([...OBJECTION_CODES])('%s is a ground', (ground) => expect(objections(ground)).toEqual([]));
  it.each(Object.keys(NOT_GROUNDS))('%s is none, and is refused with a sentence of its own', (ground) => {
    expect(objections(ground)).toEqual(['NOT_A_GROUND']);
  });
  it.each(['WRONG_FACTS', 'UNFAIR_PROCESS'])('%s needs a decision of the platform', (ground) => {
    expect(objections(ground)).toEqual(['NOT_A_GROUND']);
    expect(objections(ground, { actedBy: [{ principalId: 'a', event: 'VOID_REQUEST' }] })).toEqual([]);
  });
  it('what is wrong with a statement is a ground against a statement only', () => {
    expect(objections('AMOUNT')).toEqual(['NOT_A_GROUND']);
    expect(objections('AMOUNT', { kind: 'PAYMENT' }, { principalId: SYSTEM_ACTOR.id })).toEqual([]);
  });
  it.each(['EXPEL', 'LEAVE_CAUSE', 'PAYMENT', 'DISPUTE', 'REOPEN'])('%s has a way of its own', (kind) => {
    expect(objections('FRAUD', { kind })).toEqual(['OTHER_WAY']);
  });
  it('one dispute at a time, within the window, and whoever waits for one is not asked', () => {
    const open = { about: [{ requestId: 'x', kind: 'DISPUTE', done: false }] };
    expect(failures(open)).toEqual(['DISPUTE_OPEN']);
    expect(failures({ about: [{ requestId: 'x', kind: 'DISPUTE', done: true }] })).toEqual([]);
    expect(failures({ endedAt: '2025-09-03T10:00:00.000Z' })).toEqual(['TOO_LATE']);
    expect(failures({ endedAt: '2025-09-03T10:00:00.001Z' })).toEqual([]);
    expect(failures(open, { principalId: SYSTEM_ACTOR.id })).toEqual([]);
  });
});
