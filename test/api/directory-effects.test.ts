import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { DirectoryFlow } from '../support/directory-flow.js';
import { JoinFlow } from '../support/join-flow.js';

let api: TestApi;
let directory: DirectoryFlow;
let join: JoinFlow;

beforeAll(async () => {
  api = await startApi();
  directory = new DirectoryFlow(api);
  join = new JoinFlow(api);
});
afterAll(() => api.stop());

const lastEvent = async (id: string) => (await join.see('sam', id)).history.nodes.at(-1)!;

describe('what a change of the directory does to a running request', () => {
  test('a suspended guild: its open join is voided by the platform (edge case 2)', async () => {
    const guild = await api.world.guild();
    const request = await join.signing(await api.world.broadcaster(), guild);
    const { event } = await directory.do('sam', 'suspendGuild', { guildId: guild.id, reasonCode: 'INVESTIGATION' });
    expect(event.operations).toMatchObject([{ type: 'VOID_REQUEST', reasonCode: 'GUILD_SUSPENDED', requests: 1 }]);
    await api.pass(0);
    expect((await join.see('sam', request.id)).state).toBe('VOIDED');
    expect(await lastEvent(request.id)).toMatchObject({ event: 'VOID_REQUEST', authority: 'SUPPORT' });
    const query = 'query ($id: ID!) { bulkOperation(id: $id) { id } }';
    const { id } = event.operations[0]!;
    expect(await api.gql('sam', query, { id })).toEqual({ bulkOperation: { id } });
  });

  test('a banned broadcaster: the join is held, and goes on when the ban ends (edge case 3)', async () => {
    const who = await api.world.broadcaster();
    const request = await join.signing(who, await api.world.guild());
    await directory.do('sam', 'banBroadcaster', { broadcasterId: who.id, reasonCode: 'POLICY_BREACH' });
    await api.pass(0);
    expect(await lastEvent(request.id)).toMatchObject({ event: 'HOLD_REQUEST', state: 'SIGNING' });
    await directory.do('sam', 'unbanBroadcaster', { broadcasterId: who.id, reasonCode: 'CLEARED' });
    await api.pass(0);
    expect(await lastEvent(request.id)).toMatchObject({ event: 'RESUME_REQUEST', state: 'SIGNING' });
    expect((await join.sign(who.subject, request)).state).toBe('SIGNING');
  });
});
