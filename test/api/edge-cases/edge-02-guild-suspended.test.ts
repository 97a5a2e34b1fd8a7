import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { DirectoryFlow } from '../../support/directory-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS } from '../../support/join-flow.js';
import { LeaveFlow } from '../../support/leave-flow.js';
import { TransferFlow } from '../../support/transfer-flow.js';
import type { TestGuild } from '../../support/world.js';

describe('Edge case 2: guild suspended', () => {
  let api: TestApi;
  let directory: DirectoryFlow;
  let leave: LeaveFlow;
  let transfer: TransferFlow;

  beforeAll(async () => {
    api = await startApi();
    directory = new DirectoryFlow(api);
    leave = new LeaveFlow(api);
    transfer = new TransferFlow(api);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const suspend = async (guild: TestGuild) => {
    const { event } = await directory.do('sam', 'suspendGuild', { guildId: guild.id, reasonCode: 'INVESTIGATION' });
    await api.pass(0);
    return event;
  };

  test('its joins and the transfers into it are voided by the platform, and nobody new comes in', async () => {
    const [guild, other] = [await api.world.guild(), await api.world.guild()];
    const member = await transfer.member(other);
    const join = await leave.join.signing(await api.world.broadcaster(), guild);
    const inbound = await transfer.request(member, guild);
    const event = await suspend(guild);
    expect(event.operations).toMatchObject([{ type: 'VOID_REQUEST', reasonCode: 'GUILD_SUSPENDED', requests: 2 }]);
    for (const { id } of [join, inbound]) {
      const { state, history } = await leave.join.see('sam', id);
      expect([state, history.nodes.at(-1)]).toMatchObject(['VOIDED', { event: 'VOID_REQUEST', authority: 'SUPPORT' }]);
    }
    const query = 'query ($id: ID!) { bulkOperation(id: $id) { id done } }';
    const { id } = event.operations[0]!;
    expect(await api.gql('sam', query, { id })).toEqual({ bulkOperation: { id, done: 2 } });
    const late = await leave.join.apply(await api.world.broadcaster(), guild);
    expect([late.state, late.rejectedFor.map(({ code }) => code)]).toEqual(['REJECTED', ['GUILD_NOT_ACTIVE']]);
    // What was voided stays so; the parties open anew.
    await directory.do('sam', 'reinstateGuild', { guildId: guild.id });
    await api.pass(0);
    expect((await leave.join.see('sam', join.id)).state).toBe('VOIDED');
    expect(await transfer.request(member, guild)).toMatchObject({ state: 'ENTERING' });
  });

  test('exits go on: those that run, those that begin now, and those by transfer', async () => {
    const [guild, gaining] = [await api.world.guild(), await api.world.guild()];
    const mover = await transfer.member(guild);
    const [noticed, probation] = [await leave.memberOf(guild), await leave.memberOf(guild)];
    const running = await leave.leave(noticed.subject, 'NOTICE', { acceptsExitFee: true });
    const outbound = await transfer.request(mover, gaining);
    expect((await suspend(guild)).operations.flatMap(({ type }) => (type === 'VOID_REQUEST' ? [type] : []))).toEqual([]);
    expect(await leave.join.see(noticed.subject, running.id)).toMatchObject({ state: 'NOTICE_PERIOD' });
    expect(await transfer.see(mover.subject, outbound.id)).toMatchObject({ state: 'ENTERING' });
    expect(await leave.leave(probation.subject, 'PROBATION')).toMatchObject({ state: 'COMPLETED' });
    await api.pass(32 * DAY_MS);
    expect(await leave.ended(noticed)).toMatchObject({ endKind: 'VOLUNTARY', endCause: 'NOTICE' });
  });

  test('an exit that waits for the guild does so no longer: the platform accepts and signs in its place', async () => {
    const guild = await api.world.guild();
    const who = await leave.memberOf(guild);
    const asked = await leave.leave(who.subject, 'MUTUAL');
    const accept = { requestId: asked.id, agreementVersion: 1 };
    expect(await leave.join.refused('sam', 'acceptTerms', accept)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await suspend(guild)).operations).toMatchObject([{ type: 'STAND_IN', requests: 1 }]);
    const agreed = await leave.join.do('sam', 'acceptTerms', accept);
    await leave.join.sign(who.subject, agreed);
    const done = await leave.join.sign('sam', agreed);
    await api.pass(0);
    expect(await leave.join.see(who.subject, done.id)).toMatchObject({ state: 'COMPLETED' });
    expect(await leave.ended(who)).toMatchObject({ endKind: 'VOLUNTARY' });
    const acts = done.history.nodes.filter(({ event }) => ['STAND_IN', 'ACCEPT_TERMS'].includes(event));
    expect(acts.map(({ authority }) => authority)).toEqual(['STAND_IN', 'STAND_IN']);
  });
});
