import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../../support/api.js';
import { JoinFlow } from '../../support/join-flow.js';

describe('Edge case 6: the signature window is over with some signatures', () => {
  let api: TestApi;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(() => api.stop());

  test('it has no effect, and the evidence stays', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    const request = await join.signing(who, guild);
    await join.sign(who.subject, request);
    await api.pass(9 * 86_400_000);
    const expired = await join.see(who.subject, request.id);
    expect(expired).toMatchObject({ state: 'EXPIRED', agreement: { sha256: request.agreement!.sha256 } });
    expect(expired.history.nodes.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['SIGN_AGREEMENT', 'signatureWindow']),
    );
    const { memberships } = await api.gql<{ memberships: { nodes: unknown[] } }>(who.subject, '{ memberships { nodes { id } } }');
    expect(memberships.nodes).toEqual([]);
    const { rows } = await api.db.pool('superuser', 1).query<{ event: string }>(
      `select h.event from guildhall.history h join guildhall.request r on r.id = h.instance_id
         where r.broadcaster_id = $1 and h.event_type = 'SIGN_AGREEMENT'`,
      [who.uuid],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.parse(rows[0]!.event)).toMatchObject({ sha256: request.agreement!.sha256, actor: { id: who.principalUuid } });
  });
});
