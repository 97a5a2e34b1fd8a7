import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../../support/api.js';
import { memberOf } from '../../support/membership.js';

describe('Edge case 12: currencies', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());

  test('the currency of a statement is fixed when it is issued, whatever the region does later; it says that it is empty', async () => {
    const guild = await api.world.guild({ region: 'JP' });
    const who = await api.world.broadcaster({ region: 'JP' });
    await memberOf(api, guild, who);
    const { requestLeave } = await api.gql<{ requestLeave: { id: string } }>(
      who.subject,
      `mutation ($input: RequestLeaveInput!) { requestLeave(input: $input) { ... on Request { id state } ... on Refusal { code reasons { code } } } }`,
      { input: { route: 'PROBATION', primaryReason: 'LIFE_STUDY' } },
    );
    await api.pass(0);
    const statementOf = async (subject: string) =>
      (
        await api.gql<{ request: { state: string; statement: unknown; links: { statement: unknown }[] } }>(
          subject,
          'query ($id: ID!) { request(id: $id) { state statement { total { amountMinor currency } lineCount note } links { statement { total { currency } } } } }',
          { id: requestLeave.id },
        )
      ).request;
    const before = await statementOf(who.subject);
    expect(before).toMatchObject({
      state: 'COMPLETED',
      statement: { total: { amountMinor: 0, currency: 'JPY' }, lineCount: 0, note: expect.stringContaining('no amounts') },
      links: [{ statement: { total: { currency: 'JPY' } } }],
    });
    await api.world.owner.query(`update guildhall.region set currency = 'USD' where code = 'JP'`);
    expect(await statementOf(guild.finance)).toEqual(before);
  });
});
