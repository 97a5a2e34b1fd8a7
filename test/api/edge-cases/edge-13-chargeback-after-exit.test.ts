import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { CaseFlow } from '../../support/case-flow.js';
import { DirectoryFlow } from '../../support/directory-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS } from '../../support/join-flow.js';
import { LeaveFlow } from '../../support/leave-flow.js';
import { agent, memberOf } from '../../support/membership.js';
import type { TestBroadcaster } from '../../support/world.js';

/** Amounts come with the ledger; which membership one belongs to is told by the instant at which it was earned. */
describe('Edge case 13: a chargeback after the exit goes to the membership that earned it', () => {
  let api: TestApi;
  let directory: DirectoryFlow;

  beforeAll(async () => {
    api = await startApi();
    directory = new DirectoryFlow(api);
    await agent(api, 'tom');
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  interface Found {
    readonly id: string;
    readonly guild: { readonly id: string };
    readonly endsAt: string | null;
  }
  const membershipAt = async (subject: string, who: TestBroadcaster, at: Date | string): Promise<Found | null> =>
    (
      await api.gql<{ membershipAt: Found | null }>(
        subject,
        'query ($id: ID!, $at: DateTime!) { membershipAt(broadcasterId: $id, at: $at) { id guild { id } endsAt } }',
        { id: who.id, at: new Date(at).toISOString() },
      )
    ).membershipAt;

  test('across an exit and a new guild: each instant to the membership of then, seen by whose it was', async () => {
    const [first, second] = [await api.world.guild(), await api.world.guild()];
    const { who, id } = await memberOf(api, first);
    const earned = await api.clock.now();
    await new LeaveFlow(api).leave(who.subject, 'PROBATION');
    const left = (await membershipAt('sam', who, earned))!.endsAt!;
    const next = await memberOf(api, second, who);
    await api.pass(30 * DAY_MS);
    for (const subject of ['sam', 'ava', who.subject, first.owner, first.finance])
      expect(await membershipAt(subject, who, earned)).toMatchObject({ id, guild: { id: first.id }, endsAt: left });
    expect(await membershipAt(second.owner, who, earned)).toBeNull();
    expect(await membershipAt('bela', who, earned)).toBeNull();
    // The end is the first instant that no longer belongs to it.
    expect(await membershipAt('sam', who, new Date(Date.parse(left) - 1))).toMatchObject({ id });
    expect(await membershipAt('sam', who, left)).toBeNull();
    expect(await membershipAt('sam', who, await api.clock.now())).toMatchObject({ id: next.id, guild: { id: second.id } });
    expect(await membershipAt('sam', who, new Date(earned.getTime() - 365 * DAY_MS))).toBeNull();
  });

  test('across a transfer, which is one instant: before it the old guild, from it on the new one', async () => {
    const [from, into] = [await api.world.guild(), await api.world.guild()];
    const { who, id } = await memberOf(api, from);
    const effectiveAt = new Date((await api.clock.now()).getTime() + 40 * DAY_MS);
    await directory.do('sam', 'mergeGuilds', { fromGuildId: from.id, intoGuildId: into.id, effectiveAt });
    await api.pass(45 * DAY_MS);
    expect(await membershipAt('sam', who, new Date(effectiveAt.getTime() - 1))).toMatchObject({ id });
    expect(await membershipAt('sam', who, effectiveAt)).toMatchObject({ guild: { id: into.id }, endsAt: null });
  });

  test('across a reversal: what was annulled has earned nothing, what was restored has earned all the time', async () => {
    const guild = await api.world.guild();
    const flow = new CaseFlow(api);
    const member = await memberOf(api, guild);
    const { id: leaveId } = await new LeaveFlow(api).leave(member.who.subject, 'PROBATION');
    await api.pass(DAY_MS);
    const between = await api.clock.now();
    expect(await membershipAt('sam', member.who, between)).toBeNull();
    const reverse = async (requestId: string) => {
      const { id } = await flow.do('sam', 'proposeReversal', { requestId, reasonCode: 'FORGED' });
      expect(await flow.do('tom', 'approveReversal', { requestId: id })).toMatchObject({ state: 'COMPLETED' });
    };
    await reverse(leaveId);
    expect(await membershipAt('sam', member.who, between)).toMatchObject({ id: member.id, endsAt: null });
    await reverse(member.joinId);
    for (const subject of ['sam', member.who.subject, guild.owner])
      expect(await membershipAt(subject, member.who, between)).toBeNull();
  });
});
