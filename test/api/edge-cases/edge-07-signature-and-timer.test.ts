import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { assertInvariants } from '../../support/invariants.js';
import { JoinFlow } from '../../support/join-flow.js';

const ROUNDS = 12;

describe('Edge case 7: a signature and the timer arrive together', () => {
  let api: TestApi;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  test("the database's order decides, and the loser is told so", async () => {
    const guild = await api.world.guild();
    const requests = await Promise.all(
      Array.from({ length: ROUNDS }, async () => {
        const who = await api.world.broadcaster();
        const request = await join.signing(who, guild);
        await join.sign(who.subject, request);
        return request;
      }),
    );
    // All windows end on the same day: the clock is moved there, and the last signatures race the workers.
    await api.clock.shift(9 * 86_400_000);
    const outcomes = await Promise.all([
      ...requests.map(async (request) => {
        const { id, agreement } = request;
        const body = { requestId: id, agreementVersion: 1, sha256: agreement!.sha256 };
        return { id, answer: await join.send(guild.owner, 'signAgreement', body) };
      }),
      api.app.workers.drain().then(() => undefined),
    ]);
    await api.pass(0);
    for (const outcome of outcomes) {
      if (!outcome) continue;
      const { history, state } = await join.see('sam', outcome.id);
      const events = history.nodes.map(({ event }) => event);
      if (outcome.answer.__typename === 'Request') {
        expect(state).toBe('COOLING_OFF');
        expect(events).not.toContain('signatureWindow');
      } else {
        expect(outcome.answer).toMatchObject({ code: 'FINAL', currentState: 'EXPIRED' });
        expect(state).toBe('EXPIRED');
        expect(events.filter((event) => event === 'SIGN_AGREEMENT')).toHaveLength(1);
      }
    }
  });
});
