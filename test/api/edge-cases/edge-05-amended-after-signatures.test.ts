import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../../support/api.js';
import { JoinFlow } from '../../support/join-flow.js';

const DAY_MS = 86_400_000;

describe('Edge case 5: a draft amended after signatures', () => {
  let api: TestApi;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(() => api.stop());

  test('has a new hash, no signatures, a difference that is shown, and its clock anew', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    const request = await join.signing(who, guild);
    await join.sign(who.subject, request);
    await api.pass(3 * DAY_MS);
    const amended = await join.do(guild.owner, 'proposeTerms', {
      requestId: request.id,
      terms: { guildSharePercent: 10, termMonths: 6 },
    });
    expect(amended).toMatchObject({ state: 'DRAFTING', agreement: { version: 2 } });
    expect(amended.agreement!.sha256).not.toBe(request.agreement!.sha256);

    const { request: seen } = await api.gql<{ request: { agreementVersions: unknown[] } }>(
      who.subject,
      `query ($id: ID!) { request(id: $id) { agreementVersions { version changes { term before after } } } }`,
      { id: request.id },
    );
    expect(seen.agreementVersions).toEqual([
      { version: 1, changes: [] },
      { version: 2, changes: [{ term: 'guildSharePercent', before: '15', after: '10' }] },
    ]);

    // The old hash signs nothing any more, and the signature that was given counts for nothing: both have to sign again.
    const signing = await join.do(who.subject, 'acceptTerms', { requestId: request.id, agreementVersion: 2 });
    expect(signing).toMatchObject({ state: 'SIGNING', explanation: { awaits: ['BROADCASTER', 'GUILD'] } });
    const { sha256 } = request.agreement!;
    expect(
      await join.refused(who.subject, 'signAgreement', { requestId: request.id, agreementVersion: 1, sha256 }),
    ).toMatchObject({ code: 'NOT_ALLOWED', reasons: [{ code: 'DIFFERENT_AGREEMENT' }, { code: 'OUTDATED_VERSION' }] });

    // The whole window from here on: three days of it had passed before the change.
    const now = (await api.clock.now()).getTime();
    const window = Date.parse(signing.deadlines[0]!.dueAt) - now;
    expect(window).toBeGreaterThan(7 * DAY_MS);
    expect(window).toBeLessThanOrEqual(8 * DAY_MS);
  });
});
