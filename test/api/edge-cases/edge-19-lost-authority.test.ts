import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../../support/api.js';
import { JoinFlow } from '../../support/join-flow.js';

describe('Edge case 19: a signatory who has lost the authority to sign', () => {
  let api: TestApi;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(() => api.stop());

  test('is refused at the moment of signing, whatever was shown a moment before', async () => {
    const guild = await api.world.guild();
    const request = await join.signing(await api.world.broadcaster(), guild);
    const shown = await join.see(guild.agent, request.id);
    expect(shown.availableActions.find(({ event }) => event === 'SIGN_AGREEMENT')).toMatchObject({ allowed: true });
    await api.world.dismiss(guild.uuid, guild.agent);
    const body = { requestId: request.id, agreementVersion: 1, sha256: request.agreement!.sha256 };
    // Who has no part in it any more is not even told that it exists.
    expect(await join.refused(guild.agent, 'signAgreement', body)).toMatchObject({ code: 'NOT_FOUND', currentState: null });
    expect(await join.sign(guild.owner, request)).toMatchObject({ state: 'SIGNING' });
  });

  test('what was signed with authority stays signed when it is lost afterwards', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    const request = await join.signing(who, guild);
    await join.sign(guild.agent, request);
    await api.world.dismiss(guild.uuid, guild.agent);
    expect(await join.sign(who.subject, request)).toMatchObject({ state: 'COOLING_OFF' });
  });
});
