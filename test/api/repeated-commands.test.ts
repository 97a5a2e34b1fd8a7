import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultParameters } from '../../src/policies/parameters.js';
import { joinV2 } from '../../workflows/join/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { JoinFlow } from '../support/join-flow.js';

describe('a command that is sent again', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());

  it('is answered to policy staff as it was, although they do not see the request that they have moved to other rules', async () => {
    const { id } = await new JoinFlow(api).apply(await api.world.broadcaster(), await api.world.guild());
    const { rows } = await api.db
      .pool('superuser', 1)
      .query<{ id: string }>(`select id from guildhall.policy_version where region_code = 'EU'`);
    const input = {
      requestId: id,
      event: 'MIGRATE_POLICY',
      input: { policyVersionId: rows[0]!.id, policy: joinV2.policy!.parse(defaultParameters('EU')), reasonCode: 'OTHER' },
      idempotencyKey: 'moved-once',
    };
    const send = () =>
      api.gql(
        'pia',
        'mutation ($input: SendRequestEventInput!) { sendRequestEvent(input: $input) { ... on Request { id version } ... on Refusal { code } } }',
        {
          input,
        },
      );
    const first = await send();
    expect(first).toEqual({ sendRequestEvent: { id, version: 3 } });
    expect(await send()).toEqual(first);
  });
});
